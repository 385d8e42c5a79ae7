/** Reads `.dockerignore` by Docker's rules, which differ from git's. */

interface Pattern {
  isNegated: boolean
  regExp: RegExp
}

export type IgnoreRules = readonly Pattern[]

/** Parses the file. Patterns are anchored at the context's root; the last match wins. */
export function parseDockerIgnore(text: string): IgnoreRules {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '!')
    .map(parsePattern)
}

function parsePattern(line: string): Pattern {
  const isNegated = line.startsWith('!')
  return { isNegated, regExp: toRegExp(clean(isNegated ? line.slice(1).trim() : line)) }
}

/** As Go's `filepath.Clean`, without the leading slash. */
function clean(pattern: string): string {
  const parts: string[] = []
  for (const part of pattern.split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}

function toRegExp(pattern: string): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]!
    if (letter === '*' && pattern[at + 1] === '*') {
      at++
      if (pattern[at + 1] === '/') at++
      source += at + 1 >= pattern.length ? '.*' : '(?:.*/)?'
    } else if (letter === '*') source += '[^/]*'
    else if (letter === '?') source += '[^/]'
    else if (letter === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2)
      source += pattern.slice(at, end + 1)
      at = end
    } else source += escapeLetter(letter === '\\' ? (pattern[++at] ?? '') : letter)
  }
  return new RegExp(`^${source}$`)
}

function escapeLetter(letter: string): string {
  return letter.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}

/** Whether a path of the context is left out. A matched folder takes its content with it. */
export function isIgnored(rules: IgnoreRules, path: string): boolean {
  const parts = path.split('/')
  const candidates = parts.map((_, at) => parts.slice(0, at + 1).join('/'))
  let ignored = false
  for (const { isNegated, regExp } of rules) {
    if (isNegated === ignored && candidates.some((candidate) => regExp.test(candidate))) ignored = !isNegated
  }
  return ignored
}
