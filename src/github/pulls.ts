/** Pull requests, found by their head branch before they are made. */
import type { RepositoryClient } from './access.ts'

export interface PullRequest {
  number: number
  nodeId: string
  htmlUrl: string
  isDraft: boolean
  state: string
  isMerged: boolean
}

/** The pull request of a head branch in the same repository, whatever its state; null when there is none. */
export async function findPullRequest(client: RepositoryClient, branch: string): Promise<PullRequest | null> {
  const { data } = await client.octokit.rest.pulls.list({
    ...client.at,
    head: `${client.at.owner}:${branch}`,
    state: 'all',
    per_page: 1,
  })
  const pull = data[0]
  return pull ? { ...toPullRequest(pull), isMerged: pull.merged_at !== null } : null
}

/** Opens a draft, or returns the one that is there already. */
export async function openDraftPullRequest(
  client: RepositoryClient,
  input: { branch: string; base: string; title: string; body: string },
): Promise<PullRequest> {
  const existing = await findPullRequest(client, input.branch)
  if (existing) return existing
  const { data } = await client.octokit.rest.pulls.create({
    ...client.at,
    head: input.branch,
    base: input.base,
    title: input.title,
    body: input.body,
    draft: true,
    maintainer_can_modify: true,
  })
  return { ...toPullRequest(data), isMerged: false }
}

export async function updatePullRequest(
  client: RepositoryClient,
  number: number,
  change: { title?: string; body?: string; state?: 'closed' },
): Promise<void> {
  await client.octokit.rest.pulls.update({ ...client.at, pull_number: number, ...change })
}

/** Turns the draft into a pull request that is ready for review. REST has no call for it. */
export async function markReadyForReview(client: RepositoryClient, nodeId: string): Promise<void> {
  await client.octokit.graphql(
    `mutation ($id: ID!) {
      markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } }
    }`,
    { id: nodeId },
  )
}

/** Branches of a pull request, and the repository its head lives in. */
export async function getPullRequestHead(
  client: RepositoryClient,
  number: number,
): Promise<{ headSha: string; headBranch: string; headRepositoryId: number | null; state: string }> {
  const { data } = await client.octokit.rest.pulls.get({ ...client.at, pull_number: number })
  return {
    headSha: data.head.sha,
    headBranch: data.head.ref,
    headRepositoryId: data.head.repo?.id ?? null,
    state: data.state,
  }
}

function toPullRequest(pull: {
  number: number
  node_id: string
  html_url: string
  draft?: boolean | undefined
  state: string
}): Omit<PullRequest, 'isMerged'> {
  return {
    number: pull.number,
    nodeId: pull.node_id,
    htmlUrl: pull.html_url,
    isDraft: pull.draft ?? false,
    state: pull.state,
  }
}
