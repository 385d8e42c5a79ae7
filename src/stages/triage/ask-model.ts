/** Asks the model for the class of a failure that no rule knows. Code decides what its answer may change. */
import { z } from 'zod'
import { type AgentFile, leadOf } from '../../agent/load-agents.ts'
import { renderPrompt } from '../../agent/render-prompt.ts'
import type { Citation, Diagnosis, Remedy } from '../../domain/diagnosis.ts'
import type { Evidence, JobLog, LogLine } from '../../domain/evidence.ts'
import { firstFailedStep } from '../../domain/failed-job.ts'
import { type FailureClass, failureClasses } from '../../domain/failure-class.ts'
import type { Repair } from '../../domain/repair.ts'
import { dropHidden } from '../../report/visible-text.ts'
import type { Services } from '../../services.ts'

/** The rules call a failure `other` with 0.2. A rule that is at least this sure is not asked about again. */
const sureFrom = 0.5

/**
 * What a model's class counts for: more than no class, less than any rule. It is the same for every answer, as
 * a model is no judge of its own certainty.
 */
const modelConfidence = 0.5

/** More would bury the telling line among its echoes. */
const citationsMax = 10

/** A sentence. The prompt asks for 200; more than this is a text. */
const summaryCharsMax = 300

/** About 20,000 tokens: fits the window of small models, and the cause stands near the end or a citation. */
const logBytesMax = 60 * 1024

/** What is longer is data or minified code; a cause is told in its first words. */
const lineCharsMax = 1_000

/** A cause is often told above the line that says "error", and seldom far below it. */
const linesAround = { before: 20, after: 10 }

/** Not for a model to say: the API tells the first two, and a flaky test is told by a second run, not by a log. */
const notOffered: readonly FailureClass[] = ['passing', 'cancelled', 'flaky-test']

const offered = failureClasses.filter((name) => !notOffered.includes(name))

const answerSchema = z.strictObject({
  failureClass: z.enum(offered),
  citations: z.array(z.strictObject({ job: z.int(), line: z.int() })),
  summary: z.string(),
})
type Answer = z.infer<typeof answerSchema>

type AskServices = Pick<Services, 'agents' | 'prompts' | 'model' | 'log'>

/**
 * The model's diagnosis where the rules are unsure; else, and whenever the model is of no help, the rules'.
 * Never throws for the model's sake.
 */
export async function askModel(
  repair: Pick<Repair, 'id'>,
  evidence: Pick<Evidence, 'logs' | 'failedJobs'>,
  rules: Diagnosis,
  services: AskServices,
): Promise<Diagnosis> {
  const { model, log } = services
  const isUnsure = rules.failureClass === 'other' && rules.confidence < sureFrom
  // Without a kept line nothing can be cited, so no answer could count.
  if (!model || !isUnsure || evidence.logs.every(({ lines }) => lines.length === 0)) return rules
  const question = { ...renderQuestion(evidence, rules, services), schema: answerSchema, name: 'Diagnosis' }
  const fields = { repairId: repair.id, model: model.name }
  try {
    const { output, cost } = await model.answer(question)
    const diagnosis = readAnswer(output, evidence.logs, services.agents)
    log.info({ ...fields, cost, failureClass: diagnosis?.failureClass ?? null }, 'the model was asked')
    return diagnosis ?? rules
  } catch (error) {
    log.warn({ ...fields, error }, 'the model gave no answer; the rules stand')
    return rules
  }
}

function renderQuestion(
  evidence: Pick<Evidence, 'logs' | 'failedJobs'>,
  rules: Diagnosis,
  { agents, prompts }: Pick<Services, 'agents' | 'prompts'>,
): { system: string; user: string } {
  return renderPrompt(prompts.triage, {
    classes: offered.map((name) => `- \`${name}\` (${leadOf(agents, name)})`).join('\n'),
    jobs: evidence.logs.map((log, index) => describeJob(log, index + 1, evidence)).join('\n'),
    log: showLines(evidence.logs, rules.citations),
  })
}

function describeJob(log: JobLog, number: number, { failedJobs }: Pick<Evidence, 'failedJobs'>): string {
  const job = failedJobs.find(({ id }) => id === log.jobId)
  const step = job && firstFailedStep(job)
  return oneLine(`job ${number}: ${log.jobName}${step ? `, failed in step "${step.name}"` : ''}`)
}

/** The lines around the citations, then the ends of the logs, as far as there is room; in order, numbered. */
function showLines(logs: readonly JobLog[], citations: readonly Citation[]): string {
  const shown = new Set<LogLine>()
  let room = logBytesMax
  for (const line of byImportance(logs, citations)) {
    if (shown.has(line)) continue
    room -= Buffer.byteLength(showLine(line))
    if (room < 0) break
    shown.add(line)
  }
  return logs
    .map(({ lines }, index) =>
      [`job ${index + 1}:`, ...lines.filter((line) => shown.has(line)).map(showLine)].join('\n'),
    )
    .join('\n\n')
}

function* byImportance(logs: readonly JobLog[], citations: readonly Citation[]): Generator<LogLine> {
  for (const { jobId, line } of citations) {
    const lines = logs.find((log) => log.jobId === jobId)?.lines ?? []
    const at = lines.findIndex((kept) => kept.line === line)
    if (at !== -1) yield* lines.slice(Math.max(0, at - linesAround.before), at + linesAround.after + 1)
  }
  const longest = Math.max(...logs.map(({ lines }) => lines.length))
  for (let back = 1; back <= longest; back += 1) {
    for (const { lines } of logs) {
      const line = lines.at(-back)
      if (line) yield line
    }
  }
}

function showLine({ line, text }: LogLine): string {
  return `${line}| ${oneLine(text.slice(0, lineCharsMax))}`
}

/** What of an answer can be trusted: a class of the list, lines that exist, and a sentence to show. */
function readAnswer(
  answer: Answer,
  logs: readonly JobLog[],
  agents: readonly AgentFile[],
): Diagnosis | undefined {
  const { failureClass } = answer
  const citations = findCited(answer.citations, logs)
  const summary = oneLine(answer.summary).trim().slice(0, summaryCharsMax).toWellFormed()
  if (failureClass === 'other' || citations.length === 0 || summary === '') return undefined
  return {
    failureClass,
    remedy: remedyOf(failureClass),
    lead: leadOf(agents, failureClass),
    confidence: modelConfidence,
    summary: `Read by a model, as no rule knows this failure: ${summary}`,
    citations,
  }
}

/** The kept lines that were named, each once. The text comes from the log, never from the answer. */
function findCited(named: Answer['citations'], logs: readonly JobLog[]): Citation[] {
  const cited = new Map<string, Citation>()
  for (const { job, line } of named) {
    const log = logs[job - 1]
    const found = log?.lines.find((kept) => kept.line === line)
    if (log && found) cited.set(`${job}:${line}`, { jobId: log.jobId, line, text: found.text })
    if (cited.size === citationsMax) break
  }
  return [...cited.values()]
}

/** What a class that a model chose leads to. Nothing here pushes: a playbook still checks the repository. */
export function remedyOf(failureClass: FailureClass): Remedy {
  switch (failureClass) {
    case 'network-outage':
    case 'rate-limited':
    case 'runner-lost':
      return 'rerun'
    case 'missing-secret':
    case 'expired-credential':
    case 'billing-quota':
    case 'workflow-permission':
    case 'hash-mismatch':
      return 'human'
    default:
      return 'agents'
  }
}

function oneLine(text: string): string {
  return dropHidden(text.replaceAll(/[\r\n\t\u2028\u2029]+/g, ' ')).trimEnd()
}
