/** Commits by the Git Data API, found again before they are made again. */
import type { FileChange } from '../domain/patch.ts'
import type { RepositoryClient } from './access.ts'
import { branchHead } from './contents.ts'
import { hasStatus } from './upstream-error.ts'

export interface CommitInput {
  branch: string
  parentSha: string
  message: string
  changes: readonly Pick<FileChange, 'path' | 'mode' | 'after'>[]
}

/**
 * Puts one commit on a new branch. Safe to repeat: a branch that already holds exactly this commit is
 * taken as the work of an earlier try. Returns the commit's SHA, or null when the branch holds anything
 * else; it is then left alone.
 *
 * Author and committer are left to GitHub, which then signs the commit as the App.
 */
export async function pushCommit(client: RepositoryClient, input: CommitInput): Promise<string | null> {
  const treeSha = await createTree(client, input)
  const head = await branchHead(client, input.branch)
  if (head !== null) return (await isSameCommit(client, head, treeSha, input)) ? head : null
  const { git } = client.octokit.rest
  const commit = await git.createCommit({
    ...client.at,
    message: input.message,
    tree: treeSha,
    parents: [input.parentSha],
  })
  try {
    await git.createRef({ ...client.at, ref: `refs/heads/${input.branch}`, sha: commit.data.sha })
    return commit.data.sha
  } catch (error) {
    // Created between our look and our call: by another try of ours, or by somebody else.
    if (!hasStatus(error, 422)) throw error
    const created = await branchHead(client, input.branch)
    if (created === null) throw error
    return (await isSameCommit(client, created, treeSha, input)) ? created : null
  }
}

/** The same changes on the same parent give the same tree, however often it is made. */
async function createTree(client: RepositoryClient, input: CommitInput): Promise<string> {
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
  return tree.data.sha
}

async function isSameCommit(
  client: RepositoryClient,
  sha: string,
  treeSha: string,
  input: CommitInput,
): Promise<boolean> {
  const { data } = await client.octokit.rest.git.getCommit({ ...client.at, commit_sha: sha })
  const isOnParent = data.parents.length === 1 && data.parents[0]?.sha === input.parentSha
  return isOnParent && data.tree.sha === treeSha && data.message.trimEnd() === input.message.trimEnd()
}

/** Deletes a branch of ours while it is still at `sha`; a branch that moved on is somebody's work. */
export async function deleteBranch(client: RepositoryClient, branch: string, sha: string): Promise<boolean> {
  if ((await branchHead(client, branch)) !== sha) return false
  await client.octokit.rest.git.deleteRef({ ...client.at, ref: `heads/${branch}` })
  return true
}
