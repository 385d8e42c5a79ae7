/** Gate: the patch is small enough to be read. */
import type { FileChange, Patch } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import { fileBytesMax, patchFilesMax, patchLinesMax } from '../../../limits.ts'
import { isLockFile } from './file-kinds.ts'
import { block, countOf, type Gate, isByAgents } from './gate.ts'
import { lineDiff, splitLines } from './line-diff.ts'

export const size: Gate = {
  name: 'size',
  title: 'Patch size',
  inspect({ patch }) {
    const lines = changedLines(patch)
    const findings = [
      ...emptiness(patch),
      ...onlyBlanks(patch),
      ...tooManyFiles(patch),
      ...tooManyLines(patch, lines),
      ...patch.changes.flatMap(fileShape),
    ]
    return { findings, lookedAt: `${countOf(patch.changes)}, ${lines} changed lines` }
  },
}

/** Added and removed lines, without lock files: their tool writes them, and nobody reads them line by line. */
function changedLines({ changes }: Patch): number {
  return changes
    .filter(({ path }) => !isLockFile(path))
    .map(lineDiff)
    .reduce((sum, { added, removed }) => sum + added.length + removed.length, 0)
}

function emptiness({ changes }: Patch): Finding[] {
  if (changes.length === 0) {
    return [
      block(
        'size/no-change',
        '.',
        null,
        'The patch changes nothing. Nothing can turn green by it. Propose a change, or say that none helps.',
      ),
    ]
  }
  return changes.filter(isNoChange).map(({ path }) => {
    const message =
      'The file stays as it is, though the patch lists it. A report would claim work that was not done. Leave the file out.'
    return block('size/no-change', path, null, message)
  })
}

/** From a model, blanks at line ends and blank lines are no repair: CI fails as before. Playbooks may format. */
function onlyBlanks(patch: Patch): Finding[] {
  const { changes } = patch
  const bare = (text: string | null) =>
    splitLines(text)
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .join('\n')
  const differs = changes.some(
    ({ before, after }) => before === null || after === null || bare(before) !== bare(after),
  )
  if (!isByAgents(patch) || differs || changes.every(isNoChange)) return []
  const message =
    'The patch changes only blanks at line ends and blank lines. That mends nothing which CI reported. Propose a change, or say that none helps.'
  return [block('size/no-change', changes[0]?.path ?? '.', null, message)]
}

/** The mode may change alone; whether it may is for paths-and-modes to say. */
function isNoChange({ before, after, mode }: FileChange): boolean {
  return before === after && (before === null || mode === '100644')
}

function tooManyFiles({ changes }: Patch): Finding[] {
  if (changes.length <= patchFilesMax) return []
  const message =
    `The patch changes ${changes.length} files; ${patchFilesMax} are allowed. ` +
    'A wide patch is not the smallest right fix, and nobody reads it to the end. Change only what the cause needs.'
  return [block('size/too-many-files', changes[patchFilesMax]?.path ?? '.', null, message)]
}

function tooManyLines({ changes }: Patch, lines: number): Finding[] {
  if (lines <= patchLinesMax) return []
  const message =
    `The patch changes ${lines} lines; ${patchLinesMax} are allowed. ` +
    'A long patch is not the smallest right fix, and nobody reads it to the end. Change only what the cause needs.'
  return [block('size/too-many-lines', changes[0]?.path ?? '.', null, message)]
}

function fileShape({ path, before, after }: FileChange): Finding[] {
  const findings: Finding[] = []
  const bytes = Buffer.byteLength(after ?? '')
  if (bytes > fileBytesMax) {
    const message =
      `The file would have ${bytes} bytes; ${fileBytesMax} are allowed. ` +
      'Regreen does not read larger files back, so it could not repair its own work. Split the file, or leave it to a person.'
    findings.push(block('size/file-too-large', path, null, message))
  }
  if (after?.includes('\0') || before?.includes('\0')) {
    const message =
      'The file holds a NUL byte, so it is binary. Nobody can review a binary change. Build such a file in CI instead.'
    findings.push(block('size/binary', path, null, message))
  }
  return findings
}
