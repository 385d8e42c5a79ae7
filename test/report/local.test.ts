import { expect, it } from 'vitest'
import { renderReport } from '../../src/report/render-report.ts'
import { attemptWith, evidenceWith, repairWith } from '../support/repairs.ts'

const context = { now: new Date('2026-01-02T03:04:05Z'), serverUrl: 'https://github.com' }
const log = {
  jobId: 0,
  jobName: 'failed',
  lines: [{ line: 1, text: 'ERROR: it broke' }],
  account: { lines: 1, bytes: 15, keptLines: 1, keptBytes: 15, truncated: false },
  missing: null,
}
const repair = repairWith({
  trigger: { kind: 'command_line' },
  evidence: evidenceWith({ logs: [log] }),
  diagnosis: {
    failureClass: 'other',
    remedy: 'agents',
    lead: 'devops-coordinator',
    confidence: 0.2,
    summary: 'It broke.',
    citations: [{ jobId: 0, line: 1, text: 'ERROR: it broke' }],
  },
  attempts: [attemptWith()],
})

it('names no run, no job id and no page of GitHub for a repair on a local clone', () => {
  const { markdown } = renderReport(repair, context)

  expect(markdown).not.toContain('https://github.com')
  expect(markdown).not.toContain('/actions/runs/')
  expect(markdown).toContain('- Commit `1f1f1f1f1f1f`')
  expect(markdown).toContain('Job `failed`, log line 1: `ERROR: it broke`')
})
