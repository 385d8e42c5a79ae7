/** Who may write to a repository, and for whom Regreen may. */
import type { Repair } from '../domain/repair.ts'
import type { Actor } from '../domain/workflow-run.ts'
import type { RepositoryClient } from './access.ts'
import { hasStatus } from './upstream-error.ts'

/** True when GitHub says that the account with this id has write access now. */
export async function hasWriteAccess(client: RepositoryClient, actor: Actor): Promise<boolean> {
  try {
    const { data } = await client.octokit.rest.repos.getCollaboratorPermissionLevel({
      ...client.at,
      username: actor.login,
    })
    // A login can change hands; the id cannot.
    return data.user?.id === actor.id && ['admin', 'write'].includes(data.permission)
  } catch (error) {
    if (hasStatus(error, 404)) return false
    throw error
  }
}

/**
 * Why Regreen may not push for this repair, or null. Asked of GitHub's API by account id, never read from a
 * text; asked when the repair is accepted and again before its first push.
 */
export async function whyNotPush(client: RepositoryClient, repair: Repair): Promise<string | null> {
  const { run } = repair
  if (isFork(repair)) return 'The run belongs to a fork, where Regreen may not push.'
  if (run.event === 'pull_request_target') return 'Runs of pull_request_target are never repaired by a push.'
  if (run.headBranch === null) return 'The run belongs to no branch.'
  for (const actor of [run.actor, run.triggeringActor]) {
    if (actor === null) return 'GitHub does not say who started the run.'
    if (!(await hasWriteAccess(client, actor)))
      return `${actor.login} has no write access to this repository.`
  }
  return null
}

/** GitHub lists no pull requests for forks, so only the repository's id tells. */
export function isFork(repair: Repair): boolean {
  return repair.run.headRepositoryId !== repair.repository.id
}
