import { type ChildProcess, fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SmallGithub, startSmallGithub } from '../../demo/github/small-github.ts'
import { stages } from '../../src/domain/repair.ts'
import { engines, newDatabase } from '../support/databases.ts'
import { createTea, pushWorkflow, readTraces } from '../support/journey.ts'

const secret = 'a-webhook-secret'
const child = join(import.meta.dirname, '../support/regreen-process.ts')

/** Every write that a repair makes on GitHub, in order. */
const writes = [
  'POST /repos/{owner}/{repo}/check-runs',
  'POST /repos/{owner}/{repo}/git/trees',
  'POST /repos/{owner}/{repo}/git/commits',
  'POST /repos/{owner}/{repo}/git/refs',
  'POST /repos/{owner}/{repo}/pulls',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  'POST /graphql',
  'POST /repos/{owner}/{repo}/commits/{commit_sha}/comments',
  'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}',
]

const oneOfEach = {
  branches: [expect.stringMatching(/^regreen\/[0-9a-f]{8}-missing-dockerfile$/)],
  commitsOnFixBranch: 1,
  pulls: [{ number: 1, state: 'open', draft: false, title: expect.stringContaining('Dockerfile') }],
  comments: 1,
  checkRuns: [{ status: 'completed', conclusion: 'neutral' }],
}

let github: SmallGithub
let directory: string
let onWrite: (operation: string) => void = () => {}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'regreen-crash-'))
  github = await startSmallGithub({
    onResponse: (operation, status) => {
      if (status < 300) onWrite(operation)
    },
  })
  await createTea(github)
})

afterEach(async () => {
  onWrite = () => {}
  await github.close()
  await rm(directory, { recursive: true, force: true })
})

describe.each(engines)('a process killed on $engine', ({ engine, isThere }) => {
  it.skipIf(!isThere)(
    'at every stage boundary leaves one branch, one commit, one pull request, one comment',
    { timeout: 400_000 },
    async () => {
      const store = await newStore(engine)
      let sha = ''
      for (const stage of stages) {
        const regreen = await start(store, { KILL_AFTER_STAGE: stage })
        if (stage === 'accept') sha = await pushWorkflow(github)
        expect(await regreen.ended, `killed after ${stage}`).toBe('SIGKILL')
      }
      const last = await start(store)
      await github.idle()

      expect(await readTraces(github, sha)).toEqual(oneOfEach)
      await last.stop()
    },
  )
})

it('a process killed right after each write on GitHub repeats none of them', {
  timeout: 400_000,
}, async () => {
  const store = await newStore('PGlite')
  let sha = ''
  for (const write of writes) {
    const regreen = await start(store)
    onWrite = (operation) => {
      if (operation === write) regreen.process.kill('SIGKILL')
    }
    if (sha === '') sha = await pushWorkflow(github)
    expect(await regreen.ended, `killed after ${write}`).toBe('SIGKILL')
  }
  onWrite = () => {}
  const last = await start(store)
  await last.completed

  expect(await readTraces(github, sha)).toEqual(oneOfEach)
  await last.stop()
})

type StoreSettings = Record<string, string>

/** A fresh database, as settings of the process. */
async function newStore(engine: 'PGlite' | 'PostgreSQL'): Promise<StoreSettings> {
  const location = await newDatabase(engine, join(directory, 'data'))
  return 'directory' in location
    ? { REGREEN_DATA: location.directory }
    : { DATABASE_URL: location.databaseUrl }
}

interface Running {
  process: ChildProcess
  /** The signal or code it ended with. */
  ended: Promise<string | number | null>
  /** Resolves when a repair has completed. */
  completed: Promise<void>
  stop(): Promise<void>
}

async function start(store: StoreSettings, extra: Record<string, string> = {}): Promise<Running> {
  const running = fork(child, [], {
    execArgv: [],
    env: {
      PATH: process.env.PATH ?? '',
      APP_ID: String(github.app.id),
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: secret,
      GITHUB_API_URL: github.url,
      GITHUB_SERVER_URL: github.url,
      LOG_LEVEL: 'fatal',
      PORT: '0',
      ...store,
      ...extra,
    },
  })
  const ended = new Promise<string | number | null>((resolve) => {
    running.once('close', (code, signal) => resolve(signal ?? code))
  })
  const completed = new Promise<void>((resolve) => {
    running.on('message', (message: { kind: string; status?: string }) => {
      if (message.status === 'completed') resolve()
    })
  })
  // A repair may go on, and the process be killed, before the server says that it listens.
  await new Promise<void>((resolve) => {
    running.on('message', (message: { kind: string; url?: string }) => {
      if (message.kind !== 'ready') return
      github.setWebhook({ url: `${message.url}/api/github/webhooks`, secret })
      resolve()
    })
    running.once('close', () => resolve())
  })
  return {
    process: running,
    ended,
    completed,
    async stop() {
      running.kill('SIGTERM')
      await ended
    },
  }
}
