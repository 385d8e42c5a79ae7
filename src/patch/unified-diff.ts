/** File changes as text that `git apply` takes and people read. */
import { structuredPatch } from 'diff'
import type { FileChange } from '../domain/patch.ts'

/** Git's own number of context lines: with fewer a reader loses the place, with more the diff grows. */
const contextLines = 3

/**
 * The changes as one git-style unified diff, in the given order; empty when nothing differs.
 * Creations say `new file mode`, deletions `deleted file mode`; a missing newline at the end is marked.
 */
export function unifiedDiff(changes: readonly FileChange[]): string {
  return changes.map(fileDiff).join('')
}

function fileDiff(change: FileChange): string {
  if (change.before === change.after) return ''
  return [...headerLines(change), ...bodyLines(change)].map((line) => `${line}\n`).join('')
}

function headerLines({ path, mode, before, after }: FileChange): string[] {
  const header = [`diff --git ${quoted(`a/${path}`)} ${quoted(`b/${path}`)}`]
  if (before === null) header.push(`new file mode ${mode}`)
  if (after === null) header.push(`deleted file mode ${mode}`)
  return header
}

function bodyLines({ path, before, after }: FileChange): string[] {
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, {
    context: contextLines,
  })
  if (hunks.length === 0) return []
  const names = [
    `--- ${before === null ? '/dev/null' : quoted(`a/${path}`)}`,
    `+++ ${after === null ? '/dev/null' : quoted(`b/${path}`)}`,
  ]
  return [...names, ...hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines])]
}

type Hunk = ReturnType<typeof structuredPatch>['hunks'][number]

function hunkHeader({ oldStart, oldLines, newStart, newLines }: Hunk): string {
  return `@@ -${hunkRange(oldStart, oldLines)} +${hunkRange(newStart, newLines)} @@`
}

/** Git counts an empty side from the line before it, and leaves out a count of one. */
function hunkRange(start: number, lines: number): string {
  if (lines === 0) return `${start - 1},0`
  return lines === 1 ? `${start}` : `${start},${lines}`
}

/** Git quotes names with control characters, quotes or backslashes; a line feed would forge a header. */
function quoted(name: string): string {
  if (!/["\\\p{Cc}]/u.test(name)) return name
  return `"${name.replace(/["\\\p{Cc}]/gu, escaped)}"`
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  return [...Buffer.from(character)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
