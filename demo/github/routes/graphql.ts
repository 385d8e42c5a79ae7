/** The two mutations of GitHub's GraphQL that have no REST form. */
import { z } from 'zod'
import { type Answer, ApiError, type Call, ok, readBody, route } from '../api.ts'
import { hasPermission, roleOf } from '../permissions.ts'
import { setDraft } from '../pull-requests.ts'
import { pullNodeId } from '../shapes/pulls.ts'
import type { PullRequest, Repository } from '../state.ts'
import { userOf } from '../world.ts'

const drafts: Record<string, boolean> = {
  markPullRequestReadyForReview: false,
  convertPullRequestToDraft: true,
}

export const graphqlRoutes = [route('POST /graphql', [], answerQuery)]

const queryBody = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() })

async function answerQuery(call: Call): Promise<Answer> {
  if (call.actor.kind === 'anonymous' || call.actor.kind === 'app') throw new ApiError(401, 'Bad credentials')
  const { query, variables } = readBody(call, queryBody)
  const name = Object.keys(drafts).find((each) => query.includes(each))
  if (!name)
    throw new ApiError(501, `The small GitHub does not model this GraphQL query: ${query.slice(0, 200)}`)
  const id = pullIdIn(query, variables ?? {})
  const target = findPull(call, id)
  if (!target)
    return ok({
      data: null,
      errors: [graphqlError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)],
    })
  if (!mayChange(call, target.repository)) {
    return ok({ data: null, errors: [graphqlError('FORBIDDEN', 'Resource not accessible by integration')] })
  }
  await setDraft(call.world, target.repository, target.pull, {
    isDraft: drafts[name]!,
    by: userOf(call.world, call.actor),
  })
  const { number, isDraft } = target.pull
  return ok({ data: { [name]: { clientMutationId: null, pullRequest: { id, number, isDraft } } } })
}

function graphqlError(type: string, message: string) {
  return { type, message, path: [], locations: [] }
}

function pullIdIn(query: string, variables: Record<string, unknown>): string {
  const literal = /pullRequestId:\s*"(?<id>[^"]+)"/.exec(query)?.groups?.id
  if (literal) return literal
  const input = variables.input as { pullRequestId?: unknown } | undefined
  const variable = /pullRequestId:\s*\$(?<name>\w+)/.exec(query)?.groups?.name
  return String(input?.pullRequestId ?? (variable ? variables[variable] : ''))
}

function findPull({ world }: Call, id: string): { repository: Repository; pull: PullRequest } | undefined {
  for (const repository of world.repositories.values()) {
    for (const pull of repository.pulls.values()) if (pullNodeId(pull) === id) return { repository, pull }
  }
  return undefined
}

function mayChange({ actor }: Call, repository: Repository): boolean {
  if (actor.kind === 'user') return ['admin', 'write'].includes(roleOf(repository, actor.user.login) ?? '')
  if (actor.kind !== 'installation') return false
  const isInstalled =
    actor.installation.repositoryIds.has(repository.id) && (actor.repositoryIds?.has(repository.id) ?? true)
  return isInstalled && hasPermission(actor.permissions, 'pull_requests', 'write')
}
