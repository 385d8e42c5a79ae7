/** Our one comment per failure, found again by its hidden marker, and reactions to commands. */
import type { RepositoryClient } from './access.ts'
import { hasStatus } from './upstream-error.ts'

/** Where the comment stands: in a pull request, or on the failing commit when there is none. */
export type CommentPlace = { pullRequestNumber: number } | { commitSha: string }

/** Creates the comment that carries `marker`, or edits it; a deleted one is written anew. Returns its id. */
export async function writeComment(
  client: RepositoryClient,
  input: { place: CommentPlace; marker: string; botLogin: string; body: string; commentId: number | null },
): Promise<number> {
  const id = input.commentId ?? (await findComment(client, input))
  const write = (id: number | null) =>
    'commitSha' in input.place
      ? writeCommitComment(client, input.place.commitSha, input.body, id)
      : writeIssueComment(client, input.place.pullRequestNumber, input.body, id)
  try {
    return await write(id)
  } catch (error) {
    if (id === null || !hasStatus(error, 404)) throw error
    return write(null)
  }
}

async function writeIssueComment(
  client: RepositoryClient,
  number: number,
  body: string,
  id: number | null,
): Promise<number> {
  const { issues } = client.octokit.rest
  if (id !== null) {
    await issues.updateComment({ ...client.at, comment_id: id, body })
    return id
  }
  return (await issues.createComment({ ...client.at, issue_number: number, body })).data.id
}

async function writeCommitComment(
  client: RepositoryClient,
  sha: string,
  body: string,
  id: number | null,
): Promise<number> {
  const { repos } = client.octokit.rest
  if (id !== null) {
    await repos.updateCommitComment({ ...client.at, comment_id: id, body })
    return id
  }
  return (await repos.createCommitComment({ ...client.at, commit_sha: sha, body })).data.id
}

/** Only our own comments count: anybody can write our marker into a comment of theirs. */
async function findComment(
  client: RepositoryClient,
  { place, marker, botLogin }: { place: CommentPlace; marker: string; botLogin: string },
): Promise<number | null> {
  const { octokit, at } = client
  for (let page = 1; page <= 10; page++) {
    const { data } =
      'commitSha' in place
        ? await octokit.rest.repos.listCommentsForCommit({
            ...at,
            commit_sha: place.commitSha,
            per_page: 100,
            page,
          })
        : await octokit.rest.issues.listComments({
            ...at,
            issue_number: place.pullRequestNumber,
            per_page: 100,
            page,
          })
    const ours = data.find((comment) => comment.user?.login === botLogin && comment.body?.includes(marker))
    if (ours) return ours.id
    if (data.length < 100) return null
  }
  return null
}

/** Answers a command with a reaction. GitHub keeps one of a kind, so repeating it is harmless. */
export async function reactToComment(
  client: RepositoryClient,
  commentId: number,
  content: 'eyes' | 'confused' | '-1',
): Promise<void> {
  await client.octokit.rest.reactions.createForIssueComment({ ...client.at, comment_id: commentId, content })
}
