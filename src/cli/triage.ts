/** `regreen triage`: names the cause of a failed job from its log alone. */
import { loadAgents } from '../agent/load-agents.ts'
import type { Diagnosis } from '../domain/diagnosis.ts'
import type { JobLog } from '../domain/evidence.ts'
import type { Services } from '../services.ts'
import { diagnose } from '../stages/triage/triage.ts'
import { type Command, exitDone, readArguments, usageError } from './command.ts'
import { logName, readLogFile } from './read-log-file.ts'

export const triage: Command = {
  name: 'triage',
  summary: 'Name the cause of a failed job from its log.',
  help: `Usage: regreen triage LOG [--json]
       regreen triage --jsonl LOG...

Reads a job's log (a file, or - for standard input) and names the failure class, who can mend it and the
lines that prove it. --json prints one object, --jsonl one object a line for each file.

Example:
  gh run view --job 123 --log | npx regreen triage -`,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      json: { type: 'boolean' },
      jsonl: { type: 'boolean' },
    })
    if (positionals.length === 0) throw usageError('Give the log to read')
    if (!values.jsonl && positionals.length > 1) throw usageError('Several logs need --jsonl')
    const services = { agents: await loadAgents() }
    for (const path of positionals) {
      const result = await triageFile(path, services)
      if (values.jsonl) console.log(JSON.stringify(result))
      else if (values.json) console.log(JSON.stringify(result, null, 2))
      else console.log(describe(result))
    }
    return exitDone
  },
}

interface TriageResult
  extends Pick<Diagnosis, 'failureClass' | 'remedy' | 'lead' | 'confidence' | 'summary'> {
  id: string
  evidence: { line: number; text: string }[]
  /** The ranges of lines that would be shown to a model. */
  excerptLines: [number, number][]
  log: JobLog['account']
  ms: number
}

async function triageFile(path: string, services: Pick<Services, 'agents'>): Promise<TriageResult> {
  const startedAt = performance.now()
  const log = await readLogFile(path)
  const { failureClass, remedy, lead, confidence, summary, citations } = diagnose({ logs: [log] }, services)
  return {
    id: logName(path),
    failureClass,
    remedy,
    lead,
    confidence,
    summary,
    evidence: citations.map(({ line, text }) => ({ line, text })),
    excerptLines: rangesOf(log.lines.map(({ line }) => line)),
    log: log.account,
    ms: Math.round((performance.now() - startedAt) * 10) / 10,
  }
}

function rangesOf(lines: readonly number[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const line of lines) {
    const last = ranges.at(-1)
    if (last && last[1] === line - 1) last[1] = line
    else ranges.push([line, line])
  }
  return ranges
}

function describe({ failureClass, remedy, lead, confidence, summary, evidence, log }: TriageResult): string {
  return [
    `${failureClass} (${Math.round(confidence * 100)} % sure)`,
    summary,
    '',
    ...evidence.map(({ line, text }) => `  ${String(line).padStart(6)}  ${text}`),
    '',
    `Remedy: ${remedy}. Lead: ${lead}.`,
    `Kept ${log.keptLines} of ${log.lines} lines${log.truncated ? '; the log was cut' : ''}.`,
  ].join('\n')
}
