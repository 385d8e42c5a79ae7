/** Gate: code, tests and settings still check what they checked, and open no new door. */
import type { FileChange } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import { lineMessage, lineRules } from './code/line-rules.ts'
import { loosenedChecks } from './code/loosened-checks.ts'
import { shrunkenTests } from './code/shrunken-tests.ts'
import { isLockFile } from './file-kinds.ts'
import { countOf, type Gate } from './gate.ts'
import { type DiffLine, scannedLines, scannedRemovedLines } from './line-diff.ts'

export const codeWorkarounds: Gate = {
  name: 'code-workarounds',
  title: 'Workarounds in code and tests',
  inspect({ patch }) {
    const changes = patch.changes.filter(({ path }) => !isLockFile(path))
    const findings = changes.flatMap((change) => [
      ...lineFindings(change),
      ...shrunkenTests(change),
      ...loosenedChecks(change),
    ])
    const lines = changes.reduce((sum, change) => sum + scannedLines(change).length, 0)
    return { findings, lookedAt: `${lines} added lines of ${countOf(changes)}` }
  },
}

function lineFindings(change: FileChange): Finding[] {
  const rules = lineRules.filter(({ applies }) => applies(change.path))
  const old = new Set(scannedRemovedLines(change).map(({ text }) => text.trim()))
  return scannedLines(change)
    .filter(({ text }) => text.trim() !== '' && !old.has(text.trim()))
    .flatMap((line) => lineFinding(change.path, line, rules))
}

/** One finding of each code for a line. */
function lineFinding(path: string, { line, text }: DiffLine, rules: typeof lineRules): Finding[] {
  const matching = rules.filter(({ patterns }) => patterns.every((pattern) => pattern.test(text)))
  const byCode = new Map(matching.map((rule) => [rule.code, rule]))
  return [...byCode.values()].map((rule) => ({
    code: rule.code,
    severity: rule.severity,
    path,
    line,
    message: lineMessage(rule, line),
  }))
}
