/** Finds the failed run that a `/fix` comment means, and checks who asks. */
import { randomUUID } from 'node:crypto'
import { newRepair, type Repair } from '../../domain/repair.ts'
import type { RepositoryClient } from '../../github/access.ts'
import { reactToComment } from '../../github/comments.ts'
import { hasWriteAccess } from '../../github/permissions.ts'
import { getPullRequestHead } from '../../github/pulls.ts'
import { findFailedRun, toWorkflowRun } from '../../github/runs.ts'
import type { Services } from '../../services.ts'
import type { FixRequest } from '../../store/requests.ts'

/** A new repair, or why there is none. */
export type Resolution = { kind: 'repair'; repair: Repair } | { kind: 'refused'; reason: string }

/** Reacts with 👀 when the request is taken, with 😕 when there is nothing to fix, else with 👎. */
export async function resolveFixRequest(request: FixRequest, services: Services): Promise<Resolution> {
  const resolution = await services.github.withClient(request, 'reader', (client) =>
    resolve(client, request, services.now()),
  )
  await services.github.withClient(request, 'reporter', (client) =>
    reactToComment(client, request.commentId, resolution.reaction),
  )
  return resolution
}

async function resolve(
  client: RepositoryClient,
  request: FixRequest,
  now: Date,
): Promise<Resolution & { reaction: 'eyes' | 'confused' | '-1' }> {
  if (!(await hasWriteAccess(client, request.sender))) {
    return { kind: 'refused', reason: `${request.sender.login} has no write access.`, reaction: '-1' }
  }
  const head = await getPullRequestHead(client, request.pullRequestNumber)
  const run = await findFailedRun(client, head.headSha)
  if (!run) return { kind: 'refused', reason: 'No failed run on the head commit.', reaction: 'confused' }
  const repair = newRepair({
    id: randomUUID(),
    installationId: request.installationId,
    repository: request.repository,
    run: toWorkflowRun(run, request.repository),
    trigger: {
      kind: 'fix_comment',
      commentId: request.commentId,
      pullRequestNumber: request.pullRequestNumber,
      sender: request.sender,
    },
    now,
  })
  return { kind: 'repair', repair, reaction: 'eyes' }
}
