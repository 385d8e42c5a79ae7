/** Writes the production Dockerfile of a Python project. */

import type { Text } from '../../../domain/text.ts'
import { aptInstall, buildArgumentLines, freeStageName, userLines } from './dockerfile-parts.ts'
import { migrationsOf } from './migrations.ts'
import type { ProjectFiles } from './project-files.ts'
import { topEntries } from './project-files.ts'
import { type PythonProject, readPythonProject } from './python-project.ts'
import { findPythonStart, isTestPath } from './python-start.ts'
import type { PythonStart } from './python-start-answer.ts'
import { type Recipe, type RecipeAnswer, type RecipeInput, tell } from './recipe.ts'
import { execForm, isPlainPath, isVersion } from './safe-words.ts'
import { addHealthRoute, migrationSteps, renameOrWrite, unsafeFolderName } from './shared-texts.ts'

/** Four suits a small container of two cores; more multiplies the memory, fewer leaves cores idle. */
const defaultWorkers = '4'

/** Installed in the builder to read a lock; a version of its own keeps the build the same over time. */
const uvVersion = '0.13.8'
const poetryVersion = '2.5.1'

/** Packages without wheels, with what they need to compile and then to run. */
const compiledPackages: Readonly<Record<string, { build: readonly string[]; run: readonly string[] }>> = {
  psycopg2: { build: ['gcc', 'libc6-dev', 'libpq-dev'], run: ['libpq5'] },
  mysqlclient: {
    build: ['default-libmysqlclient-dev', 'gcc', 'libc6-dev', 'pkg-config'],
    run: ['libmariadb3'],
  },
  uwsgi: { build: ['gcc', 'libc6-dev'], run: [] },
}

/** The recipe for a Python project; null when it is none. */
export async function generatePython(input: RecipeInput): Promise<RecipeAnswer> {
  const python = await readPythonProject(input.project)
  if (!python) return null
  if (python.unsupportedSource !== null) {
    return tell(
      {
        en: `The dependencies come from ${python.unsupportedSource.en}, for which Regreen has no rule yet.`,
        ja: `依存関係の取得元は ${python.unsupportedSource.ja} ですが、Regreen はまだ対応していません。`,
      },
      [
        {
          en: 'Write the Dockerfile by hand, or export the dependencies to requirements.txt.',
          ja: 'Dockerfile を手動で作成するか、依存関係を `requirements.txt` に書き出してください。',
        },
      ],
    )
  }
  if (python.installsItself) {
    return tell(
      {
        en: 'The requirements install the project itself, which needs its source before its dependencies.',
        ja: 'requirements ファイルがプロジェクト自体をインストールしており、依存関係より先にソースが必要になります。',
      },
      [
        {
          en: 'Declare the dependencies alone in the requirements; the next run can then be repaired.',
          ja: 'requirements ファイルには依存関係だけを記載してください。次の実行から修復できます。',
        },
      ],
    )
  }
  const answer = await findPythonStart(input, python)
  if (answer.kind !== 'start') return answer
  const sources = copiedSources(input.project, answer.start)
  const odd = sources.find((source) => !isPlainPath(source))
  if (odd !== undefined) return tell(unsafeFolderName, [renameOrWrite])
  return { kind: 'recipe', recipe: await render(input, python, answer.start, sources) }
}

async function render(
  input: RecipeInput,
  python: PythonProject,
  start: PythonStart,
  sources: readonly string[],
): Promise<Recipe> {
  const base = `python:${isVersion(python.version) ? python.version : '3.13'}-slim-trixie`
  const workers = workersOf(input, start)
  const migrations = migrationsOf(input.project, 'python')
  const needsInit = !(await endsOnSigterm(input.project, start))
  const builder = hasDependencies(python) ? freeStageName('builder', input) : null
  const lines = [
    '# syntax=docker/dockerfile:1',
    ...(builder === null ? [] : [`FROM ${base} AS ${builder}`, ...builderLines(input.project, python), '']),
    `FROM ${base} AS ${input.stageName}`,
    ...runtimeLines({ input, python, start, sources, workers, builder, needsInit }),
  ]
  return {
    dockerfile: `${lines.join('\n')}\n`,
    extraFiles: [],
    ignored: ignoredPatterns(input.project, python),
    facts: [
      { key: 'ecosystem', value: 'Python' },
      { key: 'framework', value: start.framework },
      { key: 'package-manager', value: managerName(python) },
      { key: 'base-image', value: base },
      { key: 'stages', value: builder === null ? '1' : '2' },
      { key: 'user', value: '1000:1000' },
      { key: 'start-command', value: execForm(start.words) },
      { key: 'start-command-source', value: start.source },
      { key: 'version-source', value: python.versionSource },
      ...(start.port === null
        ? []
        : [
            { key: 'port', value: String(start.port) },
            { key: 'health-check', value: start.healthPath ?? 'tcp' },
          ]),
      ...(workers === null ? [] : [{ key: 'workers', value: workers }]),
      ...(migrations === null ? [] : [{ key: 'migrations', value: migrations }]),
    ],
    nextSteps: nextSteps(python, migrations, start),
    summary: summaryOf(python, start.words[0]!, builder !== null),
  }
}

function managerName({ manager }: PythonProject): string {
  return manager.startsWith('pip') ? 'pip' : manager
}

function summaryOf(python: PythonProject, program: string, isInstalled: boolean): Text {
  if (!isInstalled) {
    return {
      en: `A Python image that copies the application alone and runs \`${program}\` as user 1000.`,
      ja: `アプリケーションだけをコピーし、\`${program}\` をユーザー 1000 で実行する Python イメージです。`,
    }
  }
  const installed = installedBy(python)
  return {
    en: `A Python image of two stages that installs ${installed.en}, copies the application alone and runs \`${program}\` as user 1000.`,
    ja: `${installed.ja}をインストールし、アプリケーションだけをコピーして、\`${program}\` をユーザー 1000 で実行する 2 ステージの Python イメージです。`,
  }
}

function installedBy({ manager }: PythonProject): Text {
  return {
    uv: { en: 'what uv.lock names', ja: '`uv.lock` に記載された依存関係' },
    poetry: { en: 'what Poetry locked', ja: 'Poetry が固定した依存関係' },
    'pip-requirements': { en: 'the requirements file', ja: 'requirements ファイルの依存関係' },
    'pip-pyproject': { en: 'the declared dependencies', ja: '宣言された依存関係' },
  }[manager]
}

interface RuntimeParts {
  readonly input: RecipeInput
  readonly python: PythonProject
  readonly start: PythonStart
  readonly sources: readonly string[]
  readonly workers: string | null
  /** Null when there is nothing to install. */
  readonly builder: string | null
  readonly needsInit: boolean
}

function runtimeLines({
  input,
  python,
  start,
  sources,
  workers,
  builder,
  needsInit,
}: RuntimeParts): string[] {
  const variables = [
    'PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1',
    ...(builder === null ? [] : ['PATH="/opt/venv/bin:$PATH"']),
    ...(start.importRoot === null ? [] : [`PYTHONPATH=/app/${start.importRoot}`]),
    ...(workers === null ? [] : [`WEB_CONCURRENCY=${workers}`]),
  ]
  return [
    `ENV ${variables.join(' ')}`,
    ...aptInstall([...needed(python, 'run'), ...(needsInit ? ['tini'] : [])]),
    ...userLines(),
    'WORKDIR /app',
    ...(builder === null ? [] : [`COPY --from=${builder} /opt/venv /opt/venv`]),
    ...sources.map((source) =>
      source.endsWith('/') ? `COPY ${source.slice(0, -1)} ./${source.slice(0, -1)}` : `COPY ${source} ./`,
    ),
    ...buildArgumentLines(input),
    'USER 1000:1000',
    ...(start.port === null ? [] : [`EXPOSE ${start.port}`, ...healthLines(start.port, start.healthPath)]),
    ...(needsInit ? ['ENTRYPOINT ["/usr/bin/tini", "--"]'] : []),
    `CMD ${execForm(start.words)}`,
  ]
}

function healthLines(port: number, path: string | null): string[] {
  const code =
    path === null
      ? `import socket; socket.create_connection(('127.0.0.1', ${port}), timeout=4).close()`
      : `import urllib.request as u; u.urlopen('http://127.0.0.1:${port}${path}', timeout=4)`
  return [
    'HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \\',
    `  CMD ${execForm(['python', '-c', code])}`,
  ]
}

function builderLines(project: ProjectFiles, python: PythonProject): string[] {
  const head = [
    'ENV PIP_DISABLE_PIP_VERSION_CHECK=1',
    ...aptInstall(needed(python, 'build')),
    'RUN python -m venv /opt/venv',
    'ENV PATH="/opt/venv/bin:$PATH"',
    'WORKDIR /build',
  ]
  if (python.manager === 'uv') return [...head.filter((line) => !line.startsWith('ENV PATH')), ...uvLines()]
  if (python.manager === 'poetry') return [...head, ...poetryLines(project, python)]
  if (python.manager === 'pip-requirements') return [...head, ...requirementsLines(python)]
  return [...head, ...pyprojectLines(python)]
}

function uvLines(): string[] {
  return [
    'RUN --mount=type=cache,target=/root/.cache/pip \\',
    `    pip install uv==${uvVersion}`,
    'ENV UV_PROJECT_ENVIRONMENT=/opt/venv UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never',
    'COPY pyproject.toml uv.lock ./',
    '# the lock alone decides; the project itself is copied below, not installed',
    'RUN --mount=type=cache,target=/root/.cache/uv \\',
    '    uv sync --locked --no-dev --no-install-project',
  ]
}

function poetryLines(project: ProjectFiles, { managerVersion }: PythonProject): string[] {
  const hasLock = project.has('poetry.lock')
  return [
    'RUN --mount=type=cache,target=/root/.cache/pip \\',
    `    python -m venv /opt/poetry && /opt/poetry/bin/pip install poetry==${managerVersion ?? poetryVersion}`,
    'ENV VIRTUAL_ENV=/opt/venv POETRY_NO_INTERACTION=1',
    `COPY pyproject.toml ${hasLock ? 'poetry.lock ' : ''}./`,
    '# Poetry installs into the active environment; the project itself is copied below, not installed',
    'RUN --mount=type=cache,target=/root/.cache/pypoetry \\',
    '    /opt/poetry/bin/poetry install --only main --no-root',
  ]
}

function requirementsLines({ requirementsFile, requirementsFiles }: PythonProject): string[] {
  const file = requirementsFile!
  const copied = file.includes('/')
    ? 'requirements ./requirements'
    : `${requirementsFiles.filter(isPlainPath).join(' ')} ./`
  return [`COPY ${copied}`, 'RUN --mount=type=cache,target=/root/.cache/pip \\', `    pip install -r ${file}`]
}

function pyprojectLines({ version }: PythonProject): string[] {
  const reader = version === '3.10' ? 'from pip._vendor import tomli as tomllib' : 'import tomllib'
  return [
    'COPY pyproject.toml ./',
    '# no lock file in this project: install the declared dependencies, not the project',
    'RUN --mount=type=cache,target=/root/.cache/pip \\',
    `    python -c "${reader}; print('\\n'.join(tomllib.load(open('pyproject.toml','rb'))['project'].get('dependencies', [])))" > requirements.txt \\`,
    ' && pip install -r requirements.txt',
  ]
}

function needed({ dependencies }: PythonProject, phase: 'build' | 'run'): string[] {
  const packages = Object.keys(compiledPackages).filter((name) => dependencies.has(name))
  return [...new Set(packages.flatMap((name) => compiledPackages[name]![phase]))].sort()
}

/** A lock may hold more than the manifest shows, so a locked project always has a build stage. */
function hasDependencies({ dependencies, manager }: PythonProject): boolean {
  return dependencies.size > 0 || !manager.startsWith('pip')
}

/** uvicorn and gunicorn take their number of workers from this variable. */
function workersOf({ compose }: RecipeInput, { words }: PythonStart): string | null {
  if (!/^(uvicorn|gunicorn)$/.test(words[0]!) || words.some((word) => /^(--workers|-w)(=|$)/.test(word)))
    return null
  const stated = compose?.environment.get('WEB_CONCURRENCY')
  return stated && /^[1-9]\d?$/.test(stated) ? stated : defaultWorkers
}

/** The usual servers end on SIGTERM; a plain program does so only with a handler of its own. */
async function endsOnSigterm(project: ProjectFiles, { words, entryFiles }: PythonStart): Promise<boolean> {
  if (/^(uvicorn|gunicorn|hypercorn|daphne)$/.test(words[0]!)) return true
  const texts = await Promise.all(entryFiles.map((path) => project.read(path)))
  return (
    texts.some((text) => /signal\.signal\(\s*(signal\.)?SIGTERM\b/.test(text ?? '')) ||
    texts.some((text) => /add_signal_handler\(\s*(signal\.)?SIGTERM\b/.test(text ?? ''))
  )
}

const leftOut =
  /^(tests?|testing|docs?|scripts|examples?|benchmarks?|notebooks?|node_modules|v?env|infra|terraform|deploy|deployment|k8s|helm|charts?|docker|build|dist|bin|ci|tools|requirements|\..*|.*\.egg-info)\/$/

const resourceFolders =
  /^(templates|static|public|assets|locales?|migrations|alembic|resources|config|conf|prompts|sql)\/$/

const settingsFiles =
  /^(alembic\.ini|gunicorn\.conf\.py|logging\.(conf|ini|ya?ml|json)|log_config\.(ya?ml|json))$/

/** The application alone: packages, modules and what they load, without tests, scripts and tooling. */
function copiedSources(project: ProjectFiles, { entryFiles }: PythonStart): readonly string[] {
  const entries = new Set(entryFiles.map((path) => (path.includes('/') ? `${path.split('/')[0]}/` : path)))
  const chosen = topEntries(project).filter((entry) => {
    if (entries.has(entry)) return true
    if (!entry.endsWith('/')) return settingsFiles.test(entry) || isModule(entry)
    if (leftOut.test(entry)) return false
    return (
      resourceFolders.test(entry) ||
      project.files.some((path) => path.startsWith(entry) && path.endsWith('.py'))
    )
  })
  return chosen.sort(
    (one, other) => Number(one.endsWith('/')) - Number(other.endsWith('/')) || (one < other ? -1 : 1),
  )
}

function isModule(name: string): boolean {
  return name.endsWith('.py') && !isTestPath(name) && !/^(setup|noxfile|fabfile|conftest)\.py$/.test(name)
}

function ignoredPatterns(project: ProjectFiles, python: PythonProject): string[] {
  const existing = topEntries(project).filter((entry) =>
    /^(tests?|docs?|scripts|examples?|notebooks?|benchmarks?)\/$/.test(entry),
  )
  const hasMarkdown = project.files.some((path) => /^[^/]+\.md$/.test(path))
  const kept = python.namedFiles.filter(
    (path) => isPlainPath(path) && path.endsWith('.md') && project.has(path),
  )
  return [
    '# Python',
    '**/__pycache__',
    '**/*.py[cod]',
    '**/.venv',
    '**/venv',
    '**/.pytest_cache',
    '**/.mypy_cache',
    '**/.ruff_cache',
    '**/*.egg-info',
    ...(existing.length > 0 || hasMarkdown ? ['', '# Not part of the application'] : []),
    ...existing.map((entry) => entry.slice(0, -1)),
    ...(hasMarkdown ? ['*.md', ...kept.map((path) => `!${path}`)] : []),
  ]
}

function nextSteps(python: PythonProject, migrations: string | null, start: PythonStart): Text[] {
  return [
    ...migrationSteps(migrations),
    ...(python.manager === 'pip-pyproject'
      ? [
          {
            en: 'Commit a lock file (uv or pip-tools), so that two builds install the same versions.',
            ja: 'ロックファイル（uv または pip-tools）をコミットすると、いつビルドしても同じバージョンが入ります。',
          },
        ]
      : []),
    ...(start.port !== null && start.healthPath === null ? [addHealthRoute('/health')] : []),
    ...(start.framework === 'Django'
      ? [
          {
            en: 'Decide where static files are collected and served; the image does not run `collectstatic`.',
            ja: '静的ファイルの収集先と配信方法を決めてください。イメージは `collectstatic` を実行しません。',
          },
        ]
      : []),
  ]
}
