/** The lines that a change adds and removes. Gates judge only these: old sins are not the patch's. */
import { diffArrays } from 'diff'
import type { FileChange } from '../../../domain/patch.ts'

/** Beyond this many edits the exact diff costs quadratic time; the size gate refuses such a patch anyway. */
const editsMax = 2_000

/** Longer added lines are refused: code that no reviewer reads in one glance. Patterns see no more than this. */
export const addedLineCharsMax = 2_000

/** Patterns look no further into one file: a patch with so many lines is refused for its size. */
const scannedLinesMax = 2_000

export interface DiffLine {
  /** Counted from 1: in the file after the change for added lines, before it for removed ones. */
  readonly line: number
  readonly text: string
}

export interface LineDiff {
  readonly added: readonly DiffLine[]
  readonly removed: readonly DiffLine[]
}

const known = new WeakMap<FileChange, LineDiff>()

/** Added and removed lines of a change. Line endings do not count. */
export function lineDiff(change: FileChange): LineDiff {
  const stored = known.get(change)
  if (stored) return stored
  const diff = diffTexts(change.before, change.after)
  known.set(change, diff)
  return diff
}

/** Added lines as patterns may see them: bounded in number and length. */
export function scannedLines(change: FileChange): DiffLine[] {
  return bounded(lineDiff(change).added)
}

/** Removed lines, bounded likewise. */
export function scannedRemovedLines(change: FileChange): DiffLine[] {
  return bounded(lineDiff(change).removed)
}

/** The lines of a text without their endings; none for a text that does not exist. */
export function splitLines(text: string | null): string[] {
  if (text === null || text === '') return []
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function bounded(lines: readonly DiffLine[]): DiffLine[] {
  return lines
    .slice(0, scannedLinesMax)
    .map(({ line, text }) => ({ line, text: text.slice(0, addedLineCharsMax) }))
}

function diffTexts(before: string | null, after: string | null): LineDiff {
  const old = splitLines(before)
  const fresh = splitLines(after)
  const start = commonStart(old, fresh)
  const end = commonEnd(old, fresh, start)
  const oldMiddle = old.slice(start, old.length - end)
  const freshMiddle = fresh.slice(start, fresh.length - end)
  return diffMiddle(oldMiddle, freshMiddle, start)
}

function diffMiddle(old: string[], fresh: string[], offset: number): LineDiff {
  const parts =
    old.length + fresh.length < 20_000 ? diffArrays(old, fresh, { maxEditLength: editsMax }) : undefined
  if (!parts) return { added: numbered(fresh, offset), removed: numbered(old, offset) }
  const added: DiffLine[] = []
  const removed: DiffLine[] = []
  let oldLine = offset
  let freshLine = offset
  for (const part of parts) {
    if (part.added) added.push(...numbered(part.value, freshLine))
    if (part.removed) removed.push(...numbered(part.value, oldLine))
    if (!part.added) oldLine += part.value.length
    if (!part.removed) freshLine += part.value.length
  }
  return { added, removed }
}

function numbered(lines: readonly string[], offset: number): DiffLine[] {
  return lines.map((text, index) => ({ line: offset + index + 1, text }))
}

function commonStart(old: string[], fresh: string[]): number {
  const limit = Math.min(old.length, fresh.length)
  let count = 0
  while (count < limit && old[count] === fresh[count]) count++
  return count
}

function commonEnd(old: string[], fresh: string[], start: number): number {
  const limit = Math.min(old.length, fresh.length) - start
  let count = 0
  while (count < limit && old[old.length - 1 - count] === fresh[fresh.length - 1 - count]) count++
  return count
}
