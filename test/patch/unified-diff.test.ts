import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import type { FileChange } from '../../src/domain/patch.ts'
import { sameInAll } from '../../src/domain/text.ts'
import { unifiedDiff } from '../../src/patch/unified-diff.ts'

function change(part: Partial<FileChange>): FileChange {
  return { path: 'a.txt', mode: '100644', before: null, after: null, reason: sameInAll('test'), ...part }
}

/** Applies the diff with git, the reader it is written for, and returns the file. */
function applied(diff: string, path: string, before: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), 'diff-'))
  try {
    if (before !== null) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), before)
    }
    execFileSync('git', ['init', '-q'], { cwd: folder })
    execFileSync('git', ['apply', '-'], { cwd: folder, input: diff })
    return readFileSync(join(folder, path), 'utf8')
  } finally {
    rmSync(folder, { recursive: true })
  }
}

it('writes a new file as git does', () => {
  expect(unifiedDiff([change({ path: 'docker/a.txt', after: 'one\ntwo\n' })])).toBe(
    [
      'diff --git a/docker/a.txt b/docker/a.txt',
      'new file mode 100644',
      '--- /dev/null',
      '+++ b/docker/a.txt',
      '@@ -0,0 +1,2 @@',
      '+one',
      '+two',
      '',
    ].join('\n'),
  )
})

it('writes a deletion, and an empty new file without hunks', () => {
  expect(unifiedDiff([change({ before: 'x\n' }), change({ path: 'empty', after: '', mode: '100755' })])).toBe(
    [
      'diff --git a/a.txt b/a.txt',
      'deleted file mode 100644',
      '--- a/a.txt',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-x',
      'diff --git a/empty b/empty',
      'new file mode 100755',
      '',
    ].join('\n'),
  )
})

it('gives nothing for a change that changes nothing', () => {
  expect(unifiedDiff([change({ before: 'same\n', after: 'same\n' })])).toBe('')
})

it.each([
  ['a line in the middle', 'a\nb\nc\nd\ne\nf\ng\nh\n', 'a\nb\nc\nX\ne\nf\ng\nh\n'],
  ['an added end without a newline', 'a\n', 'a\nb'],
  ['a removed newline', 'a\nb\n', 'a\nb'],
  ['CRLF lines', 'a\r\nb\r\n', 'a\r\nc\r\n'],
  ['two places', `${'x\n'.repeat(30)}`, `y\n${'x\n'.repeat(28)}z\n`],
  ['a new file', null, '--- a/evil\n+++ b/evil\n'],
])('survives git apply: %s', (_, before, after) => {
  const diff = unifiedDiff([change({ path: 'dir/file.txt', before, after })])

  expect(applied(diff, 'dir/file.txt', before)).toBe(after)
})

it('quotes a path that would forge a header', () => {
  const path = 'a"b\\c\n+++ b/other'

  const diff = unifiedDiff([change({ path, after: 'x\n' })])

  expect(diff.split('\n').filter((line) => line.startsWith('+++'))).toEqual([
    '+++ "b/a\\"b\\\\c\\012+++ b/other"',
  ])
})
