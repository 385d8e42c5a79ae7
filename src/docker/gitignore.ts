/** Git's ignore rules, for the one question whether a rule keeps a file out of the repository. */
import { compileGlob } from './match-glob.ts'

/** More rules than this are not read: each one is compared with the path. */
const rulesMax = 5_000

/** The rules of one `.gitignore`. */
export interface Gitignore {
  /** The rule that ignores the path, given relative to the file's folder, with its line; null when none does. */
  ignoredBy(path: string): { readonly line: number } | null
}

interface Rule {
  readonly line: number
  readonly isException: boolean
  readonly folderOnly: boolean
  readonly matches: (path: string) => boolean
}

/** Reads one `.gitignore`. A rule with an inner slash is anchored, others hold at any depth; the last one wins. */
export function parseGitignore(text: string): Gitignore {
  const rules = text
    .split('\n')
    .slice(0, rulesMax)
    .map((line, index) => readRule(line.replace(/\r$/, ''), index + 1))
    .filter((rule) => rule !== null)
  return { ignoredBy: (path) => findRule(rules, path) }
}

/** A folder that is ignored cannot be taken back inside, so the path is walked from its first folder. */
function findRule(rules: readonly Rule[], path: string): { line: number } | null {
  const names = path.split('/')
  for (let depth = 1; depth <= names.length; depth += 1) {
    const part = names.slice(0, depth).join('/')
    const isFolder = depth < names.length
    const last = rules.findLast((rule) => (isFolder || !rule.folderOnly) && rule.matches(part))
    if (last && !last.isException) return { line: last.line }
  }
  return null
}

function readRule(source: string, line: number): Rule | null {
  let text = source.trimEnd()
  if (text === '' || text.startsWith('#')) return null
  const isException = text.startsWith('!')
  if (isException) text = text.slice(1)
  const folderOnly = text.endsWith('/')
  const glob = folderOnly ? text.slice(0, -1) : text
  const anchored = glob.includes('/') ? glob.replace(/^\//, '') : `**/${glob}`
  return { line, isException, folderOnly, matches: compileGlob(anchored) }
}
