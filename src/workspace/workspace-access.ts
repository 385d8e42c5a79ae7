/** Opens the files of a repair's commit, wherever they are. */
import type { Repair } from '../domain/repair.ts'
import type { GithubAccess } from '../github/access.ts'
import { openSnapshot, type Snapshot } from './snapshot.ts'

export interface WorkspaceAccess {
  /** The caller closes it. */
  open(repair: Repair): Promise<Snapshot>
}

/** Snapshots fetched from GitHub by git. */
export function openWorkspaceAccess(github: GithubAccess): WorkspaceAccess {
  return {
    open: (repair) =>
      github.withClient(repair, 'reader', ({ token, at }) =>
        openSnapshot({
          url: `${github.serverUrl}/${encodeURIComponent(at.owner)}/${encodeURIComponent(at.repo)}.git`,
          sha: repair.run.headSha,
          token,
        }),
      ),
  }
}
