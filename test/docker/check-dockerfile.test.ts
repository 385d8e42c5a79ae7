import { describe, expect, it } from 'vitest'
import type { DockerfileCheckInput, DockerfileCheckResult } from '../../src/docker/check.ts'
import { checkDockerfile } from '../../src/docker/check-dockerfile.ts'
import { findBuildSteps } from '../../src/workflow/find-build-steps.ts'
import { parseWorkflow } from '../../src/workflow/parse-workflow.ts'

/** A file that passes every check; each test changes one thing of it. */
const good = `# syntax=docker/dockerfile:1
FROM python:3.13-slim-trixie AS builder
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /build
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt

FROM python:3.13-slim-trixie AS runtime
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /app
COPY --from=builder /opt/venv /opt/venv
COPY src ./src
USER 1000:1000
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8000"]
`

const node = `FROM node:24-trixie-slim AS deps
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
FROM node:24-trixie-slim
WORKDIR /app
COPY --from=deps /app/node_modules ./node_modules
COPY server.js ./
USER 1000
CMD ["node", "server.js"]
`

const files = [
  '.env',
  'package-lock.json',
  'package.json',
  'requirements.txt',
  'server.js',
  'src/main.py',
  'start.sh',
  'tests/test_main.py',
]

interface Variation {
  readonly text?: string
  readonly dockerignore?: string | null
  readonly files?: readonly string[]
  readonly contents?: Readonly<Record<string, string>>
  /** Inputs of the build step in the workflow. */
  readonly step?: Readonly<Record<string, string>>
}

function input({ text = good, step, contents = {}, ...rest }: Variation): DockerfileCheckInput {
  return {
    path: 'Dockerfile',
    text,
    dockerignore: rest.dockerignore ?? null,
    context: '',
    files: rest.files ?? files,
    read: async (path) => contents[path] ?? '',
    buildStep: step ? buildStep(step) : null,
  }
}

function buildStep(inputs: Readonly<Record<string, string>>) {
  const lines = Object.entries({ context: '.', ...inputs }).map(
    ([key, value]) => `          ${key}: ${value}`,
  )
  const text = `jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n${lines.join('\n')}\n`
  const workflow = parseWorkflow(text)!
  return findBuildSteps(workflow, workflow.jobs[0]!, null)[0]!
}

async function result(id: string, variation: Variation): Promise<DockerfileCheckResult> {
  return (await checkDockerfile(input(variation))).find((check) => check.id === id)!
}

/** `good` with one line replaced. */
function withLine(old: string, line: string): Variation {
  if (!good.includes(old)) throw new Error(`No such line: ${old}`)
  return { text: good.replace(old, line) }
}

const accepted: [id: string, name: string, variation: Variation][] = [
  ['E1', 'the whole file', {}],
  ['E2', 'sources that exist', {}],
  ['E2', 'a pattern', withLine('COPY src ./src', 'COPY s*c ./src')],
  ['E2', 'the whole context', withLine('COPY src ./src', 'COPY . .')],
  ['E3', 'an earlier stage', {}],
  ['E3', 'a stage by number', withLine('--from=builder', '--from=0')],
  [
    'E3',
    'an image with a tag',
    withLine('COPY src', 'COPY --from=busybox:1.37 /bin/true /bin/true\nCOPY src'),
  ],
  [
    'E3',
    'a named context of the workflow',
    { ...withLine('--from=builder', '--from=venv'), step: { 'build-contexts': 'venv=./venv' } },
  ],
  ['E4', 'exec form', {}],
  ['E5', 'a program of the copied environment', {}],
  ['E5', 'a program of the base', withLine('CMD ["uvicorn"', 'CMD ["python"')],
  [
    'E5',
    'a program that pip installs in the stage',
    withLine('COPY --from=builder /opt/venv /opt/venv', 'RUN pip install uvicorn'),
  ],
  [
    'E5',
    'a program from a prefix copied to /usr/local',
    withLine('COPY --from=builder /opt/venv /opt/venv', 'COPY --from=builder /install /usr/local'),
  ],
  ['E5', 'an init and a program behind it', withLine('\nCMD [', '\nENTRYPOINT ["tini", "--"]\nCMD [')],
  ['E6', 'a module that is copied', {}],
  [
    'E6',
    'a module under PYTHONPATH',
    {
      text: good
        .replace(
          'ENV PATH="/opt/venv/bin:$PATH"\nWORKDIR /app',
          'ENV PATH="/opt/venv/bin:$PATH" PYTHONPATH=/app/src\nWORKDIR /app',
        )
        .replace('src.main:app', 'main:app'),
    },
  ],
  ['E6', 'a file that is copied', { text: node }],
  ['E7', 'a number', {}],
  ['E7', 'a number from an argument', withLine('USER 1000:1000', 'ARG UID=1000\nUSER ${UID}')],
  ['E8', 'a production server', {}],
  ['E9', 'plain variables', withLine('WORKDIR /app', 'ENV LOG_LEVEL=info\nWORKDIR /app')],
  ['E10', 'npm ci with its lock', { text: node }],
  [
    'E10',
    'a lock under a pattern',
    { text: node.replace('package.json package-lock.json', 'package*.json') },
  ],
  ['E11', 'a tag', {}],
  [
    'E11',
    'a digest',
    withLine('FROM python:3.13-slim-trixie AS runtime', `FROM python@sha256:${'a'.repeat(64)} AS runtime`),
  ],
  ['E12', 'supported releases', { text: node }],
  [
    'E13',
    'a declared argument',
    {
      ...withLine('WORKDIR /app', 'ARG VERSION\nLABEL version=$VERSION\nWORKDIR /app'),
      step: { 'build-args': 'VERSION=1' },
    },
  ],
  [
    'E13',
    'an argument of FROM',
    {
      text: good
        .replace('# syntax=docker/dockerfile:1\n', 'ARG PY=3.13\n')
        .replace('python:3.13', 'python:${PY}'),
      step: { 'build-args': 'PY=3.12' },
    },
  ],
  ['E14', 'an existing target', { step: { target: 'runtime' } }],
  ['E15', 'the path of the workflow', { step: { file: './Dockerfile' } }],
  [
    'E16',
    'a health check that says `|| exit 1`',
    withLine(
      'HEALTHCHECK CMD [',
      'HEALTHCHECK CMD curl -f http://127.0.0.1:8000 || exit 1\nHEALTHCHECK CMD [',
    ),
  ],
  ['E17', 'common platforms', { step: { platforms: 'linux/amd64,linux/arm64' } }],
  ['E18', 'one port everywhere', {}],
  [
    'E18',
    'a port from the environment',
    {
      text: node.replace(
        'USER 1000',
        'ENV PORT=3000\nUSER 1000\nEXPOSE 3000\nHEALTHCHECK CMD ["node", "-e", "fetch(\'http://127.0.0.1:\' + process.env.PORT)"]',
      ),
    },
  ],
  ['E19', 'the same path', {}],
  ['E20', 'relative sources', {}],
  ['W21', 'manifests first', {}],
  [
    'W22',
    'one layer',
    withLine(
      'WORKDIR /app',
      'RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*\nWORKDIR /app',
    ),
  ],
  [
    'W23',
    'compilers in the builder',
    withLine('WORKDIR /build', 'RUN apt-get update && apt-get install -y gcc\nWORKDIR /build'),
  ],
  ['W24', 'production dependencies', { text: node }],
  [
    'W24',
    'a pruned install',
    { text: node.replace('npm ci --omit=dev', 'npm ci\nRUN npm prune --omit=dev') },
  ],
  ['W25', 'the runtime itself', {}],
  ['W26', 'a server that handles SIGTERM', {}],
  [
    'W26',
    'a handler in the source',
    { text: node, contents: { 'server.js': "process.on('SIGTERM', () => server.close())" } },
  ],
  ['W26', 'an init', { text: node.replace('CMD', 'ENTRYPOINT ["/usr/bin/tini", "--"]\nCMD') }],
  ['W27', 'the application alone', {}],
  [
    'W27',
    'all but what is ignored',
    { ...withLine('COPY src ./src', 'COPY . .'), dockerignore: 'tests\n.git\n' },
  ],
  ['W28', 'code that belongs to root', {}],
  [
    'W29',
    'an executable script',
    {
      text: node.replace('CMD ["node", "server.js"]', 'COPY --chmod=755 start.sh ./\nCMD ["./start.sh"]'),
      contents: { 'start.sh': '#!/bin/sh\nexec node server.js\n' },
    },
  ],
  ['I30', 'a cache mount', {}],
  ['I31', 'digests', { text: `FROM python:3.13-slim-trixie@sha256:${'a'.repeat(64)}\nUSER 1000\n` }],
  ['I32', 'a label', withLine('USER 1000:1000', 'LABEL org.opencontainers.image.source=x\nUSER 1000:1000')],
  ['E33', 'a context of another name', { step: { 'build-contexts': 'shared=./shared' } }],
]

const refused: [id: string, name: string, variation: Variation][] = [
  ['E1', 'an unknown instruction', withLine('WORKDIR /app', 'WORKDRI /app')],
  ['E1', 'an empty file', { text: '# nothing\n' }],
  ['E2', 'a source that does not exist', withLine('COPY src', 'COPY source')],
  ['E2', 'a source that is ignored', { dockerignore: 'src\n' }],
  ['E3', 'a stage that does not exist', withLine('--from=builder', '--from=build')],
  ['E3', 'a later stage', withLine('--from=builder', '--from=1')],
  [
    'E3',
    'a mount from nowhere',
    withLine('--mount=type=cache,target=/root/.cache/pip', '--mount=type=bind,from=nowhere,target=/x'),
  ],
  [
    'E4',
    'a shell form',
    withLine(
      'CMD ["uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8000"]',
      'CMD uvicorn src.main:app',
    ),
  ],
  [
    'E4',
    'no command',
    withLine('CMD ["uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8000"]\n', ''),
  ],
  [
    'E5',
    'an environment that is not on PATH',
    { text: good.replace('ENV PATH="/opt/venv/bin:$PATH"\nWORKDIR /app', 'WORKDIR /app') },
  ],
  [
    'E5',
    'a prefix that is copied to the same place',
    {
      text: good
        .replace('pip install -r', 'pip install --prefix=/install -r')
        .replace('COPY --from=builder /opt/venv /opt/venv', 'COPY --from=builder /install /install'),
    },
  ],
  ['E5', 'a program that nobody installs', withLine('COPY --from=builder /opt/venv /opt/venv\n', '')],
  ['E6', 'a module that is not copied', withLine('src.main:app', 'api.main:app')],
  ['E6', 'a file that is not copied', { text: node.replace('COPY server.js ./\n', '') }],
  ['E7', 'no user', withLine('USER 1000:1000\n', '')],
  ['E7', 'root', withLine('USER 1000:1000', 'USER 0')],
  ['E7', 'a name', withLine('USER 1000:1000', 'USER app')],
  ['E7', 'a user that is taken back', withLine('EXPOSE 8000', 'USER root\nEXPOSE 8000')],
  ['E8', 'a reloader', withLine('"--port"', '"--reload", "--port"')],
  ['E8', 'a development script', withLine('CMD ["uvicorn", "src.main:app"', 'CMD ["npm", "run", "dev"')],
  ['E9', 'a token as argument', withLine('WORKDIR /app', 'ARG NPM_TOKEN\nWORKDIR /app')],
  ['E9', 'a password in the environment', withLine('WORKDIR /app', 'ENV DB_PASSWORD=x\nWORKDIR /app')],
  ['E9', 'an environment file', withLine('COPY src ./src', 'COPY .env ./')],
  [
    'E10',
    'a lock that does not exist',
    { text: node, files: files.filter((file) => file !== 'package-lock.json') },
  ],
  ['E10', 'a lock that is not copied', { text: node.replace(' package-lock.json', '') }],
  ['E11', 'no tag', withLine('FROM python:3.13-slim-trixie AS runtime', 'FROM python AS runtime')],
  [
    'E11',
    'latest',
    withLine('FROM python:3.13-slim-trixie AS runtime', 'FROM registry:5000/python:latest AS runtime'),
  ],
  [
    'E12',
    'an old suite',
    withLine('FROM python:3.13-slim-trixie AS runtime', 'FROM python:3.13-slim-buster AS runtime'),
  ],
  [
    'E12',
    'an old Python',
    withLine('FROM python:3.13-slim-trixie AS runtime', 'FROM python:3.9-slim AS runtime'),
  ],
  ['E12', 'an old Node', { text: node.replaceAll('node:24', 'node:18') }],
  ['E13', 'an undeclared argument', { step: { 'build-args': 'VERSION=1' } }],
  [
    'E13',
    'an argument out of scope',
    {
      text: good
        .replace('# syntax=docker/dockerfile:1\n', 'ARG V=1\n')
        .replace('WORKDIR /app', 'LABEL v=$V\nWORKDIR /app'),
      step: { 'build-args': 'V=2' },
    },
  ],
  ['E14', 'a target that is no stage', { step: { target: 'production' } }],
  ['E15', 'another path', { step: { file: 'docker/Dockerfile' } }],
  [
    'E16',
    '`|| true`',
    withLine('pip install -r requirements.txt', 'pip install -r requirements.txt || true'),
  ],
  ['E16', '`--force`', { text: node.replace('npm ci', 'npm ci --force') }],
  ['E17', 'a platform without an image', { text: node, step: { platforms: 'linux/386' } }],
  ['E18', 'two ports', withLine('EXPOSE 8000', 'EXPOSE 8080')],
  ['E19', 'a moved environment', withLine('/opt/venv /opt/venv', '/opt/venv /venv')],
  ['E20', 'a path of the host', withLine('COPY src ./src', 'COPY /home/me/src ./src')],
  ['E20', 'a path above the context', withLine('COPY src ./src', 'COPY ../src ./src')],
  ['W21', 'source first', withLine('COPY requirements.txt ./', 'COPY . .')],
  [
    'W22',
    'two layers',
    withLine('WORKDIR /app', 'RUN apt-get update\nRUN apt-get install -y tini\nWORKDIR /app'),
  ],
  [
    'W23',
    'a compiler at run time',
    withLine('WORKDIR /app', 'RUN apt-get update && apt-get install -y gcc\nWORKDIR /app'),
  ],
  ['W24', 'development dependencies', { text: node.replace(' --omit=dev', '') }],
  ['W25', 'no health check', { text: good.replace(/HEALTHCHECK.*\n/, '') }],
  [
    'W25',
    'curl',
    withLine(
      '"python", "-c", "import urllib.request as u; u.urlopen(\'http://127.0.0.1:8000/health\', timeout=4)"',
      '"curl", "-f", "http://127.0.0.1:8000/health"',
    ),
  ],
  ['W25', 'localhost', withLine('127.0.0.1', 'localhost')],
  ['W26', 'Node without a handler', { text: node }],
  ['W27', 'tests', withLine('COPY src ./src', 'COPY . .')],
  ['W28', 'code that belongs to the user', withLine('COPY src ./src', 'COPY --chown=1000:1000 src ./src')],
  ['W28', 'chown', withLine('USER 1000:1000', 'RUN chown -R 1000:1000 /app\nUSER 1000:1000')],
  [
    'W29',
    'Windows line ends',
    {
      text: node.replace('CMD ["node", "server.js"]', 'COPY --chmod=755 start.sh ./\nCMD ["./start.sh"]'),
      contents: { 'start.sh': '#!/bin/sh\r\nexec node\r\n' },
    },
  ],
  [
    'W29',
    'a script that is not executable',
    { text: node.replace('CMD ["node", "server.js"]', 'COPY start.sh ./\nCMD ["./start.sh"]') },
  ],
  ['I30', 'no cache', withLine('--mount=type=cache,target=/root/.cache/pip ', '')],
  ['I31', 'tags alone', {}],
  ['I32', 'no label', {}],
  [
    'E33',
    'a context that replaces a stage',
    { step: { 'build-contexts': 'runtime=docker-image://python:3.13-slim' } },
  ],
]

describe('checkDockerfile', () => {
  it.each(accepted)('%s accepts %s', async (id, _, variation) => {
    const { outcome, detail } = await result(id, variation)

    expect({ outcome, detail }).toEqual({ outcome: 'passed', detail: expect.any(String) })
  })

  it.each(refused)('%s refuses %s', async (id, _, variation) => {
    const { outcome, detail } = await result(id, variation)

    expect({ outcome, detail }).toEqual({
      outcome: { E: 'failed', W: 'warned', I: 'informed' }[id[0]!],
      detail: expect.any(String),
    })
  })

  it('has an accepted and a refused example for every check', async () => {
    const ids = (await checkDockerfile(input({}))).map(({ id }) => id)

    expect([...new Set(accepted.map(([id]) => id))].sort()).toEqual([...ids].sort())
    expect([...new Set(refused.map(([id]) => id))].sort()).toEqual([...ids].sort())
    expect(ids).toHaveLength(33)
  })

  it('says what cannot be decided, and never passes it', async () => {
    const results = await checkDockerfile(
      input({
        text: 'ARG BASE\nFROM $BASE\nARG NAME\nCOPY $NAME ./\nUSER 1000\nCMD ["server"]\n',
        files: [],
      }),
    )

    const outcomes = Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]))
    expect(outcomes).toMatchObject({
      E2: 'not_applicable',
      E5: 'not_applicable',
      E11: 'failed',
      E12: 'not_applicable',
      E15: 'not_applicable',
    })
  })

  it('fails a check that cannot be carried out', async () => {
    const broken = { ...input({ text: node }), read: () => Promise.reject(new Error('the disk is gone')) }

    const check = (await checkDockerfile(broken)).find(({ id }) => id === 'W26')

    expect(check).toMatchObject({
      outcome: 'failed',
      detail: 'The check could not be carried out: the disk is gone',
    })
  })

  it('runs nothing else on a file that does not parse', async () => {
    const results = await checkDockerfile(input({ text: 'FROM python:3.13 AS a b\nRUNN x\n' }))

    expect(results[0]).toMatchObject({ id: 'E1', outcome: 'failed' })
    expect(new Set(results.slice(1).map(({ outcome }) => outcome))).toEqual(new Set(['not_run']))
  })

  it('ends soon on hostile files', async () => {
    const texts = [
      `FROM a:1\nRUN ${'a '.repeat(50_000)}`,
      `FROM a:1\n${'ENV A=$A$A\n'.repeat(40)}CMD ["$A"]\n`,
      `FROM a:1\nCOPY ${'*a'.repeat(500)} /x/\n`,
    ]
    const started = performance.now()

    for (const text of texts) await checkDockerfile(input({ text }))

    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
