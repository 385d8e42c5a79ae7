/** Docker's own rules for `.dockerignore`: they look like git's and are not. */
import { LimitReached } from '../errors.ts'
import { compileGlob } from './match-glob.ts'

/** More lines than this are cut: each file is compared with each line. */
const patternsMax = 2_000

/** Comparisons of one file with one pattern, a few seconds' worth; a hostile repository could ask for 10⁸. */
const comparisonsMax = 3_000_000

interface IgnorePattern {
  readonly matches: (path: string) => boolean
  readonly isException: boolean
}

/** Which paths of a build context reach the builder. */
export interface Dockerignore {
  /** True when the file, given relative to the context, is left out. */
  hides(path: string): boolean
}

/**
 * Reads the file's patterns. Each is anchored at the context's root, two leading stars reach any depth, `!`
 * takes back, the last match wins, and a pattern that matches a folder covers all below it.
 */
export function parseDockerignore(text: string | null): Dockerignore {
  const patterns = (text ?? '')
    .replace(/^\uFEFF/, '')
    .split('\n')
    .slice(0, patternsMax)
    .map(readPattern)
    .filter((pattern) => pattern !== null)
  let comparisons = 0
  return {
    hides(path) {
      comparisons += patterns.length
      if (comparisons > comparisonsMax) throw tooManyComparisons()
      return isHidden(path, patterns)
    },
  }
}

/**
 * The file that Docker reads beside `dockerfile` for this context: `<Dockerfile>.dockerignore` next to the
 * Dockerfile if it exists, else `.dockerignore` in the context.
 */
export function dockerignorePath(dockerfile: string, context: string, files: readonly string[]): string {
  const specific = `${dockerfile}.dockerignore`
  if (files.includes(specific)) return specific
  return context === '' ? '.dockerignore' : `${context}/.dockerignore`
}

function readPattern(line: string): IgnorePattern | null {
  if (line.startsWith('#')) return null
  let text = line.trim()
  const isException = text.startsWith('!')
  if (isException) text = text.slice(1).trim()
  const glob = cleaned(text)
  return glob === '' ? null : { matches: compileGlob(glob), isException }
}

/** As Docker cleans: no leading slash, no trailing slash, no `.`; `..` cannot leave the context. */
function cleaned(text: string): string {
  const names: string[] = []
  for (const name of text.split('/')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return names.join('/')
}

function isHidden(path: string, patterns: readonly IgnorePattern[]): boolean {
  let isHiddenNow = false
  for (const { matches, isException } of patterns) {
    if (isException !== isHiddenNow) continue
    if (coversPath(matches, path)) isHiddenNow = !isException
  }
  return isHiddenNow
}

/** A pattern covers a path when it matches the path or one of the folders above it. */
function coversPath(matches: IgnorePattern['matches'], path: string): boolean {
  if (matches(path)) return true
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (matches(path.slice(0, slash))) return true
  }
  return false
}

function tooManyComparisons(): LimitReached {
  return new LimitReached({
    code: 'dockerignore-too-large',
    message:
      'The .dockerignore has too many patterns for this many files. Shorten it, or check the build by hand.',
  })
}
