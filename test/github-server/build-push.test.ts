/** What docker/build-push-action says, and what it finds without building. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { wordFailure } from '../../demo/github/actions/modelled/container-builder.ts'
import { isIgnored, parseDockerIgnore } from '../../demo/github/actions/modelled/docker-ignore.ts'
import { checkDockerfile } from '../../demo/github/actions/modelled/dockerfile-check.ts'
import { lackOfHost } from '../../src/docker/lack-of-host.ts'
import { useSmallGithub } from './support/fixture.ts'
import { runWorkflow } from './support/run-workflow.ts'

describe('.dockerignore', () => {
  it.each<[string, string, boolean]>([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'sub/node_modules/a.js', false],
    ['**/node_modules', 'sub/deep/node_modules/a.js', true],
    ['/build', 'build/x', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/a/README.md', true],
    ['docs/**', 'docs/a/b', true],
    ['*\n!src', 'src/a.ts', false],
    ['*\n!src', 'test/a.ts', true],
    ['*\n!src\nsrc/secret', 'src/secret/key', true],
    ['# a.txt', 'a.txt', false],
    ['temp?', 'temp1', true],
    ['temp?', 'temp12', false],
    ['a[0-9].txt', 'a7.txt', true],
    ['./a/../b/', 'b/c', true],
    ['  spaced  ', 'spaced', true],
  ])('%j leaves out %s: %s', (text, path, expected) => {
    expect(isIgnored(parseDockerIgnore(text), path)).toBe(expected)
  })
})

describe('the static check', () => {
  const folder = mkdtempSync(join(tmpdir(), 'static-check-'))
  for (const path of ['package.json', 'src/index.js', 'src/keep/a.txt']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), 'x')
  }
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const check = (
    text: string,
    more: { ignore?: string; target?: string; buildArguments?: Record<string, string> } = {},
  ) =>
    checkDockerfile({
      text,
      fileName: 'Dockerfile',
      contextDirectory: folder,
      ignoreRules: parseDockerIgnore(more.ignore ?? ''),
      target: more.target,
      buildArguments: more.buildArguments ?? {},
    })?.message.replace(/ref \w+::\w+/, 'ref')

  it.each([
    'FROM node:22\nCOPY package.json src ./\nCOPY . .\nRUN npm ci',
    'FROM node:22 AS build\nCOPY src /src\nFROM nginx\nCOPY --from=build /src /srv\nCOPY --from=0 /src /srv',
    'FROM node:22\nCOPY --chown=node:node ["package.json", "./"]\nADD https://example.com/a.tgz /a\nCOPY src/*.none ./',
    'ARG NAME=package\nFROM node:22\nARG NAME=package\nCOPY ${NAME}.json ./\nCOPY $UNKNOWN ./',
    'FROM node:22\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nCOPY --from=busybox /bin/sh /sh',
    'FROM node:22\nCOPY <<EOF /etc/motd\nhello\nEOF\nRUN <<EOF\necho missing.txt\nEOF',
    '# comment\nFROM node:22\nCOPY src \\\n  ./src',
  ])('accepts %j', (text) => {
    expect(check(text)).toBeUndefined()
  })

  it.each<[string, string, Parameters<typeof check>[1]?]>([
    ['', 'the Dockerfile (Dockerfile) cannot be empty'],
    ['FORM node', 'dockerfile parse error on line 1: unknown instruction: FORM (did you mean FROM?)'],
    ['RUN echo', 'dockerfile parse error on line 1: no build stage in current context'],
    [
      'FROM node\n\nCOPY only',
      'dockerfile parse error on line 3: COPY requires at least two arguments, but only one was provided. Destination could not be determined',
    ],
    [
      'FROM node\nCOPY Src ./',
      'failed to compute cache key: failed to calculate checksum of ref: "/Src": not found',
    ],
    [
      'FROM node\nCOPY ../outside ./',
      'failed to compute cache key: failed to calculate checksum of ref: "/outside": not found',
    ],
    [
      'FROM node\nCOPY src ./',
      'failed to compute cache key: failed to calculate checksum of ref: "/src": not found',
      { ignore: 'src' },
    ],
    ['FROM node AS a\nFROM node AS b', 'target stage "c" could not be found', { target: 'c' }],
    [
      'FROM node AS a\nCOPY --from=b /x /x\nFROM a AS b',
      'b: failed to resolve source metadata for docker.io/library/b:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    ],
    [
      'FROM node\nCOPY $FILE ./',
      'failed to compute cache key: failed to calculate checksum of ref: "/none": not found',
      { buildArguments: { FILE: 'none' } },
    ],
  ])('finds what is wrong with %j', (text, message, more) => {
    expect(check(text, more)).toBe(message)
  })

  it('looks only at the stages that the target needs', () => {
    const text = 'FROM node AS base\nFROM base AS dev\nCOPY missing ./\nFROM base AS prod\nCOPY src ./'

    expect(check(text)).toBeUndefined()
    expect(check(text, { target: 'dev' })).toContain('"/missing": not found')
  })

  it('finds a folder again whose content is let in', () => {
    expect(check('FROM node\nCOPY src ./', { ignore: 'src\n!src/keep' })).toBeUndefined()
  })
})

describe('a real build', () => {
  it('is worded as BuildKit words it, whoever builds', () => {
    const message = 'failed to solve: process "/bin/sh -c npm ci" did not complete successfully: exit code: 3'

    expect(wordFailure(['Error: building at STEP "RUN npm ci": exit status 3'])).toBe(message)
    expect(wordFailure(['Error: building at STEP "RUN npm ci": while running runtime: exit status 3'])).toBe(
      message,
    )
    expect(wordFailure(['Error: something else'])).toBeUndefined()
  })

  it('tells a lack of the host from a failure of the Dockerfile', () => {
    expect(
      lackOfHost(['Error: creating build container: initializing source docker://node:22: no such host']),
    ).toBe('base image')
    expect(lackOfHost(['E: Temporary failure resolving packages.example.org'])).toBe('network')
    expect(lackOfHost(['npm error code ELIFECYCLE'])).toBeUndefined()
  })
})

describe('docker/build-push-action', () => {
  const fixture = useSmallGithub()

  async function build(inputs: string, files: Record<string, string>, isCheckedOut = true) {
    const checkout = isCheckedOut ? '      - uses: actions/checkout@v4\n' : ''
    const outcome = await runWorkflow(
      fixture,
      `on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n${checkout}      - uses: docker/setup-buildx-action@v3\n      - uses: docker/login-action@v3\n        with: { registry: ghcr.io, username: x, password: "\${{ secrets.GITHUB_TOKEN }}" }\n      - uses: docker/build-push-action@v6\n        with: { ${inputs} }\n`,
      { files },
    )
    const { log, conclusion } = outcome.jobs.build!
    return { conclusion, log, error: /##\[error\](.*)/.exec(log)?.[1] }
  }

  it('prints what buildx prints when the Dockerfile is missing', async () => {
    const outcome = await build('context: .', { 'a.txt': 'a' })

    expect(outcome.log).toContain(
      [
        '#0 building with "builder-small-github" instance using docker-container driver',
        '',
        '#1 [internal] load build definition from Dockerfile',
        '#1 transferring dockerfile: 2B done',
        '#1 DONE 0.0s',
        'ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
        '##[error]buildx failed with: ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
      ].join('\n'),
    )
  })

  it('names what is missing: the context, the folder of the Dockerfile, a source', async () => {
    const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY src ./src\nRUN npm ci\n'
    const errors = [
      (await build('context: app', {})).error,
      (await build('context: ., file: docker/api/Dockerfile', { 'docker/a': 'a' })).error,
      (await build('context: ., file: docker/Dockerfile', { 'docker/Dockerfile': dockerfile })).error,
    ]

    expect(errors.map((error) => error?.replace(/ref \w+::\w+/, 'ref'))).toEqual([
      'buildx failed with: ERROR: failed to build: unable to prepare context: path "app" not found',
      'buildx failed with: ERROR: failed to build: resolve : lstat docker/api: no such file or directory',
      'buildx failed with: ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref: "/src": not found',
    ])
  })

  it('shows the line of the Dockerfile', async () => {
    const outcome = await build('context: .', { Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY src ./src\n' })

    expect(outcome.log).toContain(
      'Dockerfile:3\n--------------------\n   1 |     FROM node:22\n   2 |     WORKDIR /app\n   3 | >>> COPY src ./src\n',
    )
  })

  it('succeeds after a static check and says that nothing was built', async () => {
    const outcome = await build('context: ., push: true, tags: ghcr.io/octo/app:1', {
      Dockerfile: 'FROM node:22\nCOPY . .\n',
    })

    expect(outcome.conclusion).toBe('success')
    expect(outcome.log).toContain('not built: no container builder found')
    expect(outcome.log).toContain('not pushed: the small GitHub has no registry')
  })

  it('builds from git when no context is given, checkout or not', async () => {
    const outcome = await build(
      'push: false',
      { Dockerfile: 'FROM node:22\nCOPY a.txt .\n', 'a.txt': 'a' },
      false,
    )

    expect(outcome.conclusion).toBe('success')
  })

  it('finds no Dockerfile in a workspace that was never checked out', async () => {
    const outcome = await build('context: .', { Dockerfile: 'FROM node:22\n' }, false)

    expect(outcome.error).toContain('failed to read dockerfile: open Dockerfile: no such file or directory')
  })
})
