/** Finds how a Python application starts: the strongest evidence wins, and a tie is a question. */
import { readPort } from '../development-file.ts'
import type { ProjectFiles } from './project-files.ts'
import { startPlain } from './python-plain-start.ts'
import type { PythonProject } from './python-project.ts'
import { findApplicationObjects, findHealthPath, importedNames, mountsWithPrefix } from './python-source.ts'
import { checkedStart, type StartAnswer } from './python-start-answer.ts'
import { ask, type RecipeInput, tell } from './recipe.ts'
import { isModuleTarget, isPlainPath } from './safe-words.ts'
import { statedStarts } from './start-evidence.ts'

/** Python's web servers listen here by custom. */
const defaultPort = 8000

/** Reading more files than this to find an entry point means that there is no obvious one. */
const entryFilesMax = 60

/** The start command, a question when two fit equally, or what a person must add first. */
export async function findPythonStart(input: RecipeInput, python: PythonProject): Promise<StartAnswer> {
  const port = input.compose?.port ?? input.development?.port ?? defaultPort
  const sources = await readSources(input.project)
  const stated = (await statedStarts(input, port))[0]
  if (stated) return statedStart(stated.words, stated.source, port, sources)
  if (python.dependencies.has('django')) return startDjango(input.project, python, port)
  const objects = findObjects(sources)
  if (objects.length > 0) return startObject(objects, input, python, port, sources)
  return startPlain(input, python, port, sources)
}

type Sources = ReadonlyMap<string, string>

interface FoundObject {
  readonly path: string
  readonly name: string
  readonly framework: 'fastapi' | 'flask' | 'starlette'
  readonly isFactory: boolean
}

const entryPattern =
  /^(?:[A-Za-z_]\w*\/){0,3}(?:main|app|server|asgi|wsgi|api|application|web|run|__init__|__main__)\.py$/

async function readSources(project: ProjectFiles): Promise<Sources> {
  const paths = project.files
    .filter((path) => path.endsWith('.py') && !isTestPath(path) && isPlainPath(path))
    .sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1))
    .slice(0, entryFilesMax)
  const texts = await Promise.all(paths.map((path) => project.read(path)))
  return new Map(paths.map((path, at) => [path, texts[at] ?? '']))
}

function rank(path: string): number {
  return (entryPattern.test(path) ? 0 : 10) + path.split('/').length
}

/** True for tests and what supports them. */
export function isTestPath(path: string): boolean {
  return /(^|\/)(tests?|testing|conftest\.py|test_[^/]*\.py|[^/]*_test\.py)(\/|$)/.test(path)
}

function statedStart(stated: readonly string[], source: string, port: number, sources: Sources): StartAnswer {
  const words = withAddress(stated, port)
  const program = words[0]!
  const target = words.find(isModuleTarget)
  const entryFiles = [...sources.keys()].filter(
    (path) => target !== undefined && moduleOf(path) === target.split(':')[0],
  )
  return checkedStart({
    words,
    framework: program,
    port: portOf(words) ?? port,
    healthPath: healthIn(sources),
    importRoot: null,
    entryFiles,
    source,
  })
}

/** Servers listen on the container's own loopback unless they are told otherwise. */
function withAddress(words: readonly string[], port: number): readonly string[] {
  const has = (...options: string[]) =>
    words.some((word) => options.some((option) => word === option || word.startsWith(`${option}=`)))
  if (words[0] === 'uvicorn' && !has('--host'))
    return [...words, '--host', '0.0.0.0', ...(has('--port') ? [] : ['--port', String(port)])]
  if (/^(gunicorn|hypercorn)$/.test(words[0]!) && !has('--bind', '-b'))
    return [...words, '--bind', `0.0.0.0:${port}`]
  return words
}

function portOf(words: readonly string[]): number | null {
  const at = words.findIndex((word) => /^(--port|-p|--bind|-b|--listen)(=|$)/.test(word))
  const value = at === -1 ? undefined : words[at]!.includes('=') ? words[at]!.split('=')[1] : words[at + 1]
  return readPort(value?.split(':').at(-1))
}

async function startDjango(project: ProjectFiles, python: PythonProject, port: number): Promise<StartAnswer> {
  const modules = project.files.filter(
    (path) => /^(?:[A-Za-z_]\w*\/){1,2}wsgi\.py$/.test(path) && !isTestPath(path),
  )
  if (modules.length > 1) {
    return ask(
      {
        en: 'The Django project has more than one WSGI module.',
        ja: 'Django プロジェクトに WSGI モジュールが複数あります。',
      },
      { en: 'Which one serves production?', ja: '本番用はどれですか。' },
      modules,
    )
  }
  const [path] = modules
  if (path === undefined)
    return tell(
      { en: 'The Django project has no wsgi.py.', ja: 'Django プロジェクトに `wsgi.py` がありません。' },
      [
        {
          en: 'Add the WSGI module that Django generates.',
          ja: 'Django が生成する WSGI モジュールを追加してください。',
        },
      ],
    )
  const module = moduleOf(path)
  const server = pickServer(python, ['gunicorn', 'uvicorn'])
  if (server === null) return askForServer('Django', ['gunicorn', 'uvicorn'])
  const words =
    server === 'gunicorn'
      ? ['gunicorn', `${module}:application`, '--bind', `0.0.0.0:${port}`]
      : [
          'uvicorn',
          `${module.replace(/wsgi$/, 'asgi')}:application`,
          '--host',
          '0.0.0.0',
          '--port',
          String(port),
        ]
  return checkedStart({
    words,
    framework: 'Django',
    port,
    healthPath: null,
    importRoot: null,
    entryFiles: [path],
    source: path,
  })
}

function findObjects(sources: Sources): FoundObject[] {
  const all = [...sources].flatMap(([path, text]) =>
    findApplicationObjects(text).map((object) => ({ path, ...object })),
  )
  const usual = all.filter(({ path }) => entryPattern.test(path))
  return usual.length > 0 ? usual : all
}

function startObject(
  objects: readonly FoundObject[],
  input: RecipeInput,
  python: PythonProject,
  port: number,
  sources: Sources,
): StartAnswer {
  const targets = objects.map((object) => ({ object, ...targetOf(object, input.project, sources) }))
  const named = targets.filter(({ target }) => input.development?.command?.includes(target))
  const chosen = targets.length === 1 ? targets[0] : named.length === 1 ? named[0] : undefined
  if (!chosen) {
    return ask(
      {
        en: 'The project has more than one application object, and nothing says which one production serves.',
        ja: 'プロジェクトにアプリケーションオブジェクトが複数あり、本番用がどれかを示す記述がありません。',
      },
      {
        en: 'Which application should the image start?',
        ja: 'イメージはどのアプリケーションを起動すべきですか。',
      },
      targets.map(({ target }) => target),
    )
  }
  const { object, target, importRoot } = chosen
  const words = serverWords(object, target, python, port)
  if (words === null)
    return askForServer(
      object.framework === 'flask' ? 'Flask' : 'FastAPI',
      object.framework === 'flask' ? ['gunicorn', 'waitress'] : ['uvicorn', 'hypercorn'],
    )
  return checkedStart({
    words,
    framework: { fastapi: 'FastAPI', flask: 'Flask', starlette: 'Starlette' }[object.framework],
    port,
    healthPath: healthIn(sources, object.name),
    importRoot,
    entryFiles: [object.path],
    source: object.path,
  })
}

function serverWords(
  { framework, isFactory }: FoundObject,
  target: string,
  python: PythonProject,
  port: number,
): readonly string[] | null {
  const isAsgi = framework !== 'flask'
  const server = pickServer(python, isAsgi ? ['uvicorn', 'hypercorn'] : ['gunicorn', 'waitress'])
  if (server === 'uvicorn') {
    return [
      'uvicorn',
      ...(isFactory ? ['--factory'] : []),
      target,
      '--host',
      '0.0.0.0',
      '--port',
      String(port),
      '--log-level',
      'info',
    ]
  }
  if (server === 'waitress')
    return ['waitress-serve', ...(isFactory ? ['--call'] : []), `--listen=0.0.0.0:${port}`, target]
  if (server === null) return null
  return [server, isFactory ? `${target}()` : target, '--bind', `0.0.0.0:${port}`]
}

function pickServer({ dependencies, extras }: PythonProject, names: readonly string[]): string | null {
  const hasStandard = [...extras].some((extra) => /^fastapi\[.*\b(standard|all)\b/.test(extra))
  return names.find((name) => dependencies.has(name) || (name === 'uvicorn' && hasStandard)) ?? null
}

function askForServer(framework: string, candidates: readonly string[]): StartAnswer {
  return ask(
    {
      en: `${framework}'s own development server is not for production, and no production server is among the dependencies.`,
      ja: `${framework} 付属の開発用サーバーは本番には使えず、依存関係に本番用サーバーがありません。`,
    },
    {
      en: 'Which server should the project depend on?',
      ja: 'プロジェクトはどのサーバーを依存関係に加えるべきですか。',
    },
    candidates,
    [
      {
        en: 'Add the server to the dependencies; the next run can then be repaired.',
        ja: 'サーバーを依存関係に追加してください。次の実行から修復できます。',
      },
    ],
  )
}

function targetOf({ path, name }: FoundObject, project: ProjectFiles, sources: Sources) {
  const root = importRootOf(path, sources.get(path) ?? '', project)
  const module = moduleOf(root === null ? path : path.slice(root.length + 1))
  return { target: `${module}:${name}`, importRoot: root }
}

/** The folder that the file's own imports start from, where it is not the project's root. */
function importRootOf(path: string, source: string, { files }: ProjectFiles): string | null {
  const folders = path
    .split('/')
    .slice(0, -1)
    .map((_, at, names) => names.slice(0, at + 1).join('/'))
  const names = [...importedNames(source)]
  const resolves = (root: string) =>
    names.some((name) =>
      files.some((file) => file === `${root}${name}.py` || file.startsWith(`${root}${name}/`)),
    )
  if (resolves('')) return null
  const root = folders.find((folder) => resolves(`${folder}/`))
  if (root !== undefined) return root
  return folders[0] === 'src' && folders.length > 1 && !files.includes('src/__init__.py') ? 'src' : null
}

function moduleOf(path: string): string {
  return path
    .replace(/\.py$/, '')
    .replace(/\/__init__$/, '')
    .replaceAll('/', '.')
}

function healthIn(sources: Sources, name = 'app'): string | null {
  const texts = [...sources.values()]
  const hasPrefixes = texts.some(mountsWithPrefix)
  return texts.map((text) => findHealthPath(text, [name], hasPrefixes)).find((path) => path !== null) ?? null
}
