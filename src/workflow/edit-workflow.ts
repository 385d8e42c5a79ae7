/** Changes single values and steps of a workflow file and keeps every other byte. */
import type { WorkflowStep, WorkflowValue } from './parse-workflow.ts'

/** A plain scalar of these characters means itself in every YAML schema, unless it looks like a number. */
const plainPattern = /^[A-Za-z./_][\w./@-]*$/

/** Words that YAML 1.1 readers turn into booleans or null. */
const reservedPattern = /^(true|false|null|yes|no|on|off|y|n)$/i

/**
 * The text with the value replaced, in the quotes it had. Null where the value is an alias, a block or has
 * an expression: replacing those could change more than this one value.
 */
export function editValue(text: string, { range, value }: WorkflowValue, replacement: string): string | null {
  if (!range || value.includes('${{') || /[\n\r]/.test(replacement)) return null
  const source = text.slice(...range)
  if (source.startsWith('|') || source.startsWith('>')) return null
  return text.slice(0, range[0]) + quotedLike(source, replacement) + text.slice(range[1])
}

/** The text with `from` replaced inside the value's own bytes; null unless it stands there exactly once. */
export function editWithin(text: string, { range }: WorkflowValue, from: string, to: string): string | null {
  if (!range || from === '') return null
  const source = text.slice(...range)
  const at = source.indexOf(from)
  if (at === -1 || source.indexOf(from, at + 1) !== -1) return null
  const edited = source.slice(0, at) + to + source.slice(at + from.length)
  return text.slice(0, range[0]) + edited + text.slice(range[1])
}

/**
 * The text with a step before the given one, above the comment that belongs to it. `lines` are the new
 * step's own lines without indentation, the first without its dash.
 */
export function insertStepBefore(text: string, step: WorkflowStep, lines: readonly string[]): string | null {
  const all = text.split('\n')
  const index = step.lineStart - 1
  const dash = /^(?<indent> *)-(?<gap> +)/.exec(all[index] ?? '')?.groups
  if (!dash) return null
  const ending = all[index]?.endsWith('\r') ? '\r' : ''
  const inner = `${dash.indent} ${' '.repeat(dash.gap!.length)}`
  const added = lines.map((line, at) => `${at === 0 ? `${dash.indent}-${dash.gap}` : inner}${line}${ending}`)
  all.splice(firstCommentLine(all, index), 0, ...added)
  return all.join('\n')
}

/** The text with further `with:` entries at the end of the step's; null when they are written inline. */
export function addWithEntries(
  text: string,
  step: WorkflowStep,
  entries: readonly (readonly [key: string, value: string])[],
): string | null {
  const values = [...step.with.values()]
  const last = values.at(-1)
  if (!last) return addWithBlock(text, step, entries)
  if (!last.range || values.some(({ range }) => !range)) return null
  const lines = text.split('\n')
  const key = lines[last.line - 1] ?? ''
  if (key.includes('{') && !key.includes('${{')) return null
  const end = text.slice(0, last.range[1]).trimEnd().split('\n').length
  return withLines(lines, end, entryLines(entries, indentOf(key)))
}

function addWithBlock(
  text: string,
  step: WorkflowStep,
  entries: readonly (readonly [key: string, value: string])[],
): string | null {
  if (!step.uses?.range) return null
  const lines = text.split('\n')
  const key = lines[step.uses.line - 1] ?? ''
  const column = key.search(/uses\s*:/)
  if (column === -1 || key.includes('{')) return null
  const indent = ' '.repeat(column)
  return withLines(lines, step.uses.line, [`${indent}with:`, ...entryLines(entries, `${indent}  `)])
}

function entryLines(entries: readonly (readonly [key: string, value: string])[], indent: string): string[] {
  return entries.map(([key, value]) => `${indent}${key}: ${value}`)
}

function withLines(lines: string[], at: number, added: readonly string[]): string {
  const ending = lines[at - 1]?.endsWith('\r') ? '\r' : ''
  return [...lines.slice(0, at), ...added.map((line) => line + ending), ...lines.slice(at)].join('\n')
}

function indentOf(line: string): string {
  return /^[ -]*/.exec(line)![0].replaceAll('-', ' ')
}

function firstCommentLine(lines: readonly string[], index: number): number {
  let first = index
  while (first > 0 && /^\s*#/.test(lines[first - 1] ?? '')) first -= 1
  return first
}

function quotedLike(source: string, replacement: string): string {
  if (source.startsWith('"')) return JSON.stringify(replacement)
  if (source.startsWith("'")) return singleQuoted(replacement)
  const isPlain = plainPattern.test(replacement) && !reservedPattern.test(replacement)
  return isPlain ? replacement : singleQuoted(replacement)
}

function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

/** The text with one more line in a block value such as `|`, indented as its last; null for other values. */
export function appendToBlock(text: string, { range }: WorkflowValue, line: string): string | null {
  if (!range || /[\n\r]/.test(line)) return null
  const source = text.slice(...range)
  if (!source.startsWith('|')) return null
  const end = range[0] + source.trimEnd().length
  const last = text.slice(0, end).split('\n').at(-1)!
  const indent = /^\s*/.exec(last)![0]
  return `${text.slice(0, end)}\n${indent}${line}${text.slice(end)}`
}
