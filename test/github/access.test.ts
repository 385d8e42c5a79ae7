import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { OperatorError, UpstreamError } from '../../src/errors.ts'
import { openGithubAccess, type Purpose, toRepository } from '../../src/github/access.ts'
import { branchHead } from '../../src/github/contents.ts'
import {
  appCredentials,
  createIssueComment,
  createToken,
  getApp,
  getRef,
  repository,
  revokeToken,
  token,
  useGithubApi,
} from '../support/github-api.ts'

useGithubApi()
afterEach(() => vi.useRealTimers())

const of = { installationId: 3, repository }
const sha = '1f'.repeat(20)
const head = { body: { object: { sha } } }

function open(changes = {}) {
  const logged: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => logged.push(line) })
  return { access: openGithubAccess(appCredentials(changes), log), logged }
}

/** The outcome of work that waits, with the clock running ahead. */
async function withFastClock<Result>(work: () => Promise<Result>): Promise<Result> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const outcome = Promise.allSettled([work()])
  let isSettled = false
  outcome.then(() => {
    isSettled = true
  })
  while (!isSettled) {
    await vi.advanceTimersByTimeAsync(250)
    await setImmediate()
  }
  const [settled] = await outcome
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

describe('a token', () => {
  it.each<[Purpose, object]>([
    [
      'reader',
      { actions: 'read', checks: 'read', contents: 'read', metadata: 'read', pull_requests: 'read' },
    ],
    ['reporter', { checks: 'write', contents: 'read', metadata: 'read', pull_requests: 'write' }],
    ['commit-reporter', { checks: 'write', contents: 'write', metadata: 'read' }],
    [
      'writer',
      { actions: 'read', checks: 'write', contents: 'write', metadata: 'read', pull_requests: 'write' },
    ],
    [
      'workflow-writer',
      {
        actions: 'read',
        checks: 'write',
        contents: 'write',
        metadata: 'read',
        pull_requests: 'write',
        workflows: 'write',
      },
    ],
  ])('of a %s may do exactly what it is for, in one repository', async (purpose, permissions) => {
    const asked = createToken()
    if (purpose !== 'reader') revokeToken()

    await open().access.withClient(of, purpose, async (client) => {
      expect(client.at).toEqual({ owner: 'acme', repo: 'orders' })
      expect(client.token).toBe(token)
    })

    expect(asked.body).toEqual({ repository_ids: [5], permissions })
    expect(asked.authorization).toMatch(/^bearer eyJ/)
  })

  it('is what the client sends', async () => {
    createToken()
    const asked = getRef('main', head)

    expect(await open().access.withClient(of, 'reader', (client) => branchHead(client, 'main'))).toBe(sha)
    expect(asked.authorization).toBe(`token ${token}`)
  })

  it('that writes is revoked after use, by itself', async () => {
    createToken()
    const asked = revokeToken()

    const result = await open().access.withClient(of, 'writer', async () => {
      expect(asked.count).toBe(0)
      return 'done'
    })

    expect(result).toBe('done')
    expect(asked).toMatchObject({ count: 1, authorization: `token ${token}` })
  })

  it('that writes is revoked when the work throws, and the error stays', async () => {
    createToken()
    const asked = revokeToken()

    const work = open().access.withClient(of, 'writer', async () => {
      throw new RangeError('no')
    })

    await expect(work).rejects.toThrow(new RangeError('no'))
    expect(asked.count).toBe(1)
  })

  it('that writes is minted anew for each use', async () => {
    const asked = createToken({ times: 2 })
    revokeToken({ times: 2 })
    const { access } = open()

    await access.withClient(of, 'writer', async () => {})
    await access.withClient(of, 'writer', async () => {})

    expect(asked.count).toBe(2)
  })

  it('that cannot be revoked does not fail the work, and stays out of the log', async () => {
    createToken()
    revokeToken({ status: 403, body: { message: 'no' } })
    const { access, logged } = open()

    expect(await access.withClient(of, 'writer', async () => 'done')).toBe('done')

    expect(logged.join('')).toContain('could not be revoked')
    expect(logged.join('')).not.toContain(token)
    expect(logged.join('')).not.toMatch(/gh[a-z]_|eyJ[\w-]{10,}/)
  })

  it('that reads is used again, for the same repository only', async () => {
    const asked = createToken({ times: 2 })
    const { access } = open()

    await access.withClient(of, 'reader', async () => {})
    await access.withClient(of, 'reader', async () => {})
    await access.withClient({ ...of, repository: { ...repository, id: 6 } }, 'reader', async () => {})

    expect(asked.count).toBe(2)
    expect(asked.body).toMatchObject({ repository_ids: [6] })
  })

  it('that reads is minted anew before its hour is over', async () => {
    const asked = createToken({ times: 2 })
    const { access } = open()
    vi.useFakeTimers({ toFake: ['Date'] })

    await access.withClient(of, 'reader', async () => {})
    vi.advanceTimersByTime(54 * 60_000)
    await access.withClient(of, 'reader', async () => {})
    expect(asked.count).toBe(1)
    vi.advanceTimersByTime(2 * 60_000)
    await access.withClient(of, 'reader', async () => {})

    expect(asked.count).toBe(2)
  })

  it('that reads is dropped when GitHub does not take it', async () => {
    const asked = createToken({ times: 2 })
    getRef('main', { status: 401, body: { message: 'Bad credentials' } })
    getRef('main', head)
    const { access } = open()
    const read = () => access.withClient(of, 'reader', (client) => branchHead(client, 'main'))

    await expect(read()).rejects.toMatchObject({ code: 'github-unavailable' })
    expect(await read()).toBe(sha)

    expect(asked.count).toBe(2)
  })

  it('is not minted with more than the installation grants: the message names the permissions', async () => {
    createToken({ status: 422, body: { message: 'The permissions requested are not granted.' } })

    const error = await open()
      .access.withClient(of, 'workflow-writer', async () => {})
      .catch((reason) => reason)

    expect(error).toBeInstanceOf(OperatorError)
    expect(error).toMatchObject({
      code: 'github-permission-missing',
      message: expect.stringMatching(/acme\/orders lacks .*workflows: write.*Grant it in the App settings/),
    })
  })
})

describe('an answer that is no success', () => {
  /** What becomes of one read that is answered so. */
  async function errorFor(answer: Parameters<typeof getRef>[1]) {
    createToken()
    getRef('main', answer)
    return open()
      .access.withClient(of, 'reader', (client) => branchHead(client, 'main'))
      .catch((error) => error)
  }

  const path = '/repos/acme/orders/git/ref/heads%2Fmain'

  it('401 is tried again with a new token', async () => {
    const error = await errorFor({ status: 401, body: { message: 'Bad credentials' } })

    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({
      code: 'github-unavailable',
      message:
        `GitHub does not take our token for GET ${path} (401: Bad credentials). It was revoked, or the App was removed. ` +
        'The step is tried again with a new one; if that fails too, check APP_ID and PRIVATE_KEY.',
    })
  })

  it('403 names the permission that is missing', async () => {
    const error = await errorFor({
      status: 403,
      body: { message: 'Resource not accessible by integration' },
      headers: { 'x-accepted-github-permissions': 'contents=read' },
    })

    expect(error).toBeInstanceOf(OperatorError)
    expect(error).toMatchObject({
      code: 'github-permission-missing',
      message:
        `GitHub refuses GET ${path} (403: Resource not accessible by integration). ` +
        'The App lacks a permission (needed: contents=read). ' +
        'Grant it in the App settings and accept it in the installation.',
      cause: { status: 403 },
    })
  })

  it('403 that names no permission may be a suspended installation', async () => {
    const error = await errorFor({ status: 403, body: { message: 'This installation has been suspended' } })

    expect(error).toBeInstanceOf(OperatorError)
    expect(error.message).toContain('(403: This installation has been suspended)')
    expect(error.message).toContain('or its installation is suspended')
  })

  it.each([
    [403, { 'x-ratelimit-remaining': '0' }],
    [403, { 'retry-after': '60' }],
    [429, { 'retry-after': '60' }],
    [429, {}],
  ])('%i with %o is a rate limit, which passes', async (status, headers: Record<string, string>) => {
    const error = await errorFor({ status, headers, body: { message: 'slow down' } })

    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({
      code: 'github-rate-limit',
      message: `GitHub's rate limit is used up (GET ${path}). The repair goes on when GitHub allows it.`,
    })
  })

  it('404 says that something is gone', async () => {
    createToken({ status: 404, body: { message: 'Not Found' } })

    const error = await open()
      .access.withClient(of, 'reader', async () => {})
      .catch((reason) => reason)

    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({
      code: 'github-refused',
      message:
        'GitHub refused POST /app/installations/3/access_tokens (404: Not Found). ' +
        'What it names is gone, or the App is not installed there. The step is tried again.',
    })
  })

  it('500 of a read is tried three times more, and then by the stage', async () => {
    createToken()
    const asked = getRef('main', { status: 500, body: { message: 'Server Error' }, times: 4 })
    const { access } = open()

    const error = await withFastClock(() =>
      access.withClient(of, 'reader', (client) => branchHead(client, 'main')),
    ).catch((reason) => reason)

    expect(asked.count).toBe(4)
    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({
      code: 'github-unavailable',
      message: `GitHub did not answer GET ${path} (500). It may be down or out of reach. The step is tried again.`,
    })
  })

  it('502 of a write is not tried again: the write may have happened', async () => {
    createToken()
    revokeToken()
    const asked = createIssueComment(7, { status: 502, body: { message: 'Bad gateway' } })
    getRef('main', { status: 502 })
    getRef('main', head)
    const { access } = open()

    const outcome = await withFastClock(() =>
      access.withClient(of, 'writer', async (client) => {
        const issue = { ...client.at, issue_number: 7, body: 'hello' }
        const written = await client.octokit.rest.issues.createComment(issue).catch((reason) => reason)
        return { written: written.status, read: await branchHead(client, 'main') }
      }),
    )

    expect(asked.count).toBe(1)
    expect(outcome).toEqual({ written: 502, read: sha })
  })

  it('502 of a minting is tried again: a second token harms nobody', async () => {
    createToken({ status: 502, body: { message: 'Bad gateway' } })
    createToken()
    const { access } = open()

    expect(await withFastClock(() => access.withClient(of, 'reader', async () => 'done'))).toBe('done')
  })

  it('passes an error through that is ours or of the work', async () => {
    createToken({ times: 2 })
    const { access } = open()
    const ours = new OperatorError({ code: 'usage', message: 'no' })
    const fail = (error: unknown) => access.withClient(of, 'reader', () => Promise.reject(error))

    await expect(fail(ours)).rejects.toBe(ours)
    await expect(fail('text')).rejects.toThrow(new Error('text'))
  })
})

describe('a rate limit of the real GitHub', () => {
  const url = 'https://api.github.com'

  it('is not waited for when it lasts, and is logged', async () => {
    createToken({ url })
    const reset = String(Math.floor(Date.now() / 1000) + 3_600)
    const asked = getRef('main', {
      url,
      status: 403,
      body: { message: 'API rate limit exceeded' },
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
    })
    const { access, logged } = open({ apiUrl: url })

    const error = await access
      .withClient(of, 'reader', (client) => branchHead(client, 'main'))
      .catch((reason) => reason)

    expect(error).toMatchObject({ code: 'github-rate-limit' })
    expect(asked.count).toBe(1)
    expect(logged.map((line) => JSON.parse(line))).toMatchObject([
      { limit: 'primary', msg: 'GitHub asks to wait' },
    ])
  })

  it('is waited for when it is short, but only twice', async () => {
    createToken({ url })
    const asked = getRef('main', {
      url,
      times: 3,
      status: 429,
      body: { message: 'You have exceeded a secondary rate limit' },
      headers: { 'retry-after': '2' },
    })
    const { access } = open({ apiUrl: url })

    const error = await withFastClock(() =>
      access.withClient(of, 'reader', (client) => branchHead(client, 'main')),
    ).catch((reason) => reason)

    expect(error).toMatchObject({ code: 'github-rate-limit' })
    expect(asked.count).toBe(3)
  })
})

describe('the App', () => {
  it('is asked for its name once', async () => {
    const asked = getApp({ body: { slug: 'regreen-acme' } })
    const { access } = open()

    expect([await access.appSlug(), await access.appSlug()]).toEqual(['regreen-acme', 'regreen-acme'])
    expect(asked.count).toBe(1)
  })

  it('is asked again after a failure', async () => {
    getApp({ status: 401, body: { message: 'A JSON web token could not be decoded' } })
    getApp({ body: { slug: 'regreen' } })
    const { access } = open()

    await expect(access.appSlug()).rejects.toMatchObject({ code: 'github-unavailable' })
    expect(await access.appSlug()).toBe('regreen')
  })
})

describe('toRepository', () => {
  const given = { id: 5, name: 'orders', owner: { login: 'acme' }, default_branch: 'main', private: false }

  it('keeps what a repair needs', () => {
    expect(toRepository({ ...given, description: 'x' } as typeof given)).toEqual(repository)
  })

  it.each([
    ['no id', { id: 0 }],
    ['no name', { name: '' }],
    ['a name beyond GitHub’s', { name: 'x'.repeat(101) }],
  ])('refuses a repository with %s', (_name, changes) => {
    expect(() => toRepository({ ...given, ...changes })).toThrow()
  })
})
