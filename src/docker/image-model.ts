/** What a stage's image has without being built: its folder, its PATH, its files by where they came from. */
import { cleanSource, readCopy } from './copy-sources.ts'
import {
  chainInstructions,
  expandVariables,
  type Instruction,
  readPairs,
  type Stage,
} from './parse-dockerfile.ts'

/** Docker's own PATH in images that set none. */
const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** One source of a COPY with the place where it arrives. */
export interface CopiedPath {
  readonly line: number
  /** Stage or image; null for the build context. */
  readonly from: string | null
  /** Path in the context or in the other stage. */
  readonly source: string
  /** Absolute path in the image where it arrives, as Docker joins it. */
  readonly destination: string
  /** True when the destination is a folder that receives the source under its own name. */
  readonly isInto: boolean
}

/** The working directory after all instructions of the stage, or after those before `until`. */
export function workingDirectory(stage: Stage, until?: Instruction): string {
  let folder = '/'
  for (const instruction of chainInstructions(stage)) {
    if (instruction === until) break
    if (instruction.keyword === 'WORKDIR')
      folder = absolutePath(folder, expandVariables(instruction.text, instruction.variables))
  }
  return folder
}

/** The value of an ENV variable in the finished stage. */
export function environmentOf(stage: Stage): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const { keyword, text, variables } of chainInstructions(stage)) {
    if (keyword !== 'ENV') continue
    for (const [key, value] of readPairs(text)) {
      const known = new Map([['PATH', defaultPath], ...variables, ...values])
      values.set(key, expandVariables(value ?? '', known))
    }
  }
  return values
}

/** The folders of PATH in the finished stage. */
export function searchPath(stage: Stage): readonly string[] {
  return (environmentOf(stage).get('PATH') ?? defaultPath).split(':')
}

/** The folders of PATH that the stage itself put there. */
export function addedSearchPath(stage: Stage): readonly string[] {
  const usual = new Set(defaultPath.split(':'))
  return searchPath(stage).filter((folder) => !usual.has(folder))
}

/** Everything that is copied into the stage, with absolute destinations. */
export function copiedPaths(stage: Stage): readonly CopiedPath[] {
  return chainInstructions(stage).flatMap((instruction) => {
    const copy = readCopy(instruction)
    if (!copy) return []
    const folder = workingDirectory(stage, instruction)
    const destination = absolutePath(folder, copy.destination)
    const isInto = copy.sources.length > 1 || /(^\.|\/\.?)$/.test(copy.destination)
    return copy.sources.map((source) => ({
      line: copy.line,
      from: copy.from,
      source: copy.from === null ? cleanSource(source) : source.replace(/(.)\/$/, '$1'),
      destination,
      isInto,
    }))
  })
}

/**
 * The context paths that an absolute image path may come from; empty when nothing of the context lands there.
 * A folder's contents are copied, not the folder itself, as Docker does.
 */
export function contextPathsOf(
  image: string,
  copies: readonly CopiedPath[],
  files: readonly string[],
): readonly string[] {
  return copies
    .filter(({ from }) => from === null)
    .flatMap(({ source, destination, isInto }) => {
      const isFolder = source === '' || files.some((file) => file.startsWith(`${source}/`))
      if (isFolder) {
        if (image === destination) return [source]
        const prefix = destination === '/' ? '/' : `${destination}/`
        return image.startsWith(prefix)
          ? [[source, image.slice(prefix.length)].filter((part) => part !== '').join('/')]
          : []
      }
      const arrives = isInto ? absolutePath(destination, source.split('/').at(-1)!) : destination
      return image === arrives || image.startsWith(`${arrives}/`)
        ? [source + image.slice(arrives.length)]
        : []
    })
}

/** `path` seen from `folder`, without `.` and `..`. */
export function absolutePath(folder: string, path: string): string {
  const names: string[] = []
  for (const name of (path.startsWith('/') ? path : `${folder}/${path}`).split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return `/${names.join('/')}`
}
