/** Gate: what the patch adds can be seen and read. */
import type { FileChange } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import { hiddenCharacters, showHidden } from '../../../report/visible-text.ts'
import { isLockFile } from './file-kinds.ts'
import { block, countOf, type Gate } from './gate.ts'
import { addedLineCharsMax, type DiffLine, lineDiff } from './line-diff.ts'

export const text: Gate = {
  name: 'text',
  title: 'Visible text',
  inspect({ patch }) {
    const changes = [...patch.changes, ...patch.offers]
    return { findings: changes.flatMap(inspectChange), lookedAt: `added lines of ${countOf(changes)}` }
  },
}

/** One file's lines of a kind: more of them say nothing new. */
const linesShownMax = 5

function inspectChange(change: FileChange): Finding[] {
  const { added } = lineDiff(change)
  const long = isLockFile(change.path) ? [] : added.filter((line) => line.text.length > addedLineCharsMax)
  return [
    ...hiddenLines(change).map((line) => hiddenFinding(change.path, line)),
    ...long.slice(0, linesShownMax).map((line) => longFinding(change.path, line)),
  ]
}

function hiddenLines(change: FileChange): DiffLine[] {
  const { added, removed } = lineDiff(change)
  const found: DiffLine[] = []
  let kept: Set<string> | undefined
  for (const line of added) {
    const hidden = hiddenIn(line)
    if (hidden === '') continue
    kept ??= new Set(removed.map(hiddenIn))
    if (!kept.has(hidden)) found.push(line)
    if (found.length === linesShownMax) break
  }
  return found
}

/** A line edited elsewhere may keep what it had, such as a joiner in a Persian word. */
function hiddenIn({ text }: DiffLine): string {
  return hiddenCharacters(text).join('')
}

function hiddenFinding(path: string, line: DiffLine): Finding {
  const codes = [...new Set(hiddenCharacters(line.text))].slice(0, 3).map(showHidden).join(', ')
  const message =
    `Line ${line.line} adds characters that nobody sees: ${codes}. ` +
    'They can make code read otherwise than it runs. Write the line without them, or use the escape of the language.'
  return block('text/hidden-character', path, line.line, message)
}

function longFinding(path: string, { line, text }: DiffLine): Finding {
  const message =
    `Line ${line} would have ${text.length} characters; ${addedLineCharsMax} are allowed. ` +
    'Minified or encoded code cannot be reviewed. Add readable lines, or build the file in CI.'
  return block('text/overlong-line', path, line, message)
}
