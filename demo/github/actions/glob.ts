/** The glob patterns of workflow filters: `*`, `**`, `?`, `+`, `[]` and a leading `!`. */

import { InvalidWorkflow } from './workflow-file.ts'

/** Whether a name passes a list of patterns. Later ones win, as on GitHub. */
export function matchesAny(patterns: readonly string[], name: string): boolean {
  let isMatch = false
  for (const pattern of patterns) {
    const isNegated = pattern.startsWith('!')
    if (toRegExp(isNegated ? pattern.slice(1) : pattern).test(name)) isMatch = !isNegated
  }
  return isMatch
}

function toRegExp(pattern: string): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at]!
    if (pattern.startsWith('**/', at)) {
      source += '(?:.*/)?'
      at += 2
    } else if (pattern.startsWith('**', at)) {
      source += '.*'
      at += 1
    } else if (letter === '*') source += '[^/]*'
    else if ('?+[]-'.includes(letter)) source += letter
    else if (letter === '\\') source += escapeForRegExp(pattern[++at] ?? '')
    else source += escapeForRegExp(letter)
  }
  try {
    return new RegExp(`^${source}$`)
  } catch {
    throw new InvalidWorkflow(`The filter pattern '${pattern}' is not valid.`)
  }
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
