import { describe, expect, it } from 'vitest'
import { dependencies } from '../../../../src/stages/review/gates/dependencies.ts'
import { dockerfile } from '../../../../src/stages/review/gates/dockerfile.ts'
import { syntax } from '../../../../src/stages/review/gates/syntax.ts'
import { change, codesOf, findingsOf, inputOf } from './patches.ts'

const workflow = 'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: make\n'
const workflowPath = '.github/workflows/ci.yml'

describe('syntax refuses', () => {
  it.each([
    ['a.yml', 'a: 1\n', 'a: [1\n', 'syntax/yaml'],
    ['a.yml', 'a: 1\n', 'a: 1\na: 2\n', 'syntax/yaml'],
    ['package.json', '{}\n', '{ "a": 1, }\n', 'syntax/json'],
    ['tsconfig.json', '{}\n', '{ "a": }\n', 'syntax/json'],
    ['pyproject.toml', 'a = 1\n', 'a = \n', 'syntax/toml'],
    ['Dockerfile', 'FROM a:1\n', 'FRO a:1\n', 'syntax/dockerfile'],
    ['api/Dockerfile', null, 'RUN make\n', 'syntax/dockerfile'],
    [workflowPath, workflow, workflow.replace('run: make', 'rnu: make'), 'syntax/workflow'],
    [workflowPath, workflow, workflow.replace('    steps', '    needs: b\n    steps'), 'syntax/workflow'],
    [
      workflowPath,
      workflow,
      workflow.replace('make', 'echo ${{ github.event.issue.title }}'),
      'syntax/workflow',
    ],
  ])('%s: %j → %j', async (path, before, after, code) => {
    expect(await codesOf(syntax, inputOf([change(path, before, after)]))).toContain(code)
  })
})

describe('syntax accepts', () => {
  it.each([
    ['a.yml', 'a: 1\n---\nb: 2\n'],
    ['package.json', '{ "a": 1 }\n'],
    ['tsconfig.json', '{\n  // why\n  "paths": { "//": ["/*"] }, /* more */\n  "a": [1, 2,],\n}\n'],
    ['pyproject.toml', '[project]\nname = "x"\n'],
    ['Dockerfile', 'FROM python:3.13-slim-trixie\nRUN make\n'],
    ['notes.txt', '{ not json'],
    [workflowPath, workflow.replace('ubuntu-24.04', 'ubuntu-26.04')],
  ])('%s: %j', async (path, after) => {
    expect(await codesOf(syntax, inputOf([change(path, null, after)]))).toEqual([])
  })

  it('what actionlint found before as well', async () => {
    const before = workflow.replace('run: make', 'rnu: make')

    expect(
      await codesOf(
        syntax,
        inputOf([change(workflowPath, before, before.replace('ubuntu-24.04', 'ubuntu-22.04'))]),
      ),
    ).toEqual([])
  })
})

describe('syntax on large YAML', () => {
  const large = 'a: 1\n'.repeat(60_000)

  it('refuses what it cannot check in time, but for lock files', async () => {
    expect(await codesOf(syntax, inputOf([change('api.yml', null, large)]))).toEqual(['syntax/too-large'])
    expect(await codesOf(syntax, inputOf([change('pnpm-lock.yaml', null, large)]))).toEqual([])
  })
})

describe('syntax on a file that was broken', () => {
  it('warns and says that it was broken before', async () => {
    const [finding] = await findingsOf(syntax, inputOf([change('a.json', '{', '{{')]))

    expect(finding).toMatchObject({ code: 'syntax/still-broken', severity: 'warning' })
    expect(finding?.message).toContain('It did not parse before either')
  })

  it('is content when the patch mends it', async () => {
    expect(await codesOf(syntax, inputOf([change('a.json', '{', '{}')]))).toEqual([])
  })
})

const manifest = '{\n  "dependencies": {\n    "lodash": "^4.17.21"\n  }\n}\n'
const lock =
  '{ "packages": { "node_modules/lodash": { "resolved": "https://registry.npmjs.org/lodash/-/lodash-4.17.21.tgz" }, "node_modules/debug": {} } }\n'

describe('dependencies', () => {
  it.each([
    [
      'a name in no lock file',
      'package.json',
      manifest,
      manifest.replace('"lodash"', '"lodahs": "1.0.0",\n    "lodash"'),
      'dependency/unknown-name',
    ],
    [
      'an address',
      'package.json',
      manifest,
      manifest.replace('^4.17.21', 'git+https://evil.example/x.git'),
      'dependency/foreign-source',
    ],
    [
      'a repository',
      'package.json',
      manifest,
      manifest.replace('^4.17.21', 'stranger/lodash'),
      'dependency/foreign-source',
    ],
    [
      'a name in requirements',
      'requirements.txt',
      'flask==3.0.0\n',
      'flask==3.0.0\nreqeusts==2.0\n',
      'dependency/unknown-name',
    ],
    [
      'another index',
      'requirements.txt',
      'flask==3.0.0\n',
      '--extra-index-url https://evil.example\nflask==3.0.0\n',
      'dependency/foreign-source',
    ],
    [
      'a name in pyproject.toml',
      'pyproject.toml',
      '[project]\ndependencies = [\n  "flask",\n]\n',
      '[project]\ndependencies = [\n  "flask",\n  "reqeusts>=2",\n]\n',
      'dependency/unknown-name',
    ],
    [
      'a name in Cargo.toml',
      'Cargo.toml',
      '[dependencies]\n',
      '[dependencies]\nserd = "1"\n',
      'dependency/unknown-name',
    ],
    [
      'a host in a lock file',
      'package-lock.json',
      lock,
      lock.replace('registry.npmjs.org', 'evil.example'),
      'dependency/foreign-host',
    ],
  ])('refuses %s', async (_, path, before, after, code) => {
    const around = { texts: { 'package-lock.json': lock } }

    expect(await codesOf(dependencies, inputOf([change(path, before, after)], around))).toEqual([code])
  })

  it.each([
    [
      'a name that the lock file holds',
      'package.json',
      manifest,
      manifest.replace('"lodash"', '"debug": "4.0.0",\n    "lodash"'),
    ],
    ['another version', 'package.json', manifest, manifest.replace('^4.17.21', '^4.17.20')],
    ['another script', 'package.json', '{ "scripts": {} }\n', '{ "scripts": { "build": "tsc" } }\n'],
    [
      'a setting in pyproject.toml',
      'pyproject.toml',
      '[project]\nname = "x"\n',
      '[project]\nname = "x"\nrequires-python = ">=3.11"\n',
    ],
    [
      'a bound in pyproject.toml',
      'pyproject.toml',
      'dependencies = [\n  "flask",\n]\n',
      'dependencies = [\n  "flask>=3",\n]\n',
    ],
    [
      'a new entry from the same host',
      'package-lock.json',
      lock,
      lock.replace(
        '"node_modules/debug": {}',
        '"node_modules/debug": { "resolved": "https://registry.npmjs.org/debug.tgz" }',
      ),
    ],
  ])('accepts %s', async (_, path, before, after) => {
    const around = { texts: { 'package-lock.json': lock, [path]: before } }

    expect(await codesOf(dependencies, inputOf([change(path, before, after)], around))).toEqual([])
  })
})

describe('dockerfile', () => {
  const rootUser = 'FROM python:3.13-slim-trixie\nCMD ["python", "-m", "http.server"]\n'

  it('turns a failed check into a finding, and keeps every check', async () => {
    const result = await dockerfile.inspect(inputOf([change('Dockerfile', null, rootUser)]))

    expect(result.findings.map(({ code }) => code)).toContain('dockerfile/e7')
    expect(result.checks?.find(({ id }) => id === 'E1')).toMatchObject({ outcome: 'passed' })
  })

  it('only warns of what failed before', async () => {
    const findings = await findingsOf(
      dockerfile,
      inputOf([change('Dockerfile', rootUser, `${rootUser}LABEL a=b\n`)]),
    )

    expect(findings.find(({ code }) => code === 'dockerfile/e7')).toMatchObject({ severity: 'warning' })
  })

  it('has nothing to say without a Dockerfile', async () => {
    expect(await dockerfile.inspect(inputOf([change('a.ts', null, 'x\n')]))).toEqual({
      findings: [],
      checks: [],
      lookedAt: '0 Dockerfiles',
    })
  })
})
