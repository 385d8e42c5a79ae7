import { createHmac, randomUUID } from 'node:crypto'
import examples from '@octokit/webhooks-examples' with { type: 'json' }
import pino from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { generatePrivateKey } from '../demo/github/tokens.ts'
import { type RunningServer, startServer } from '../src/server.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { findOpenRepairs, listRepairs, loadRepair } from '../src/store/repairs.ts'

const secret = 'a-webhook-secret'
const lines: string[] = []
let store: Store
let server: RunningServer

beforeAll(async () => {
  store = await openStore({ directory: 'memory' }, (error) => {
    throw error
  })
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) })
  const config = {
    appId: 1,
    privateKey: generatePrivateKey(),
    webhookSecret: secret,
    host: '127.0.0.1',
    port: 0,
  }
  server = await startServer(config, store, log)
})

afterAll(async () => {
  await server.close()
  await store.close()
})

afterEach(async () => {
  await store.database.execute(
    'truncate repairs, transitions, deliveries, fix_requests cascade; delete from pgboss.job',
  )
})

describe('a failed workflow run', () => {
  it('is recorded as one queued repair before GitHub is answered', async () => {
    const response = await deliver('workflow_run', failedRun())

    const [repair] = await listRepairs(store.database, 10)
    expect(response.status).toBe(200)
    expect(repair).toMatchObject({
      stage: 'accept',
      status: 'queued',
      installationId: 77,
      mayPush: false,
      run: { id: 1001, runAttempt: 1, conclusion: 'failure', headBranch: 'main' },
    })
    expect(await tasks()).toEqual([
      { kind: 'advance', repairId: repair?.id, repositoryId: repair?.repository.id },
    ])
  })

  it('is recorded once when GitHub redelivers it, or sends it twice under another GUID', async () => {
    const guid = randomUUID()

    await deliver('workflow_run', failedRun(), guid)
    await deliver('workflow_run', failedRun(), guid)
    await deliver('workflow_run', failedRun())

    expect(await listRepairs(store.database, 10)).toHaveLength(1)
    expect(await tasks()).toHaveLength(1)
  })

  it('asks the open repair of an older run on the branch to stop', async () => {
    await deliver('workflow_run', failedRun())
    const [older] = await listRepairs(store.database, 1)

    await deliver('workflow_run', failedRun({ id: 1002 }))

    expect((await loadRepair(store.database, older?.id ?? ''))?.stop).toEqual({
      conclusion: 'superseded',
      reason: 'A newer run (1002, attempt 1) failed on the same branch.',
    })
  })

  it.each([
    ['cancelled', { conclusion: 'cancelled' }],
    ['of our own branch', { head_branch: 'regreen/0a1b2c3d-other' }],
  ])('is no repair when it is %s', async (_, change) => {
    await deliver('workflow_run', failedRun(change))

    expect(await listRepairs(store.database, 10)).toEqual([])
  })

  it('leaves nothing behind when its payload is not what GitHub sends', async () => {
    const response = await deliver('workflow_run', failedRun({ head_sha: '../../etc/passwd' }))

    expect(response.status).toBe(500)
    expect(await listRepairs(store.database, 10)).toEqual([])
    expect(await store.database.query('select guid from deliveries')).toEqual([])
  })
})

describe('a green workflow run', () => {
  it('stops the open repair of the same workflow and branch', async () => {
    await deliver('workflow_run', failedRun())

    await deliver('workflow_run', failedRun({ id: 1003, conclusion: 'success' }))

    const [repair] = await listRepairs(store.database, 1)
    expect((await loadRepair(store.database, repair?.id ?? ''))?.stop?.conclusion).toBe('superseded')
  })

  it.each([
    ['of an older run', { id: 900 }],
    ['on another branch', { id: 1003, head_branch: 'feature' }],
    ['of another workflow', { id: 1003, workflow_id: 4 }],
  ])('%s stops nothing', async (_, change) => {
    await deliver('workflow_run', failedRun())

    await deliver('workflow_run', failedRun({ conclusion: 'success', ...change }))

    const [repair] = await listRepairs(store.database, 1)
    expect((await loadRepair(store.database, repair?.id ?? ''))?.stop).toBeNull()
  })
})

describe('a comment', () => {
  it('/fix in a pull request is recorded as a request, once', async () => {
    await deliver('issue_comment', comment('/fix'))
    await deliver('issue_comment', comment('/fix'))

    expect(await tasks()).toEqual([{ kind: 'resolve', commentId: 501, repositoryId: 186853002 }])
  })

  it.each([
    ['another text', comment('please /fix this')],
    ['a quoted command', comment('> /fix')],
    ['a fenced command', comment('```\n/fix\n```')],
    ['look-alike characters', comment('/fіx')],
    ['the command of a bot', comment('/fix', { sender: { type: 'Bot' } })],
    ['the command in an issue', comment('/fix', { pull_request: undefined })],
    ['the command in a closed pull request', comment('/fix', { state: 'closed' })],
  ])('is ignored when it is %s', async (_, payload) => {
    await deliver('issue_comment', payload)

    expect(await tasks()).toEqual([])
  })
})

describe('the closed pull request of a fix', () => {
  it('declines the repair; a merged one, or one of a fork, does not', async () => {
    await deliver('workflow_run', failedRun())
    const [repair] = await listRepairs(store.database, 1)
    await store.database.query(`update repairs set fix_branch = 'regreen/0a1b2c3d-other'`)
    const stopOf = async () => (await loadRepair(store.database, repair?.id ?? ''))?.stop

    await deliver('pull_request', closedPull({ merged: true }))
    expect(await stopOf()).toBeNull()
    await deliver('pull_request', closedPull({ headRepositoryId: 1 }))
    expect(await stopOf()).toBeNull()
    await deliver('pull_request', closedPull({}))
    expect(await stopOf()).toEqual({ conclusion: 'declined', reason: 'Codertocat closed the pull request.' })
  })
})

describe('the server', () => {
  it('refuses a forged signature, stores nothing and logs nothing of it', async () => {
    lines.length = 0

    const response = await deliver(
      'workflow_run',
      failedRun({ name: 'canary-7f3a' }),
      randomUUID(),
      'wrong secret',
    )

    expect(response.status).toBe(400)
    expect(await listRepairs(store.database, 1)).toEqual([])
    expect(lines.join('\n')).not.toContain('canary-7f3a')
  })

  it('refuses a body that claims to be larger than GitHub sends', async () => {
    const { status } = await rawPost('x', { 'content-length': String(26 * 1024 ** 2) })

    expect(status).toBe(413)
  })

  it('says whether it is healthy, and knows no other page', async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    expect((await fetch(`${server.url}/`)).status).toBe(404)
  })

  it('has no open repair after all this', async () => {
    expect(
      await findOpenRepairs(store.database, { repositoryId: 1, workflowId: 1, headBranch: 'main' }),
    ).toEqual([])
  })
})

type Payload = Record<string, unknown>

function sample(name: string, action: string): Payload {
  const all = (examples as unknown as { name: string; examples: Payload[] }[]).find(
    (each) => each.name === name,
  )
  const found = all?.examples.find((example) => example.action === action)
  return structuredClone(found ?? {})
}

/** There is no example of a failed run: made from the one that succeeded. */
function failedRun(change: Payload = {}): Payload {
  const payload = sample('workflow_run', 'completed')
  const run = {
    ...(payload.workflow_run as Payload),
    id: 1001,
    run_attempt: 1,
    conclusion: 'failure',
    head_branch: 'main',
    path: '.github/workflows/ci.yml',
  }
  return { ...payload, installation: { id: 77 }, workflow_run: { ...run, ...change } }
}

function comment(
  body: string,
  change: { sender?: Payload; pull_request?: unknown; state?: string } = {},
): Payload {
  const payload = sample('issue_comment', 'created')
  const pullRequest =
    'pull_request' in change ? change.pull_request : { url: 'https://api.github.com/pulls/1' }
  return {
    ...payload,
    installation: { id: 77 },
    issue: { ...(payload.issue as Payload), state: change.state ?? 'open', pull_request: pullRequest },
    comment: { ...(payload.comment as Payload), id: 501, body },
    sender: { ...(payload.sender as Payload), ...change.sender },
  }
}

function closedPull(change: { merged?: boolean; headRepositoryId?: number }): Payload {
  const payload = sample('pull_request', 'closed')
  const repository = sampleRepository()
  const pull = payload.pull_request as Payload & { head: Payload & { repo: Payload } }
  const head = {
    ...pull.head,
    ref: 'regreen/0a1b2c3d-other',
    repo: { ...pull.head.repo, id: change.headRepositoryId ?? repository.id },
  }
  return {
    ...payload,
    installation: { id: 77 },
    repository,
    pull_request: { ...pull, merged: change.merged ?? false, head },
  }
}

/** The repository of the run examples, so that both events speak of one. */
function sampleRepository(): Payload & { id: number } {
  return sample('workflow_run', 'completed').repository as Payload & { id: number }
}

async function deliver(
  event: string,
  payload: Payload,
  guid = randomUUID(),
  key = secret,
): Promise<Response> {
  const body = JSON.stringify(payload)
  return fetch(`${server.url}/api/github/webhooks`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': guid,
      'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
    },
    body,
  })
}

async function rawPost(body: string, headers: Record<string, string>): Promise<{ status: number }> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    const call = request(`${server.url}/api/github/webhooks`, { method: 'POST', headers }, (response) => {
      resolve({ status: response.statusCode ?? 0 })
      call.destroy()
    })
    call.on('error', reject)
    call.write(body)
  })
}

async function tasks(): Promise<unknown[]> {
  const rows = await store.database.query<{ data: unknown }>(
    `select data from pgboss.job where name = 'tasks' order by created_on`,
  )
  return rows.map(({ data }) => data)
}
