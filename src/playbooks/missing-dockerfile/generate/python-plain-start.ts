/** Finds how a Python program without a web framework starts. */
import { isDevelopmentCommand, readPort } from '../development-file.ts'
import type { PythonProject } from './python-project.ts'
import { isScript } from './python-source.ts'
import { checkedStart, type PythonStart, type StartAnswer } from './python-start-answer.ts'
import { ask, type RecipeInput, tell } from './recipe.ts'
import { isModulePath, isModuleTarget } from './safe-words.ts'
import { severalFiles, whichToStart } from './shared-texts.ts'
import { plainWords } from './start-evidence.ts'

/** The start of a project without a web framework: its script, its package, or the development command. */
export async function startPlain(
  input: RecipeInput,
  python: PythonProject,
  port: number,
  sources: ReadonlyMap<string, string>,
): Promise<StartAnswer> {
  const script = scriptStart(python)
  const starts = script ? [script] : plainStarts(sources)
  const development = developmentStart(input, port)
  const named = starts.filter(({ words }) => development?.words.join(' ') === words.join(' '))
  const chosen =
    starts.length === 1
      ? starts[0]
      : named.length === 1
        ? named[0]
        : starts.length === 0
          ? development
          : undefined
  if (!chosen) {
    if (starts.length === 0) {
      return tell(
        {
          en: 'Nothing in the project says how it starts.',
          ja: 'プロジェクトに起動方法を示す記述がありません。',
        },
        [
          {
            en: 'Add a Procfile with a `web:` line, or `[project.scripts]` with one entry.',
            ja: '`web:` の行がある Procfile か、項目が一つの `[project.scripts]` を追加してください。',
          },
        ],
      )
    }
    return ask(
      severalFiles,
      whichToStart,
      starts.map(({ source }) => source),
    )
  }
  const text = chosen.entryFiles.map((path) => sources.get(path) ?? '').join('\n')
  const listens = input.compose?.port ?? input.development?.port ?? literalPort(text)
  return checkedStart({
    ...chosen,
    framework: 'plain Python',
    port: listens,
    healthPath: listens === null ? null : plainHealth(text),
    importRoot: chosen.importRoot,
  })
}

type PlainStart = Pick<PythonStart, 'words' | 'entryFiles' | 'importRoot' | 'source'>

/** `[project.scripts]` with one entry. The project is not installed, so its function is called by name. */
function scriptStart({ scripts }: PythonProject): PlainStart | null {
  const [entry] = scripts
  if (!entry || scripts.size > 1 || !isModuleTarget(entry[1]) || entry[1].includes('(')) return null
  const [module, name] = entry[1].split(':') as [string, string]
  if (!isModulePath(module) || !isModulePath(name)) return null
  return {
    words: ['python', '-c', `import sys; from ${module} import ${name.split('.')[0]}; sys.exit(${name}())`],
    entryFiles: [`src/${module.split('.')[0]}/`, `${module.split('.')[0]}/`],
    importRoot: null,
    source: '[project.scripts] of pyproject.toml',
  }
}

function plainStarts(sources: ReadonlyMap<string, string>): PlainStart[] {
  const packages = [...sources.keys()].filter((path) => /^(src\/)?[A-Za-z_]\w*\/__main__\.py$/.test(path))
  const scripts = [...sources].filter(
    ([path, text]) => /^(src\/)?(main|app|server|run)\.py$/.test(path) && isScript(text),
  )
  return [
    ...packages.map((path) => {
      const inSource = path.startsWith('src/')
      const module = path.split('/').at(-2)!
      return {
        words: ['python', '-m', module],
        entryFiles: [path],
        importRoot: inSource ? 'src' : null,
        source: path,
      }
    }),
    ...scripts.map(([path]) => ({
      words: ['python', path],
      entryFiles: [path],
      importRoot: null,
      source: path,
    })),
  ]
}

/** The weakest evidence: the development image's command, unless it is one for development only. */
function developmentStart({ development }: RecipeInput, port: number): PlainStart | null {
  if (!development?.command || isDevelopmentCommand(development.command.join(' '))) return null
  const words = plainWords(development.command, port)
  return (
    words && {
      words,
      entryFiles: words.filter((word) => word.endsWith('.py')),
      importRoot: null,
      source: development.path,
    }
  )
}

function literalPort(text: string): number | null {
  const found =
    /Server\(\s*\(\s*["'][\w.:]{0,60}["']\s*,\s*(?<port>\d{2,5})\b/.exec(text) ??
    /["']PORT["']\s*,\s*["']?(?<port>\d{2,5})\b/.exec(text) ??
    /\bport\s*=\s*(?<port>\d{2,5})\b/i.exec(text)
  return readPort(found?.groups?.port)
}

function plainHealth(text: string): string | null {
  return /["'](?<path>\/(?:health|healthz|api\/health|ready))["']/.exec(text)?.groups?.path ?? null
}
