import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BuildOutcome, ContainerTools } from '../../src/docker/container-tools.ts'
import { reusedInstall } from '../../src/docker/read-build-log.ts'
import { runProgram } from '../../src/docker/run-program.ts'
import { copyTree } from '../../src/docker/trial-tree.ts'
import { tryImage, tryPatchedImage } from '../../src/docker/try-image.ts'
import type { FileChange } from '../../src/domain/patch.ts'
import { sameInAll } from '../../src/domain/text.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trial-test-'))
})
afterEach(() => rm(folder, { recursive: true }))

const dockerfile: FileChange = {
  path: 'Dockerfile',
  mode: '100644',
  before: null,
  after:
    'FROM a:1\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY app.py ./\nCMD ["python", "app.py"]\n',
  reason: sameInAll('test'),
}

/** A builder that plays a script: the outer world of a trial. */
function scriptedBuilder(builds: readonly Partial<BuildOutcome>[]) {
  const calls: string[] = []
  const folders: string[] = []
  const tools: ContainerTools = {
    label: 'scripted 1.0',
    async build(order) {
      folders.push(order.folder)
      calls.push(`build ${await readFile(join(order.folder, 'app.py'), 'utf8')}`)
      return { isBuilt: true, milliseconds: 1_234, log: '', ...builds[folders.length - 1] }
    },
    sizeBytes: async () => 123_456_789,
    configuration: async () => ({
      command: ['python'],
      user: '1000',
      environment: [],
      workingDirectory: '/',
      port: null,
      health: null,
    }),
    start: async () => ({
      port: null,
      isRunning: async () => true,
      userId: async () => 0,
      execute: async () => 0,
      terminate: async () => null,
      output: async () => '',
      remove: async () => void calls.push('remove container'),
    }),
    removeImage: async () => void calls.push('remove image'),
  }
  return { tools, calls, folders }
}

describe('tryImage', () => {
  it('measures, rebuilds after an edit, and leaves nothing behind', async () => {
    await writeFile(join(folder, 'app.py'), 'one')
    await writeFile(join(folder, 'requirements.txt'), '')
    const log =
      'STEP 3/5: RUN pip install -r requirements.txt\n--> Using cache 0123456789ab\n--> 0123456789ab\n'
    const { tools, calls, folders } = scriptedBuilder([{}, { log }])

    const trial = await tryImage({
      tools,
      folder,
      changes: [dockerfile],
      dockerfile: 'Dockerfile',
      context: '',
    })

    expect(trial.checks.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'R1 passed',
      'R2 passed',
      'R3 not_applicable',
      'R4 not_applicable',
      'R5 failed',
      'R6 failed',
      'R7 passed',
      'R8 passed',
    ])
    expect(trial.measurements.map(({ metric, value }) => [metric, value])).toEqual([
      ['build-time-first', 1.2],
      ['image-size', 123],
      ['user', 0],
      ['build-time-cached', 1.2],
    ])
    expect(trial.measurements[0]!.measuredOn).toMatch(/^scripted 1\.0, a:1, \d+ cores, /)
    expect(calls).toEqual(['build one', 'build one\n# edited\n', 'remove container', 'remove image'])
    expect(folders.map((path) => existsSync(path))).toEqual([false, false])
    expect(await readFile(join(folder, 'app.py'), 'utf8')).toBe('one')
  })

  it('compares with the development image where that builds', async () => {
    await writeFile(join(folder, 'app.py'), '')
    const given = {
      folder,
      changes: [dockerfile],
      dockerfile: 'Dockerfile',
      context: '',
      developmentFile: 'Dockerfile.dev',
    }

    const both = await tryImage({ ...given, tools: scriptedBuilder([]).tools })
    const one = await tryImage({ ...given, tools: scriptedBuilder([{}, {}, { isBuilt: false }]).tools })

    const metrics = [both, one].map(({ measurements }) => measurements.map(({ metric }) => metric))
    expect(metrics[0]).toContain('image-size-development')
    expect(metrics[1]).not.toContain('image-size-development')
  })

  it('says what was not run when the build fails', async () => {
    await writeFile(join(folder, 'app.py'), '')
    const { tools, calls } = scriptedBuilder([{ isBuilt: false, log: 'a\nb\nERROR: no' }])

    const trial = await tryImage({
      tools,
      folder,
      changes: [dockerfile],
      dockerfile: 'Dockerfile',
      context: '',
    })

    expect(trial.checks[0]).toMatchObject({ id: 'R1', outcome: 'failed', detail: 'a ⏎ b ⏎ ERROR: no' })
    expect(new Set(trial.checks.slice(1).map(({ outcome }) => outcome))).toEqual(new Set(['not_run']))
    expect(calls.at(-1)).toBe('remove image')
  })

  it.each([
    ['../outside', ''],
    ['link/file', ''],
    ['Dockerfile', 'link'],
  ])('does not build what leaves the repository by %s in %s', async (path, context) => {
    await symlink(tmpdir(), join(folder, 'link'))
    const { tools, calls } = scriptedBuilder([])

    const trial = await tryImage({
      tools,
      folder,
      changes: [{ ...dockerfile, path }],
      dockerfile: 'Dockerfile',
      context,
    })

    expect(trial.checks.map(({ outcome }) => outcome)).toEqual(Array(8).fill('not_run'))
    expect(calls).toEqual(['remove image'])
    expect(existsSync(join(tmpdir(), 'file'))).toBe(false)
  })
})

it('copies the listed files alone, and links as links', async () => {
  await mkdir(join(folder, 'from'))
  await mkdir(join(folder, 'to'))
  await writeFile(join(folder, 'from/.env'), 'SECRET=1')
  await writeFile(join(folder, 'from/a'), 'a')
  await symlink('/etc/passwd', join(folder, 'from/b'))

  await copyTree({ folder: join(folder, 'from'), files: ['a', 'b', 'gone'], changes: [] }, join(folder, 'to'))

  expect(existsSync(join(folder, 'to/.env'))).toBe(false)
  expect(await readFile(join(folder, 'to/a'), 'utf8')).toBe('a')
  expect(existsSync(join(folder, 'to/gone'))).toBe(false)
})

it('tries no image for a patch that writes no Dockerfile', async () => {
  const patch = { ...emptyPatch, facts: [{ key: 'dockerfile', value: 'Dockerfile' }] }

  expect(await tryPatchedImage(patch, { root: folder, list: async () => [] })).toBeNull()
})

const emptyPatch = {
  author: { kind: 'playbook' as const, name: 'missing-dockerfile' },
  title: sameInAll('x'),
  rootCause: [],
  summary: sameInAll('x'),
  changes: [],
  offers: [],
  ruledOut: [],
  refusedWorkarounds: [],
  untouched: [],
  nextSteps: [],
  facts: [],
}

describe('reusedInstall', () => {
  it.each([
    ['BuildKit, cached', '#9 [builder 5/5] RUN --mount=type=cache pip install -r r.txt\n#9 CACHED\n', true],
    ['BuildKit, run', '#9 [builder 5/5] RUN npm ci\n#9 1.2 added 3 packages\n#9 DONE 2.0s\n', false],
    ['buildah, cached', '[1/2] STEP 7/7: RUN npm ci\n--> Using cache ab12\n--> ab12\n', true],
    [
      'buildah, run',
      'STEP 7/7: RUN npm ci\nadded 3 packages\n--> ab12\nSTEP 8/8: CMD x\n--> Using cache ff\n',
      false,
    ],
    ['no install', 'STEP 2/2: RUN make\n--> Using cache ab12\n', null],
    ['a tool alone', 'STEP 2/2: RUN npm install --global pnpm@9\n--> ab12\n', null],
  ])('reads %s', (_, log, expected) => {
    expect(reusedInstall(log)).toBe(expected)
  })
})

describe('runProgram', () => {
  it('gives code and output, and passes no secrets on', async () => {
    process.env.REGREEN_TEST_SECRET = 'secret'

    const result = await runProgram(['sh', '-c', 'echo "$REGREEN_TEST_SECRET|"; exit 3'], {
      timeoutMs: 5_000,
    })

    delete process.env.REGREEN_TEST_SECRET
    expect(result).toMatchObject({ code: 3, output: '|\n' })
  })

  it('ends a program and its children at the limit', async () => {
    const result = await runProgram(['sh', '-c', 'sleep 30 & sleep 30'], { timeoutMs: 200 })

    expect(result.code).toBeNull()
    expect(result.milliseconds).toBeLessThan(3_000)
  })

  it('answers for a program that does not exist', async () => {
    expect(await runProgram(['no-such-program'], { timeoutMs: 1_000 })).toMatchObject({ code: null })
  })
})
