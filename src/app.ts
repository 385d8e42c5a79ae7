/** The Probot app: a webhook becomes a recorded trigger, nothing more. */
import { randomUUID } from 'node:crypto'
import type { Context, Probot } from 'probot'
import { isFixBranch } from './domain/fix-branch.ts'
import { newRepair } from './domain/repair.ts'
import { workflowRunSchema } from './domain/workflow-run.ts'
import { toRepository } from './github/access.ts'
import { type ApiRun, toWorkflowRun } from './github/runs.ts'
import { isFixCommand } from './repair/fix-command.ts'
import {
  recordDecline,
  recordFixRequest,
  recordFixRun,
  recordGreenRun,
  recordRepair,
} from './repair/record.ts'
import type { Session } from './store/database.ts'
import type { Store } from './store/open-store.ts'
import { fixRequestSchema, recordDelivery } from './store/requests.ts'

/** Conclusions of a run that somebody may want repaired. */
const failures: readonly (string | null)[] = ['failure', 'timed_out', 'startup_failure']

/** Registers the webhook handlers. Each writes its rows in one transaction before GitHub is answered. */
export function createApp(store: Store, now: () => Date): (app: Probot) => void {
  return (app) => {
    app.on('workflow_run.completed', (context) =>
      once(context, store, (session) => onRunCompleted(context, session, store, now())),
    )
    app.on('issue_comment.created', async (context) => {
      if (!isFixCommand(context.payload)) return
      await once(context, store, (session) => onFixComment(context, session, store))
    })
    app.on('pull_request.closed', async (context) => {
      if (!isFixBranch(context.payload.pull_request.head.ref)) return
      await once(context, store, (session) => onPullRequestClosed(context, session, store))
    })
  }
}

/** Runs `work` in a transaction with the delivery's GUID, so that a redelivery does nothing. */
async function once(
  context: Pick<Context, 'id' | 'name'>,
  store: Store,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  await store.database.transaction(async (session) => {
    if (await recordDelivery(session, context.id, context.name)) await work(session)
  })
}

async function onRunCompleted(
  context: Context<'workflow_run.completed'>,
  session: Session,
  { queue }: Store,
  now: Date,
): Promise<void> {
  const { workflow_run: payload, installation } = context.payload
  const repository = toRepository(context.payload.repository)
  const run = workflowRunSchema.parse(toWorkflowRun(payload as unknown as ApiRun, repository))
  if (isFixBranch(run.headBranch)) {
    await recordFixRun(session, queue, { repositoryId: repository.id, branch: run.headBranch ?? '' })
  } else if (run.conclusion === 'success') {
    const { workflowId, headBranch, id: runId } = run
    await recordGreenRun(session, queue, { repositoryId: repository.id, workflowId, headBranch, runId })
  } else if (failures.includes(run.conclusion) && installation) {
    const trigger = { kind: 'workflow_run' as const }
    const input = { id: randomUUID(), installationId: installation.id, repository, run, trigger, now }
    await recordRepair(session, queue, newRepair(input))
  }
}

async function onFixComment(
  context: Context<'issue_comment.created'>,
  session: Session,
  { queue }: Store,
): Promise<void> {
  const { comment, issue, installation } = context.payload
  if (!installation || !comment.user) return
  const { id, login, type } = comment.user
  const request = fixRequestSchema.parse({
    installationId: installation.id,
    repository: toRepository(context.payload.repository),
    pullRequestNumber: issue.number,
    commentId: comment.id,
    sender: { id, login, type },
  })
  await recordFixRequest(session, queue, request)
}

async function onPullRequestClosed(
  context: Context<'pull_request.closed'>,
  session: Session,
  { queue }: Store,
): Promise<void> {
  const { pull_request: pull, repository, sender } = context.payload
  // A branch of that name in a fork is not ours.
  if (pull.merged || pull.head.repo?.id !== repository.id) return
  const at = { repositoryId: repository.id, branch: pull.head.ref, login: sender.login }
  await recordDecline(session, queue, at)
}
