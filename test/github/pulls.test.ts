import { describe, expect, it } from 'vitest'
import {
  findPullRequest,
  getPullRequestHead,
  markReadyForReview,
  openDraftPullRequest,
  updatePullRequest,
} from '../../src/github/pulls.ts'
import {
  createPull,
  getPull,
  graphql,
  listPulls,
  repositoryClient,
  updatePull,
  useGithubApi,
} from '../support/github-api.ts'

useGithubApi()

const client = repositoryClient()
const branch = 'regreen/0a1b2c3d-1'
const input = { branch, base: 'main', title: 'Add backend/Dockerfile', body: 'Why and how.' }
const api = {
  number: 8,
  node_id: 'PR_8',
  html_url: 'https://github.com/acme/orders/pull/8',
  draft: true,
  state: 'open',
  merged_at: null,
}
const pull = {
  number: 8,
  nodeId: 'PR_8',
  htmlUrl: 'https://github.com/acme/orders/pull/8',
  isDraft: true,
  state: 'open',
  isMerged: false,
}

describe('findPullRequest', () => {
  it('is null without one', async () => {
    listPulls(branch, { body: [] })

    expect(await findPullRequest(client, branch)).toBeNull()
  })

  it('finds a merged one', async () => {
    listPulls(branch, {
      body: [{ ...api, draft: undefined, state: 'closed', merged_at: '2026-01-02T03:04:05Z' }],
    })

    expect(await findPullRequest(client, branch)).toEqual({
      ...pull,
      isDraft: false,
      state: 'closed',
      isMerged: true,
    })
  })
})

describe('openDraftPullRequest', () => {
  it('opens a draft', async () => {
    listPulls(branch, { body: [] })
    const asked = createPull({ body: api })

    expect(await openDraftPullRequest(client, input)).toEqual(pull)
    expect(asked.body).toEqual({
      head: branch,
      base: 'main',
      title: input.title,
      body: input.body,
      draft: true,
      maintainer_can_modify: true,
    })
  })

  it('returns the one that is there, also a closed one', async () => {
    listPulls(branch, { body: [{ ...api, state: 'closed' }] })

    expect(await openDraftPullRequest(client, input)).toEqual({ ...pull, state: 'closed' })
  })
})

it('updatePullRequest sends only what changes', async () => {
  const asked = updatePull(8)

  await updatePullRequest(client, 8, { state: 'closed' })

  expect(asked.body).toEqual({ state: 'closed' })
})

describe('markReadyForReview', () => {
  it('names the pull request by its node', async () => {
    const asked = graphql({
      body: { data: { markPullRequestReadyForReview: { pullRequest: { isDraft: false } } } },
    })

    await markReadyForReview(client, 'PR_8')

    expect(asked.body).toEqual({
      query: expect.stringContaining('markPullRequestReadyForReview'),
      variables: { id: 'PR_8' },
    })
  })

  it('throws when GitHub answers with an error under status 200', async () => {
    graphql({ body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] } })

    await expect(markReadyForReview(client, 'PR_8')).rejects.toThrow('Resource not accessible')
  })
})

describe('getPullRequestHead', () => {
  const head = { sha: '1f'.repeat(20), ref: 'fix', repo: { id: 6 } }

  it('tells where the head lives', async () => {
    getPull(8, { body: { ...api, head } })

    expect(await getPullRequestHead(client, 8)).toEqual({
      headSha: head.sha,
      headBranch: 'fix',
      headRepositoryId: 6,
      state: 'open',
    })
  })

  it('knows no repository when the fork was deleted', async () => {
    getPull(8, { body: { ...api, head: { ...head, repo: null } } })

    expect(await getPullRequestHead(client, 8)).toMatchObject({ headRepositoryId: null })
  })
})
