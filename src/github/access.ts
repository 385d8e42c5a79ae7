/** Clients for GitHub: one short-lived token per repository and purpose. */
import { createAppAuth } from '@octokit/auth-app'
import { retry } from '@octokit/plugin-retry'
import { throttling } from '@octokit/plugin-throttling'
import { Octokit } from '@octokit/rest'
import type { Logger } from 'pino'
import { type Repository, repositorySchema } from '../domain/workflow-run.ts'
import { OperatorError } from '../errors.ts'
import { hasStatus, upstreamError } from './upstream-error.ts'

/** A client that can touch one repository, and only as far as its token's permissions go. */
export interface RepositoryClient {
  readonly octokit: Octokit
  /** `owner` and `repo`, to spread into calls. */
  readonly at: { owner: string; repo: string }
  /** The installation token, for fetching by git. Never log or store it. */
  readonly token: string
}

/**
 * What a token may do. The reporters only comment; the writers are asked for only after the gates.
 * GitHub counts comments on commits as contents, so `commit-reporter` needs to write those.
 */
export type Purpose = 'reader' | 'reporter' | 'commit-reporter' | 'writer' | 'workflow-writer'

export interface GithubAccess {
  /** Where people see GitHub, such as `https://github.com`. */
  readonly serverUrl: string
  /** Every repository the App is installed on, at most 1,000 an installation. */
  listRepositories(): Promise<{ installationId: number; repository: Repository }[]>
  /** The App's name as it appears in `slug[bot]`. */
  appSlug(): Promise<string>
  /**
   * Runs `work` with a client for one repository. A writer's token is revoked afterwards.
   * Throws UpstreamError when GitHub fails, OperatorError when the App lacks a permission.
   */
  withClient<Result>(
    of: { installationId: number; repository: Repository },
    purpose: Purpose,
    work: (client: RepositoryClient) => Promise<Result>,
  ): Promise<Result>
}

export interface AppCredentials {
  appId: number
  privateKey: string
  apiUrl: string
  serverUrl: string
}

const permissionsOf: Record<Purpose, Record<string, 'read' | 'write'>> = {
  reader: { actions: 'read', checks: 'read', contents: 'read', metadata: 'read', pull_requests: 'read' },
  reporter: { checks: 'write', contents: 'read', metadata: 'read', pull_requests: 'write' },
  'commit-reporter': { checks: 'write', contents: 'write', metadata: 'read' },
  // No `workflows`: a patch that was let through by mistake still cannot change what CI runs.
  writer: { actions: 'read', checks: 'write', contents: 'write', metadata: 'read', pull_requests: 'write' },
  'workflow-writer': {
    actions: 'read',
    checks: 'write',
    contents: 'write',
    metadata: 'read',
    pull_requests: 'write',
    workflows: 'write',
  },
}

/** A rate limit longer than this is not waited for inside a stage: the queue runs the stage later. */
const retryAfterSecondsMax = 20

/** More often than this one call does not wait for a limit: GitHub could ask for one second forever. */
const limitWaitsMax = 2

/** GitHub begins its answer within ten seconds or not at all. More would hold a worker for nothing. */
const answerMsMax = 20_000

const ThrottledOctokit = Octokit.plugin(retry, throttling)

/** A reader's token lives an hour; it is minted again five minutes before. */
const readerAgeMsMax = 55 * 60 * 1000

/** Opens access for one App. Makes no request until it is used. */
export function openGithubAccess(credentials: AppCredentials, log: Logger): GithubAccess {
  const app = newOctokit(credentials.apiUrl, log, {
    authStrategy: createAppAuth,
    auth: { appId: credentials.appId, privateKey: credentials.privateKey },
  })
  const readers = new Map<string, { client: RepositoryClient; mintedAt: number }>()
  let slug: Promise<string> | undefined

  async function mint(
    { installationId, repository }: { installationId: number; repository: Repository },
    purpose: Purpose,
  ): Promise<RepositoryClient> {
    const permissions = permissionsOf[purpose]
    const { data } = await app.rest.apps
      .createInstallationAccessToken({
        installation_id: installationId,
        repository_ids: [repository.id],
        permissions,
      })
      .catch((error: unknown) => {
        throw hasStatus(error, 422) ? notGranted(repository, permissions, error) : error
      })
    return {
      octokit: newOctokit(credentials.apiUrl, log, { auth: data.token }),
      at: { owner: repository.owner, repo: repository.name },
      token: data.token,
    }
  }

  async function reader(of: { installationId: number; repository: Repository }): Promise<RepositoryClient> {
    const key = `${of.installationId}/${of.repository.id}`
    const known = readers.get(key)
    if (known && Date.now() - known.mintedAt < readerAgeMsMax) return known.client
    const client = await mint(of, 'reader')
    if (readers.size > 1_000) readers.clear()
    readers.set(key, { client, mintedAt: Date.now() })
    return client
  }

  return {
    serverUrl: credentials.serverUrl,
    listRepositories: () =>
      listRepositories(app, (token) => newOctokit(credentials.apiUrl, log, { auth: token })),
    appSlug: () => {
      slug ??= app.rest.apps.getAuthenticated().then(
        ({ data }) => data?.slug ?? 'regreen',
        (error) => {
          slug = undefined
          throw upstreamError(error)
        },
      )
      return slug
    },
    async withClient(of, purpose, work) {
      try {
        if (purpose === 'reader') return await work(await reader(of))
        const client = await mint(of, purpose)
        try {
          return await work(client)
        } finally {
          await client.octokit.rest.apps.revokeInstallationAccessToken().catch((error: unknown) => {
            log.warn({ error }, 'a writer token could not be revoked; it expires within an hour')
          })
        }
      } catch (error) {
        readers.delete(`${of.installationId}/${of.repository.id}`)
        throw upstreamError(error)
      }
    },
  }
}

async function listRepositories(
  app: Octokit,
  withToken: (token: string) => Octokit,
): Promise<{ installationId: number; repository: Repository }[]> {
  try {
    const found: { installationId: number; repository: Repository }[] = []
    for (const installation of await app.paginate(app.rest.apps.listInstallations, { per_page: 100 })) {
      if (installation.suspended_at) continue
      const { data } = await app.rest.apps.createInstallationAccessToken({
        installation_id: installation.id,
        permissions: { metadata: 'read' },
      })
      const client = withToken(data.token)
      for (let page = 1; page <= 10; page++) {
        const listed = await client.rest.apps.listReposAccessibleToInstallation({ per_page: 100, page })
        for (const repository of listed.data.repositories.filter((each) => !each.archived)) {
          found.push({ installationId: installation.id, repository: toRepository(repository) })
        }
        if (listed.data.repositories.length < 100) break
      }
    }
    return found
  } catch (error) {
    throw upstreamError(error)
  }
}

/** The repository in our words; webhooks and API carry the same fields. */
export function toRepository(repository: {
  id: number
  name: string
  owner: { login: string }
  default_branch: string
  private: boolean
}): Repository {
  return repositorySchema.parse({
    id: repository.id,
    owner: repository.owner.login,
    name: repository.name,
    defaultBranch: repository.default_branch,
    isPrivate: repository.private,
  })
}

/** GitHub answers 422 to a token request that asks for more than the installation was granted. */
function notGranted(
  { owner, name }: Repository,
  permissions: Record<string, string>,
  cause: unknown,
): OperatorError {
  const needed = Object.entries(permissions).map(([permission, level]) => `${permission}: ${level}`)
  return new OperatorError({
    code: 'github-permission-missing',
    message:
      `The installation on ${owner}/${name} lacks a permission that this step needs (${needed.join(', ')}). ` +
      'Grant it in the App settings and accept it in the installation.',
    cause,
  })
}

function newOctokit(apiUrl: string, log: Logger, options: object): Octokit {
  const octokit = new ThrottledOctokit({
    baseUrl: apiUrl,
    userAgent: 'regreen',
    request: { fetch: fetchInTime },
    // Octokit's own log prints whole requests; the stage logs what failed.
    log: { debug() {}, info() {}, warn() {}, error() {} },
    // Besides Octokit's own list: a limit is waited for by `throttle`, or by the queue.
    retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
    throttle: {
      onRateLimit: (seconds: number, _options: object, _octokit: object, waits: number) =>
        waitsFor({ seconds, waits, limit: 'primary' }, log),
      onSecondaryRateLimit: (seconds: number, _options: object, _octokit: object, waits: number) =>
        waitsFor({ seconds, waits, limit: 'secondary' }, log),
      // Loopback hosts are stand-ins in tests and demo: spacing writes by a second only makes them slow.
      ...(isLoopback(apiUrl) ? { enabled: false } : {}),
    },
    ...options,
  })
  // A write that got no answer may have happened: the stage runs again and looks before it writes.
  octokit.hook.before('request', (asked) => {
    const isRepeatable = asked.method === 'GET' || asked.url.endsWith('/access_tokens')
    if (!isRepeatable) asked.request = { ...asked.request, retries: 0 }
  })
  return octokit
}

/** `fetch` that gives up when no answer begins. A body, such as a log, may then take its time. */
async function fetchInTime(url: string, options: RequestInit): Promise<Response> {
  const waiting = new AbortController()
  const timer = setTimeout(
    () => waiting.abort(new Error(`no answer within ${answerMsMax / 1000} seconds`)),
    answerMsMax,
  )
  try {
    return await fetch(url, { ...options, signal: waiting.signal })
  } finally {
    clearTimeout(timer)
  }
}

function waitsFor(asked: { seconds: number; waits: number; limit: string }, log: Logger): boolean {
  log.warn({ limit: asked.limit, seconds: asked.seconds }, 'GitHub asks to wait')
  return asked.seconds <= retryAfterSecondsMax && asked.waits < limitWaitsMax
}

function isLoopback(url: string): boolean {
  return ['127.0.0.1', '[::1]', 'localhost'].includes(new URL(url).hostname)
}
