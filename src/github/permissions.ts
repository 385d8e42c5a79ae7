/** Who may write to a repository. */
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
