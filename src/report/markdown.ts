/** Markdown from untrusted text: nothing in it can mention, close, link, load, hide or break out. */
import { showHidden } from './visible-text.ts'

/** A sentence in a report. What is longer is no sentence. */
const textCharsMax = 2_000

/** A code span is read in one line. */
const spanCharsMax = 300

/** A fence is read on one page; longer ones are files, and those can be opened. */
const fenceCharsMax = 20_000

/** Text as plain words: markup shown, line breaks gone; what GitHub would act upon stands in code spans. */
export function escapeText(text: string, charsMax = textCharsMax): string {
  const line = oneLine(shorten(text, charsMax))
  return line
    .split(' ')
    .map((word, index) => (acts(word) ? codeSpan(word) : escapeWord(word, index === 0)))
    .join(' ')
}

/** Text whose backticks mean code, as the sentences of findings and playbooks have it. */
export function prose(text: string, charsMax = textCharsMax): string {
  const parts = oneLine(shorten(text, charsMax)).split('`')
  if (parts.length % 2 === 0) return escapeText(text, charsMax)
  return parts.map((part, index) => (index % 2 === 1 ? codeSpan(part) : escapeAround(part))).join('')
}

/** A code span whose fence is longer than any run of backticks inside. */
export function codeSpan(text: string, charsMax = spanCharsMax): string {
  const line = oneLine(shorten(text, charsMax)) || ' '
  const fence = '`'.repeat(longestRun(line) + 1)
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${line}${pad}${fence}`
}

/** A code block whose fence is longer than any run of backticks inside. */
export function codeFence(text: string, language = '', charsMax = fenceCharsMax): string {
  const body = visibleLines(shorten(text, charsMax))
  const fence = '`'.repeat(Math.max(3, longestRun(body) + 1))
  return `${fence}${language}\n${body}\n${fence}`
}

/** A table of finished cells. Pipes and line breaks in a cell stay in that cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(tableCell).join(' | ')} |`
  return [line(header), `|${' --- |'.repeat(header.length)}`, ...rows.map(line)].join('\n')
}

/** A folded part. The summary is plain text. */
export function details(summary: string, body: string): string {
  return `<details>\n<summary>${escapeHtml(oneLine(summary))}</summary>\n\n${body}\n\n</details>`
}

/**
 * A link, if the address lies below `base`; else only the label. The label is finished Markdown.
 */
export function link(label: string, url: string | null, base: string): string {
  if (url === null || !isBelow(url, base)) return label
  return `[${label}](${url})`
}

/** A numbered list of finished items. */
export function numberedList(items: readonly string[]): string {
  return items.map((item, index) => `${index + 1}. ${item}`).join('\n')
}

/** A list of finished items. */
export function bulletList(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

function shorten(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax).toWellFormed()} […]`
}

function oneLine(text: string): string {
  return showHidden(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ')).trim()
}

function visibleLines(text: string): string {
  const unified = text.replaceAll('\r\n', '\n')
  return showHidden(unified).replace(/\n+$/, '')
}

/** Mentions, issue numbers, addresses and commands: words that GitHub or a bot would act upon. */
function acts(word: string): boolean {
  return (
    /@|#[0-9]|\bgh-[0-9]|:\/\/|\bwww\.|^\/[a-z]|<|>/i.test(word) ||
    /^\(?(?:javascript|data|mailto|xmpp):/i.test(word)
  )
}

function escapeAround(part: string): string {
  const head = part.startsWith(' ') ? ' ' : ''
  const tail = part.length > 1 && part.endsWith(' ') ? ' ' : ''
  return part.trim() === '' ? part : `${head}${escapeText(part, part.length)}${tail}`
}

function escapeWord(word: string, isFirst: boolean): string {
  const escaped = word.replaceAll(/[\\`*_[\]~$!&]/g, (sign) => (sign === '&' ? '&amp;' : `\\${sign}`))
  return isFirst ? escaped.replace(/^(?:[-+=#]|[0-9]{1,9}(?=[.)]))/, escapeStart) : escaped
}

/** At the start of a line these would open a list, a heading or a rule. */
function escapeStart(start: string): string {
  return /^[0-9]/.test(start) ? `${start}\u005c` : `\\${start}`
}

function tableCell(cell: string): string {
  const line = cell.replaceAll(/[\r\n]+/g, '<br>')
  // A pipe after an odd run of backslashes would undo its own escape.
  return line.replaceAll(
    /(?<run>\\{0,1000})\|/g,
    (_, run: string) => `${run.length % 2 === 0 ? run : `${run}\\`}\\|`,
  )
}

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0)
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '＠')
}

function isBelow(url: string, base: string): boolean {
  const root = base.endsWith('/') ? base : `${base}/`
  return url.startsWith(root) && /^https?:\/\/[\w.:/~%#?&=+,;-]+$/.test(url) && !/\/\.\.?(?:\/|$)/.test(url)
}
