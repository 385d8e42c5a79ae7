import pino from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SmallGithub, startSmallGithub } from '../../demo/github/small-github.ts'
import type { Config } from '../../src/config.ts'
import { currentAttempt, type Repair } from '../../src/domain/repair.ts'
import { type Regreen, startRegreen } from '../../src/regreen.ts'
import { reconcile } from '../../src/repair/reconcile.ts'
import { listRepairs, readJournal } from '../../src/store/repairs.ts'
import { createTea, pushWorkflow, readTraces } from '../support/journey.ts'

const secret = 'a-webhook-secret'
let github: SmallGithub
let regreen: Regreen
let isStopped = false

beforeAll(async () => {
  github = await startSmallGithub()
  regreen = await startRegreen(configFor(github), { log: pino({ level: 'silent' }) })
  github.setWebhook({ url: `${regreen.url}/api/github/webhooks`, secret })
}, 120_000)

afterAll(async () => {
  await regreen.stop()
  await github.close()
})

function configFor({ app, url }: SmallGithub): Config {
  return {
    appId: app.id,
    privateKey: app.privateKey,
    webhookSecret: secret,
    databaseUrl: undefined,
    dataDirectory: 'memory',
    isStopped: () => isStopped,
    apiUrl: url,
    serverUrl: url,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  }
}

/** The repair of the repository, once it stands as `until` asks. */
async function repairOf(
  name: string,
  until: (repair: Repair) => boolean = isCompleted,
  of: Regreen = regreen,
): Promise<Repair> {
  const endsAt = Date.now() + 100_000
  while (Date.now() < endsAt) {
    const all = await listRepairs(of.store.database, 100)
    const ours = all.filter((each) => `${each.repository.owner}/${each.repository.name}` === name)
    const repair = ours.find(until)
    if (repair) return repair
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no repair of ${name} came so far`)
}

const isCompleted = (repair: Repair) => repair.status === 'completed'
const isWaiting = (repair: Repair) => repair.status === 'waiting'
const nothing = { branches: [], commitsOnFixBranch: 0, pulls: [], comments: 0, checkRuns: [] }

describe('a repair', { timeout: 120_000 }, () => {
  it('ends repaired: one branch, one commit, one ready pull request, green by the same workflow', async () => {
    await createTea(github, 'acme/repaired')
    const sha = await pushWorkflow(github, 'acme/repaired')

    const repair = await repairOf('acme/repaired')

    expect(repair).toMatchObject({
      conclusion: 'repaired',
      mayPush: true,
      diagnosis: { failureClass: 'missing-dockerfile' },
    })
    expect(currentAttempt(repair)?.verification).toMatchObject({ trigger: 'push', outcome: 'green' })
    expect(await readTraces(github, sha, 'acme/repaired')).toEqual({
      branches: [repair.effects.branch],
      commitsOnFixBranch: 1,
      pulls: [{ number: 1, state: 'open', draft: false, title: repair.report?.title }],
      comments: 1,
      checkRuns: [{ status: 'completed', conclusion: 'neutral' }],
    })
    const journal = await readJournal(regreen.store.database, repair.id)
    expect(journal.map(({ stage }) => stage)).toEqual([
      'accept',
      'collect',
      'triage',
      'draft',
      'review',
      'verify',
      'verify',
      'publish',
    ])
  })

  it('is judged through a draft pull request where a push to our branch starts nothing', async () => {
    await createTea(github, 'acme/by-pull')
    await pushWorkflow(github, 'acme/by-pull', { on: '{ push: { branches: [main] }, pull_request: {} }' })

    const repair = await repairOf('acme/by-pull')

    expect(repair.conclusion).toBe('repaired')
    expect(currentAttempt(repair)?.verification).toMatchObject({ trigger: 'pull_request', outcome: 'green' })
  })

  it('stays an unverified draft where nothing starts the workflow, and says so', async () => {
    await createTea(github, 'acme/unverified')
    const sha = await pushWorkflow(github, 'acme/unverified', { on: '{ push: { branches: [main] } }' })

    const repair = await repairOf('acme/unverified')

    expect(repair.conclusion).toBe('diagnosed')
    expect(repair.reason).toContain('Not verified')
    expect((await readTraces(github, sha, 'acme/unverified')).pulls).toMatchObject([
      { state: 'open', draft: true },
    ])
  })

  it('ends exhausted when CI stays red, and takes its branch back', async () => {
    await createTea(github, 'acme/exhausted')
    const sha = await pushWorkflow(github, 'acme/exhausted', { after: 'exit 1' })

    const repair = await repairOf('acme/exhausted')

    expect(repair.conclusion).toBe('exhausted')
    expect(repair.reason).toContain('The jobs that failed now succeed')
    expect(await readTraces(github, sha, 'acme/exhausted')).toMatchObject({
      branches: [],
      pulls: [],
      comments: 1,
    })
  })

  it('ends superseded when the author pushes first, and takes its branch back', async () => {
    await createTea(github, 'acme/superseded')
    const sha = await pushWorkflow(github, 'acme/superseded', { after: 'sleep 4' })
    await repairOf('acme/superseded', isWaiting)

    await github.push('acme/superseded', {
      branch: 'main',
      files: { 'a.txt': 'a' },
      message: 'docs: a',
      author: 'aiko',
    })
    const repair = await repairOf('acme/superseded', (each) => isCompleted(each) && each.run.headSha === sha)

    expect(repair.conclusion).toBe('superseded')
    expect((await readTraces(github, sha, 'acme/superseded')).branches).not.toContain(repair.effects.branch)
  })

  it('ends declined when a person closes its pull request', async () => {
    await createTea(github, 'acme/declined')
    const sha = await pushWorkflow(github, 'acme/declined', {
      on: '{ push: { branches: [main] }, pull_request: {} }',
      after: 'sleep 4',
    })
    const waiting = await repairOf('acme/declined', isWaiting)

    await asPerson('aiko', 'PATCH', `/repos/acme/declined/pulls/${waiting.effects.pullRequestNumber}`, {
      state: 'closed',
    })
    const repair = await repairOf('acme/declined')

    expect(repair).toMatchObject({ conclusion: 'declined', reason: 'aiko closed the pull request.' })
    expect((await readTraces(github, sha, 'acme/declined')).branches).toEqual([])
  })

  it('diagnoses, and pushes nothing, for a person without write access', async () => {
    await createTea(github, 'acme/stranger')
    const sha = await pushWorkflow(github, 'acme/stranger', { author: 'yuto' })

    const repair = await repairOf('acme/stranger')

    expect(repair).toMatchObject({ conclusion: 'diagnosed', mayPush: false })
    expect(repair.report?.markdown).toContain('+FROM node:')
    expect(await readTraces(github, sha, 'acme/stranger')).toMatchObject({
      branches: [],
      pulls: [],
      comments: 1,
    })
  })

  it('is skipped in silence where the repository says so', async () => {
    await createTea(github, 'acme/disabled', { '.github/regreen.yml': 'enabled: false\n' })
    const sha = await pushWorkflow(github, 'acme/disabled')

    expect((await repairOf('acme/disabled')).conclusion).toBe('skipped')
    expect(await readTraces(github, sha, 'acme/disabled')).toEqual(nothing)
  })

  it('pushes nothing where the configuration cannot be read', async () => {
    await createTea(github, 'acme/misconfigured', { '.github/regreen.yml': 'enabled: perhaps\n' })
    await pushWorkflow(github, 'acme/misconfigured')

    expect(await repairOf('acme/misconfigured')).toMatchObject({ conclusion: 'diagnosed', mayPush: false })
  })

  it('is cancelled by the kill switch before its next stage', async () => {
    await createTea(github, 'acme/stopped')
    isStopped = true
    await pushWorkflow(github, 'acme/stopped')

    const repair = await repairOf('acme/stopped')
    isStopped = false

    expect(repair).toMatchObject({
      conclusion: 'cancelled',
      reason: 'The operator stopped Regreen.',
      evidence: null,
    })
  })

  it('starts by /fix of a person with write access, and not by others', async () => {
    await createTea(github, 'acme/commanded')
    github.setWebhook(undefined)
    await pushWorkflow(github, 'acme/commanded', { branch: 'feature' })
    await github.idle()
    await asPerson('aiko', 'POST', '/repos/acme/commanded/pulls', {
      head: 'feature',
      base: 'main',
      title: 'Feature',
    })
    github.setWebhook({ url: `${regreen.url}/api/github/webhooks`, secret })

    await asPerson('yuto', 'POST', '/repos/acme/commanded/issues/1/comments', { body: '/fix' })
    await github.idle()
    await expect
      .poll(() => answers('acme/commanded'), { timeout: 20_000 })
      .toEqual(['yuto has no write access.'])
    await asPerson('aiko', 'POST', '/repos/acme/commanded/issues/1/comments', { body: '/fix' })
    const repair = await repairOf('acme/commanded')

    expect(repair).toMatchObject({
      conclusion: 'repaired',
      trigger: { kind: 'fix_comment', pullRequestNumber: 1 },
    })
    const pull = await asPerson(
      'aiko',
      'GET',
      `/repos/acme/commanded/pulls/${repair.effects.pullRequestNumber}`,
    )
    expect(pull).toMatchObject({ draft: false, base: { ref: 'feature' } })
  })

  it('is found by the reconciler when every webhook is lost', async () => {
    await createTea(github, 'acme/unheard')
    github.webhookDelivery.drop(() => true)
    await pushWorkflow(github, 'acme/unheard')
    await github.idle()

    const { found } = await reconcile(regreen.machine)
    github.webhookDelivery.drop(undefined)
    await repairOf('acme/unheard', (repair) => isWaiting(repair) || isCompleted(repair))

    expect(found).toBe(1)
    expect(await repairOf('acme/unheard')).toMatchObject({ conclusion: 'repaired' })
  })

  it('costs at most 60 requests to GitHub, of the 5,000 an hour that an installation has', async () => {
    await createTea(github, 'acme/counted')
    const before = github.requests.length
    await pushWorkflow(github, 'acme/counted')
    await repairOf('acme/counted')

    const ours = github.requests
      .slice(before)
      .filter(({ actor }) => actor === 'app' || actor.endsWith('[bot]'))
    expect(ours.length).toBeLessThanOrEqual(60)
  })
})

describe('a person who loses write access while the fix is drafted', { timeout: 120_000 }, () => {
  it('gets the diagnosis and the patch, and nothing is pushed', async () => {
    const own = await startSmallGithub()
    const other = await startRegreen(configFor(own), {
      log: pino({ level: 'silent' }),
      onStage: (_, { stage }) => {
        if (stage === 'review') own.failNext({ method: 'GET', path: /\/collaborators\// }, { status: 404 })
      },
    })
    own.setWebhook({ url: `${other.url}/api/github/webhooks`, secret })
    await createTea(own, 'acme/removed')
    const sha = await pushWorkflow(own, 'acme/removed')

    const repair = await repairOf('acme/removed', isCompleted, other)

    expect(repair).toMatchObject({
      conclusion: 'diagnosed',
      reason: 'aiko has no write access to this repository.',
    })
    expect(repair.report?.markdown).toContain('+FROM node:')
    expect(await readTraces(own, sha, 'acme/removed')).toMatchObject({ branches: [], pulls: [], comments: 1 })
    await other.stop()
    await own.close()
  })
})

describe('an App without the permission to write workflows', { timeout: 120_000 }, () => {
  it('diagnoses, names the permission, and gives the patch', async () => {
    const permissions = {
      actions: 'read',
      checks: 'write',
      contents: 'write',
      pull_requests: 'write',
    } as const
    const strict = await startSmallGithub({ app: { permissions } })
    const other = await startRegreen(configFor(strict), { log: pino({ level: 'silent' }) })
    strict.setWebhook({ url: `${other.url}/api/github/webhooks`, secret })
    await createTea(strict, 'acme/no-workflows', {
      'app/docker/Dockerfile': 'FROM node:24-trixie-slim\nCOPY server.js ./\nCMD ["node", "server.js"]\n',
    })
    const sha = await pushWorkflow(strict, 'acme/no-workflows')

    const repair = await repairOf('acme/no-workflows', isCompleted, other)

    expect(repair).toMatchObject({
      conclusion: 'diagnosed',
      reason: expect.stringContaining('workflows: write'),
    })
    expect(repair.report?.markdown).toContain('+          file: ./app/docker/Dockerfile')
    expect(await readTraces(strict, sha, 'acme/no-workflows')).toMatchObject({
      branches: [],
      pulls: [],
      comments: 1,
    })
    await other.stop()
    await strict.close()
  })
})

async function asPerson(login: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${github.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${github.userToken(login)}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

async function answers(name: string): Promise<string[]> {
  const rows = await regreen.store.database.query<{
    answer: string
    request: { repository: { owner: string; name: string } }
  }>('select answer, request from fix_requests where answer is not null')
  return rows
    .filter(({ request }) => `${request.repository.owner}/${request.repository.name}` === name)
    .map(({ answer }) => answer)
}
