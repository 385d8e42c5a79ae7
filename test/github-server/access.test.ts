/** Who may do what: App tokens, permissions, private repositories, limits and hostile input. */
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto'
import { createAppAuth } from '@octokit/auth-app'
import { describe, expect, it } from 'vitest'
import { startSmallGithub } from '../../demo/github/small-github.ts'
import { createAppClient, createClient, useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub()
const at = { owner: 'octo', repo: 'access' }
const files = { 'README.md': 'hello\n', '.github/workflows/ci.yml': 'on: workflow_dispatch\njobs: {}\n' }

async function setUp(name: string, options = {}) {
  await fixture.github.createRepository(`octo/${name}`, { files, ...options })
  return { owner: 'octo', repo: name }
}

function appJwt(claims: Record<string, unknown>, key = fixture.github.app.privateKey): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const head = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  return `${head}.${createSign('RSA-SHA256').update(head).sign(key, 'base64url')}`
}

function claims(more: Record<string, unknown> = {}) {
  const seconds = Math.floor(Date.now() / 1000)
  return { iat: seconds - 10, exp: seconds + 500, iss: String(fixture.github.app.id), ...more }
}

/** The status and message of a request that fails. */
async function refusal(request: Promise<unknown>) {
  const error = (await request.then(
    () => ({ status: 'no refusal' }),
    (reason) => reason,
  )) as { status: unknown; response?: { data: { message: string } } }
  return { status: error.status, message: error.response?.data.message }
}

describe('App tokens', () => {
  it('refuses a token that is expired, forged, unsigned or of another App', async () => {
    const foreignKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs1',
      format: 'pem',
    })
    const body = Buffer.from(JSON.stringify(claims())).toString('base64url')
    const hmacHead = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${body}`
    const tokens = [
      appJwt(claims({ exp: 1 })),
      appJwt(claims({ exp: Math.floor(Date.now() / 1000) + 5_000 })),
      appJwt(claims(), String(foreignKey)),
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`,
      `${hmacHead}.${createHmac('sha256', fixture.github.app.privateKey).update(hmacHead).digest('base64url')}`,
      appJwt(claims({ iss: '1' })),
    ]

    const refusals = await Promise.all(
      tokens.map((token) => refusal(createClient(fixture.github, token).apps.getAuthenticated())),
    )

    expect(refusals.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401])
    expect(refusals[2]!.message).toBe('A JSON web token could not be decoded')
    expect(refusals[1]!.message).toContain("'Expiration time' claim ('exp')")
  })

  it('narrows a token to repositories and permissions, and refuses more than was granted', async () => {
    await setUp('access')
    await setUp('other', { private: true })
    const app = createClient(fixture.github, appJwt(claims()))
    const installation_id = fixture.github.installationId('octo/access')

    const { data } = await app.apps.createInstallationAccessToken({
      installation_id,
      repositories: ['access'],
      permissions: { contents: 'read' },
    })
    const narrow = createClient(fixture.github, data.token)

    expect(data).toMatchObject({
      permissions: { contents: 'read', metadata: 'read' },
      repositories: [{ name: 'access' }],
    })
    expect((await narrow.repos.getContent({ ...at, path: 'README.md' })).status).toBe(200)
    expect(await refusal(narrow.repos.get({ owner: 'octo', repo: 'other' }))).toEqual({
      status: 404,
      message: 'Not Found',
    })
    expect(await refusal(narrow.git.createBlob({ ...at, content: 'x' }))).toEqual({
      status: 403,
      message: 'Resource not accessible by integration',
    })
    expect(
      (
        await refusal(
          app.apps.createInstallationAccessToken({
            installation_id,
            permissions: { administration: 'write' },
          }),
        )
      ).status,
    ).toBe(422)
  })

  it('forgets a revoked token', async () => {
    await setUp('revoked')
    const auth = createAppAuth({ appId: fixture.github.app.id, privateKey: fixture.github.app.privateKey })
    const app = createClient(fixture.github, (await auth({ type: 'app' })).token)
    const { data } = await app.apps.createInstallationAccessToken({
      installation_id: fixture.github.installationId('octo/revoked'),
    })
    const octokit = createClient(fixture.github, data.token)

    await octokit.apps.revokeInstallationAccessToken()

    expect(await refusal(octokit.repos.get({ owner: 'octo', repo: 'revoked' }))).toEqual({
      status: 401,
      message: 'Bad credentials',
    })
  })
})

describe('permissions', () => {
  it('names the permission that a call lacks', async () => {
    await setUp('lacking')
    const app = createClient(fixture.github, appJwt(claims()))
    const { data } = await app.apps.createInstallationAccessToken({
      installation_id: fixture.github.installationId('octo/lacking'),
      permissions: { pull_requests: 'write' },
    })

    const response = await fetch(`${fixture.github.url}/repos/octo/lacking/actions/runs`, {
      headers: { authorization: `Bearer ${data.token}` },
    })

    expect(response.headers.get('x-accepted-github-permissions')).toBe('actions=read')
    expect(await response.json()).toEqual({
      message: 'Resource not accessible by integration',
      documentation_url: 'https://docs.github.com/rest',
      status: '403',
    })
  })

  it('refuses a branch with a changed workflow to an App without the workflows permission', async () => {
    const here = await setUp('guarded')
    const app = createClient(fixture.github, appJwt(claims()))
    const { data } = await app.apps.createInstallationAccessToken({
      installation_id: fixture.github.installationId('octo/guarded'),
      permissions: { contents: 'write' },
    })
    const octokit = createClient(fixture.github, data.token)
    const commitWith = async (path: string) => {
      const { data: main } = await octokit.repos.getBranch({ ...here, branch: 'main' })
      const { data: tree } = await octokit.git.createTree({
        ...here,
        base_tree: main.commit.sha,
        tree: [{ path, mode: '100644', content: 'name: changed\n' }],
      })
      const commit = { ...here, message: `Change ${path}`, tree: tree.sha, parents: [main.commit.sha] }
      return (await octokit.git.createCommit(commit)).data.sha
    }

    const plain = await octokit.git.createRef({
      ...here,
      ref: 'refs/heads/plain',
      sha: await commitWith('a.txt'),
    })
    const changed = refusal(
      octokit.git.createRef({
        ...here,
        ref: 'refs/heads/ci',
        sha: await commitWith('.github/workflows/ci.yml'),
      }),
    )

    expect(plain.status).toBe(201)
    expect(await changed).toEqual({ status: 403, message: 'Resource not accessible by integration' })
  })

  it('hides a private repository from strangers and refuses a push of a reader', async () => {
    const here = await setUp('hidden', { private: true, collaborators: { reader: 'read' } })

    expect(await refusal(createClient(fixture.github).repos.get(here))).toEqual({
      status: 404,
      message: 'Not Found',
    })
    expect(await refusal(fixture.asPerson('stranger').repos.get(here))).toEqual({
      status: 404,
      message: 'Not Found',
    })
    expect((await fixture.asPerson('reader').repos.get(here)).status).toBe(200)
    expect((await refusal(fixture.asPerson('reader').git.createBlob({ ...here, content: 'x' }))).status).toBe(
      403,
    )
    expect((await fixture.asPerson('octo').git.createBlob({ ...here, content: 'x' })).status).toBe(201)
  })
})

describe('headers', () => {
  it('answers an unchanged resource with 304 and does not count it', async () => {
    await setUp('cached')
    const octokit = fixture.asApp('octo/cached')
    const first = await octokit.request('GET /repos/octo/cached')

    const again = octokit.request('GET /repos/octo/cached', {
      headers: { 'if-none-match': first.headers.etag },
    })

    await expect(again).rejects.toMatchObject({
      status: 304,
      response: { headers: { 'x-ratelimit-used': first.headers['x-ratelimit-used'] } },
    })
  })

  it('pages lists with links', async () => {
    await setUp('paged')
    for (const branch of ['a', 'b', 'c'])
      await fixture.github.push('octo/paged', { branch, files: { [branch]: branch } })
    const octokit = fixture.asApp('octo/paged')

    const page = await octokit.repos.listBranches({ owner: 'octo', repo: 'paged', per_page: 3 })
    const all = await octokit.paginate(octokit.repos.listBranches, {
      owner: 'octo',
      repo: 'paged',
      per_page: 3,
    })

    expect(page.headers.link).toBe(
      `<${fixture.github.url}/repos/octo/paged/branches?per_page=3&page=2>; rel="next", <${fixture.github.url}/repos/octo/paged/branches?per_page=3&page=2>; rel="last"`,
    )
    expect(all.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'main'])
  })
})

describe('the rate limit', () => {
  it('refuses what goes over the hourly limit of an installation, but not of others', async () => {
    const github = await startSmallGithub({ requestsPerHour: 3 })
    try {
      await github.createRepository('octo/limited', { files })
      const octokit = createAppClient(github, 'octo/limited')
      const get = () => octokit.repos.get({ owner: 'octo', repo: 'limited' })
      const before = [await get(), await get(), await get()]

      expect(before.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['2', '1', '0'])
      await expect(get()).rejects.toMatchObject({
        status: 403,
        response: { headers: { 'x-ratelimit-remaining': '0' } },
      })
      expect(
        (await createClient(github, github.userToken('octo')).repos.get({ owner: 'octo', repo: 'limited' }))
          .status,
      ).toBe(200)
    } finally {
      await github.close()
    }
  })
})

describe('hostile input', () => {
  const send = (method: string, path: string, body?: string) =>
    fetch(`${fixture.github.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${fixture.github.userToken('octo')}` },
      ...(body === undefined ? {} : { body }),
    })

  it('says what it does not model', async () => {
    const response = await send('GET', '/repos/octo/access/releases')

    expect([response.status, await response.json()]).toMatchObject([
      501,
      { message: 'The small GitHub does not model GET /repos/octo/access/releases' },
    ])
  })

  it('refuses malformed, oversized and escaping requests', async () => {
    await setUp('hostile')
    const base = '/repos/octo/hostile'
    const answers = [
      await send('POST', `${base}/git/blobs`, '{"content":'),
      await send('POST', `${base}/git/blobs`, JSON.stringify({ content: 'x'.repeat(26_000_000) })),
      await send('GET', `${base}/contents/..%2F..%2Fetc%2Fpasswd`),
      await send('GET', '/repos/..%2f..%2fetc/passwd'),
      await send('GET', `${base}/commits/--output=%2Ftmp%2Fx`),
      await send('GET', `${base}/contents/README.md?ref=main%3ACargo`),
      await send(
        'POST',
        `${base}/git/refs`,
        JSON.stringify({ ref: 'refs/heads/../../x', sha: '0'.repeat(40) }),
      ),
      await send(
        'POST',
        `${base}/git/trees`,
        JSON.stringify({ tree: [{ path: '../x', mode: '100644', content: 'x' }] }),
      ),
      await send(
        'POST',
        `${base}/git/trees`,
        JSON.stringify({ tree: [{ path: '.git/hooks/x', mode: '100644', content: 'x' }] }),
      ),
      await send('GET', '/octo/..%2F..%2Fetc.git/info/refs?service=git-upload-pack'),
    ]

    expect(answers.map(({ status }) => status)).toEqual([400, 413, 400, 404, 422, 404, 422, 422, 422, 404])
    expect(await answers[0]!.json()).toMatchObject({ message: 'Problems parsing JSON' })
  })

  it('refuses a repository name that leaves its place', async () => {
    for (const name of ['octo/..', 'octo', '../octo/x', 'octo/a/b', 'octo/x.git', 'octo/.']) {
      await expect(fixture.github.createRepository(name)).rejects.toThrow('is not a name for a repository')
    }
  })
})

describe('faults', () => {
  it('breaks the next matching requests and then recovers', async () => {
    await setUp('faulty')
    const octokit = fixture.asPerson('octo')
    const get = () => octokit.repos.get({ owner: 'octo', repo: 'faulty' })

    fixture.github.failNext(
      { method: 'GET', path: /^\/repos\/octo\/faulty$/ },
      {
        status: 403,
        headers: { 'retry-after': '1' },
        body: { message: 'You have exceeded a secondary rate limit.' },
        times: 2,
      },
    )

    await expect(get()).rejects.toMatchObject({ status: 403, response: { headers: { 'retry-after': '1' } } })
    await expect(get()).rejects.toMatchObject({ status: 403 })
    expect((await get()).status).toBe(200)
  })

  it('can hang up and can stay silent', async () => {
    await setUp('silent')
    const url = `${fixture.github.url}/repos/octo/silent`

    fixture.github.failNext({ method: 'GET', path: /silent/ }, 'disconnect')
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    fixture.github.failNext({ method: 'GET', path: /silent/ }, 'timeout')
    await expect(fetch(url, { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout')

    expect((await fetch(url)).status).toBe(200)
  })
})
