/** Commits by the Git Data API: the same input gives the same commit, however often it is made. */
import type { FileChange } from '../domain/patch.ts'
import type { RepositoryClient } from './access.ts'
import { branchHead } from './contents.ts'
import { hasStatus } from './upstream-error.ts'

export interface CommitInput {
  parentSha: string
  message: string
  changes: readonly FileChange[]
  author: { name: string; email: string }
  /** Fixed by the caller, so that a repeated commit has the same SHA. */
  date: string
}

/** Makes the commit object. It belongs to no branch yet. Returns its SHA. */
export async function createCommit(client: RepositoryClient, input: CommitInput): Promise<string> {
  const { git } = client.octokit.rest
  const parent = await git.getCommit({ ...client.at, commit_sha: input.parentSha })
  const tree = await git.createTree({
    ...client.at,
    base_tree: parent.data.tree.sha,
    tree: input.changes.map((change) =>
      change.after === null
        ? { path: change.path, mode: change.mode, type: 'blob' as const, sha: null }
        : { path: change.path, mode: change.mode, type: 'blob' as const, content: change.after },
    ),
  })
  const signature = { ...input.author, date: input.date }
  const commit = await git.createCommit({
    ...client.at,
    message: input.message,
    tree: tree.data.sha,
    parents: [input.parentSha],
    author: signature,
    committer: signature,
  })
  return commit.data.sha
}

/**
 * Points a new branch at the commit. Safe to repeat.
 * Returns `ours` when the branch is at the commit, `changed` when somebody else moved it: it is then
 * left alone.
 */
export async function createBranch(
  client: RepositoryClient,
  branch: string,
  sha: string,
): Promise<'ours' | 'changed'> {
  const head = await branchHead(client, branch)
  if (head !== null) return head === sha ? 'ours' : 'changed'
  try {
    await client.octokit.rest.git.createRef({ ...client.at, ref: `refs/heads/${branch}`, sha })
  } catch (error) {
    // Created between our look and our call: by an earlier try of ourselves, or by somebody else.
    if (!hasStatus(error, 422)) throw error
    return (await branchHead(client, branch)) === sha ? 'ours' : 'changed'
  }
  return 'ours'
}

/** Deletes a branch of ours while it is still at `sha`; a branch that moved on is somebody's work. */
export async function deleteBranch(client: RepositoryClient, branch: string, sha: string): Promise<boolean> {
  if ((await branchHead(client, branch)) !== sha) return false
  await client.octokit.rest.git.deleteRef({ ...client.at, ref: `heads/${branch}` })
  return true
}
