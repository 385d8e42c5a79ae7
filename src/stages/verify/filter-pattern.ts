/** GitHub's filter patterns for branches and paths, matched in linear time. */
import { RE2JS } from 're2js'

/** GitHub allows no ref over 255 bytes; a longer pattern matches nothing real. */
const patternCharsMax = 255

/**
 * True when the last pattern that matches is a positive one, as GitHub reads a list with `!` patterns.
 * `*` stays within a segment, `**` does not; `?` and `+` repeat the character before them.
 */
export function matchesFilter(patterns: readonly string[], value: string): boolean {
  let matched = false
  for (const pattern of patterns) {
    const isNegative = pattern.startsWith('!')
    if (matchesPattern(isNegative ? pattern.slice(1) : pattern, value)) matched = !isNegative
  }
  return matched
}

function matchesPattern(pattern: string, value: string): boolean {
  if (pattern.length > patternCharsMax) return false
  try {
    return RE2JS.compile(toExpression(pattern)).matches(value)
  } catch {
    return false
  }
}

function toExpression(pattern: string): string {
  let expression = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (pattern.startsWith('**/', at)) {
      expression += '(?:.*/)?'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      expression += '.*'
      at += 1
    } else if (character === '*') expression += '[^/]*'
    else if (character === '?' || character === '+') expression += character
    else if (character === '[') {
      const end = pattern.indexOf(']', at)
      if (end === -1) return RE2JS.quote(pattern)
      expression += pattern.slice(at, end + 1)
      at = end
    } else if (character === '\\' && at + 1 < pattern.length) expression += RE2JS.quote(pattern[++at]!)
    else expression += RE2JS.quote(character)
  }
  return expression
}
