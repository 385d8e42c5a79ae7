/** Matches one path against one pattern of Docker's and git's ignore files, in time linear in both. */

/** A pattern or path beyond this matches nothing: no real file has such a name. */
const patternCharsMax = 4_096

type Token =
  | { kind: 'character'; value: string }
  | { kind: 'any' }
  | { kind: 'star' }
  | { kind: 'deep' }
  /** Before the two tokens of whole folders, which may also stand for none. */
  | { kind: 'folders' }
  | { kind: 'class'; test: (character: string) => boolean }

/**
 * A test for whole paths. `?` and `*` stop at `/`, `**` does not, `[a-z]` and `[^a]` are classes, a backslash
 * takes the next character as it is. The work is at most pattern times path: a set of positions walks along,
 * so no pattern can make it explode.
 */
export function compileGlob(pattern: string): (path: string) => boolean {
  const tokens = pattern.length > patternCharsMax ? null : readTokens(pattern)
  if (!tokens) return () => false
  if (tokens.every((token) => token.kind === 'character')) {
    const literal = tokens.map(({ value }) => value).join('')
    return (path) => path === literal
  }
  return (path) => path.length <= patternCharsMax && walk(tokens, path)
}

function walk(tokens: readonly Token[], path: string): boolean {
  let positions = closure(new Set([0]), tokens)
  for (const character of path) {
    const next = new Set<number>()
    for (const position of positions) step(tokens[position], position, character, next)
    positions = closure(next, tokens)
    if (positions.size === 0) return false
  }
  return positions.has(tokens.length)
}

function step(token: Token | undefined, position: number, character: string, next: Set<number>): void {
  if (!token) return
  if (token.kind === 'deep') next.add(position)
  else if (token.kind === 'star') {
    if (character !== '/') next.add(position)
  } else if (matches(token, character)) next.add(position + 1)
}

function matches(token: Token, character: string): boolean {
  if (token.kind === 'character') return token.value === character
  if (token.kind === 'any') return character !== '/'
  return token.kind === 'class' && character !== '/' && token.test(character)
}

/** Stars may also match nothing. */
function closure(positions: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const position of positions) {
    const kind = tokens[position]?.kind
    if (kind === 'star' || kind === 'deep' || kind === 'folders') positions.add(position + 1)
    if (kind === 'folders') positions.add(position + 3)
  }
  return positions
}

function readTokens(pattern: string): Token[] | null {
  const tokens: Token[] = []
  const characters = [...pattern]
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at]!
    if (character === '*') {
      const isDeep = characters[at + 1] === '*'
      const isFirst = at === 0 || characters[at - 1] === '/'
      while (characters[at + 1] === '*') at += 1
      if (isDeep && isFirst && characters[at + 1] === '/') tokens.push({ kind: 'folders' })
      tokens.push({ kind: isDeep ? 'deep' : 'star' })
    } else if (character === '?') tokens.push({ kind: 'any' })
    else if (character === '[') {
      const end = characters.indexOf(']', at + 2)
      if (end === -1) return null
      tokens.push({ kind: 'class', test: readClass(characters.slice(at + 1, end)) })
      at = end
    } else if (character === '\\' && at + 1 < characters.length) {
      at += 1
      tokens.push({ kind: 'character', value: characters[at]! })
    } else tokens.push({ kind: 'character', value: character })
  }
  return tokens
}

function readClass(members: readonly string[]): (character: string) => boolean {
  const isNegated = members[0] === '^' || members[0] === '!'
  const listed = isNegated ? members.slice(1) : members
  const ranges: [string, string][] = []
  for (let at = 0; at < listed.length; at += 1) {
    if (listed[at + 1] === '-' && listed[at + 2] !== undefined) {
      ranges.push([listed[at]!, listed[at + 2]!])
      at += 2
    } else ranges.push([listed[at]!, listed[at]!])
  }
  return (character) => ranges.some(([from, to]) => character >= from && character <= to) !== isNegated
}
