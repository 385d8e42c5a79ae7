/** Counts what a change adds and removes. */
import { structuredPatch } from 'diff'
import type { FileChange } from '../domain/patch.ts'

export interface ChangedLines {
  readonly added: number
  readonly removed: number
}

/** Added and removed lines of several changes together, as `git diff --stat` counts them. */
export function changedLines(changes: readonly FileChange[]): ChangedLines {
  const lines = changes.flatMap(({ path, before, after }) =>
    structuredPatch(path, path, before ?? '', after ?? '').hunks.flatMap((hunk) => hunk.lines),
  )
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  }
}
