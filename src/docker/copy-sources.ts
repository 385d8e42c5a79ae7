/** What COPY and ADD take from the build context, and whether it is there. */
import { pathWithin } from '../workflow/repository-path.ts'
import type { Dockerignore } from './dockerignore.ts'
import { compileGlob } from './match-glob.ts'
import { expandVariables, type Instruction, type ParsedDockerfile } from './parse-dockerfile.ts'

/** One COPY or ADD: its sources in the context or in `from`, and its destination. */
export interface CopyInstruction {
  readonly line: number
  readonly from: string | null
  readonly sources: readonly string[]
  readonly destination: string
}

/** The instruction read as a copy; null for other instructions, and for contents written in place. */
export function readCopy(instruction: Instruction): CopyInstruction | null {
  const { keyword, flags, exec, text, line, hasHeredoc, variables } = instruction
  if ((keyword !== 'COPY' && keyword !== 'ADD') || hasHeredoc) return null
  const words = (exec ?? text.split(/\s+/))
    .map((word) => expandVariables(word, variables))
    .filter((word) => word !== '')
  if (words.length < 2) return null
  return {
    line,
    from: flags.get('from')?.at(-1) ?? null,
    sources: words.slice(0, -1),
    destination: words.at(-1)!,
  }
}

/** True when a file or folder of the context answers to the source and reaches the builder. */
export function sourceExists(
  source: string,
  context: string,
  files: readonly string[],
  ignore: Dockerignore,
): boolean {
  const wanted = cleanSource(source)
  const matches = /[*?[]/.test(wanted) ? compileGlob(wanted) : null
  return files.some((file) => {
    const path = pathWithin(context, file)
    if (path === null) return false
    const isMatch =
      wanted === '' ||
      (matches ? matchesPrefix(matches, path) : path === wanted || path.startsWith(`${wanted}/`))
    return isMatch && !ignore.hides(path)
  })
}

/** The first source that the context does not have; null when all are there. */
export function sourcesExist(
  { stages }: ParsedDockerfile,
  context: string,
  files: readonly string[],
  ignore: Dockerignore,
): string | null {
  for (const instruction of stages.flatMap(({ instructions }) => instructions)) {
    const copy = readCopy(instruction)
    if (!copy || copy.from !== null) continue
    const missing = copy.sources
      .filter(isFromContext)
      .find((source) => !sourceExists(source, context, files, ignore))
    if (missing !== undefined) return missing
  }
  return null
}

/** False for what ADD fetches from elsewhere, and for names that hold an unknown variable. */
export function isFromContext(source: string): boolean {
  return !/^(https?:|git@|git:)/.test(source) && !source.includes('$')
}

/** A source without leading `/` or `./` and without trailing slash; the whole context is the empty text. */
export function cleanSource(source: string): string {
  return source
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/')
}

function matchesPrefix(matches: (path: string) => boolean, path: string): boolean {
  if (matches(path)) return true
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (matches(path.slice(0, slash))) return true
  }
  return false
}
