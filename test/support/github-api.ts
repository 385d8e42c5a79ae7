/** GitHub's endpoints, one helper each: the call that is expected, and its answer. */
import { generateKeyPairSync } from 'node:crypto'
import { Octokit } from '@octokit/rest'
import nock from 'nock'
import { afterEach, beforeEach, expect } from 'vitest'
import type { Repository } from '../../src/domain/workflow-run.ts'
import type { AppCredentials, RepositoryClient } from '../../src/github/access.ts'

/** Loopback, so that writes are not spaced by a second; nobody listens there. */
export const apiUrl = 'http://127.0.0.1:8123'

export const token = 'ghs_0123456789abcdefghijABCDEFGHIJ012345'

export const repository: Repository = {
  id: 5,
  owner: 'acme',
  name: 'orders',
  defaultBranch: 'main',
  isPrivate: false,
}

const base = '/repos/acme/orders'

/** Lets no request out, and fails a test whose expected calls were not all made. */
export function useGithubApi(): void {
  beforeEach(() => nock.disableNetConnect())
  afterEach(() => {
    const pending = nock.pendingMocks()
    nock.cleanAll()
    nock.enableNetConnect()
    expect(pending, 'expected calls that were not made').toEqual([])
  })
}

let privateKey: string | undefined

export function appCredentials(changes: Partial<AppCredentials> = {}): AppCredentials {
  privateKey ??= String(
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }),
  )
  return { appId: 4242, privateKey, apiUrl, serverUrl: 'https://github.com', ...changes }
}

/** A client with a token, without retries, for single calls. */
export function repositoryClient(): RepositoryClient {
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  return {
    octokit: new Octokit({ baseUrl: apiUrl, auth: token, log }),
    at: { owner: repository.owner, repo: repository.name },
    token,
  }
}

/** What came in. */
export interface Asked {
  count: number
  body: unknown
  authorization: string | undefined
}

export interface Answer {
  status?: number
  body?: nock.Body
  headers?: Record<string, string>
  /** How often the call is expected; once unless told. */
  times?: number
  /** Where the API is, when it is not on loopback. */
  url?: string
}

type Query = Record<string, string | number> | boolean

function answer(method: string, path: string, query: Query, given: Answer, status: number): Asked {
  const asked: Asked = { count: 0, body: undefined, authorization: undefined }
  nock(given.url ?? apiUrl)
    .intercept(path, method)
    .query(query)
    .times(given.times ?? 1)
    .reply(async (request: Request) => {
      const body = await request.text()
      asked.count++
      asked.body = body === '' ? undefined : JSON.parse(body)
      asked.authorization = request.headers.get('authorization') ?? undefined
      return [given.status ?? status, given.body ?? {}, given.headers ?? {}]
    })
  return asked
}

export const getApp = (given: Answer = {}) => answer('GET', '/app', {}, given, 200)

export const createToken = (given: Answer = {}) =>
  answer(
    'POST',
    '/app/installations/3/access_tokens',
    {},
    { body: { token, expires_at: '2030-01-01T00:00:00Z' }, ...given },
    201,
  )

export const revokeToken = (given: Answer = {}) =>
  answer('DELETE', '/installation/token', {}, { status: 204, ...given }, 204)

export const getRef = (branch: string, given: Answer = {}) =>
  answer('GET', `${base}/git/ref/${encodeURIComponent(`heads/${branch}`)}`, {}, given, 200)

/** The branch is there, at this commit; null is no branch. */
export const branchAt = (branch: string, sha: string | null) =>
  getRef(
    branch,
    sha === null ? { status: 404, body: { message: 'Not Found' } } : { body: { object: { sha } } },
  )

export const createRef = (given: Answer = {}) => answer('POST', `${base}/git/refs`, {}, given, 201)

export const deleteRef = (branch: string, given: Answer = {}) =>
  answer('DELETE', `${base}/git/refs/${encodeURIComponent(`heads/${branch}`)}`, {}, given, 204)

export const getCommit = (sha: string, given: Answer) =>
  answer('GET', `${base}/git/commits/${sha}`, {}, given, 200)

export const createCommit = (sha: string) => answer('POST', `${base}/git/commits`, {}, { body: { sha } }, 201)

export const createTree = (sha: string) => answer('POST', `${base}/git/trees`, {}, { body: { sha } }, 201)

export const getTree = (sha: string, given: Answer) =>
  answer('GET', `${base}/git/trees/${sha}`, { recursive: '1' }, given, 200)

export const getContent = (path: string, ref: string, given: Answer) =>
  answer('GET', `${base}/contents/${encodeURIComponent(path)}`, { ref }, given, 200)

export const compare = (basehead: string, given: Answer) =>
  answer('GET', `${base}/compare/${encodeURIComponent(basehead)}`, { per_page: 1 }, given, 200)

export const listIssueComments = (number: number, page: number, given: Answer) =>
  answer('GET', `${base}/issues/${number}/comments`, { per_page: 100, page }, given, 200)

export const createIssueComment = (number: number, given: Answer) =>
  answer('POST', `${base}/issues/${number}/comments`, {}, given, 201)

export const updateIssueComment = (id: number, given: Answer = {}) =>
  answer('PATCH', `${base}/issues/comments/${id}`, {}, given, 200)

export const listCommitComments = (sha: string, page: number, given: Answer) =>
  answer('GET', `${base}/commits/${sha}/comments`, { per_page: 100, page }, given, 200)

export const createCommitComment = (sha: string, given: Answer) =>
  answer('POST', `${base}/commits/${sha}/comments`, {}, given, 201)

export const updateCommitComment = (id: number, given: Answer = {}) =>
  answer('PATCH', `${base}/comments/${id}`, {}, given, 200)

export const createReaction = (commentId: number, given: Answer = {}) =>
  answer('POST', `${base}/issues/comments/${commentId}/reactions`, {}, given, 201)

export const listCheckRuns = (ref: string, given: Answer) =>
  answer(
    'GET',
    `${base}/commits/${ref}/check-runs`,
    { check_name: 'Regreen', filter: 'all', per_page: 100 },
    given,
    200,
  )

export const createCheckRun = (given: Answer) => answer('POST', `${base}/check-runs`, {}, given, 201)

export const updateCheckRun = (id: number, given: Answer = {}) =>
  answer('PATCH', `${base}/check-runs/${id}`, {}, given, 200)

export const listAnnotations = (checkRunId: number, given: Answer) =>
  answer('GET', `${base}/check-runs/${checkRunId}/annotations`, { per_page: 50 }, given, 200)

export const getPermission = (login: string, given: Answer) =>
  answer('GET', `${base}/collaborators/${login}/permission`, {}, given, 200)

export const listJobs = (runId: number, attempt: number, page: number, given: Answer) =>
  answer('GET', `${base}/actions/runs/${runId}/attempts/${attempt}/jobs`, { per_page: 100, page }, given, 200)

export const listWorkflowRuns = (workflowId: number, query: Query, given: Answer) =>
  answer('GET', `${base}/actions/workflows/${workflowId}/runs`, query, given, 200)

export const listRuns = (query: Query, given: Answer) =>
  answer('GET', `${base}/actions/runs`, query, given, 200)

export const listPulls = (branch: string, given: Answer) =>
  answer('GET', `${base}/pulls`, { head: `acme:${branch}`, state: 'all', per_page: 1 }, given, 200)

export const createPull = (given: Answer) => answer('POST', `${base}/pulls`, {}, given, 201)

export const getPull = (number: number, given: Answer) =>
  answer('GET', `${base}/pulls/${number}`, {}, given, 200)

export const updatePull = (number: number, given: Answer = {}) =>
  answer('PATCH', `${base}/pulls/${number}`, {}, given, 200)

export const graphql = (given: Answer) => answer('POST', '/graphql', {}, given, 200)
