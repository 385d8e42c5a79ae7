/** What CI, the checks and the trial of the image said; every figure with what it was measured on. */
import type { Check } from '../../domain/verdict.ts'
import type { RunResult } from '../../domain/verification.ts'
import { bulletList, codeFence, codeSpan, details, escapeText, link, prose, table } from '../markdown.ts'
import { measured } from '../measurements.ts'
import { checkTitle } from '../messages/check-titles.ts'
import { checkOf, type ReportView, saysNotBuilt } from '../report-view.ts'
import { type WorkflowEvent, workflowEvents } from '../workflow-events.ts'

/** The section on the verification. */
export function verification(view: ReportView): string[] {
  if (!view.patch) return view.attempt ? [] : rerunResult(view)
  return [
    `## ${view.messages.heading.verification}`,
    ...outcome(view),
    ...runs(view),
    ...notices(view),
    ...proof(view),
    ...staticChecks(view),
    ...imageTrial(view),
    ...securityTable(view),
    ...measurements(view),
  ]
}

function rerunResult(view: ReportView): string[] {
  return view.standing === 'recovered'
    ? [`## ${view.messages.heading.verification}`, view.messages.conclusions.recovered]
    : []
}

function outcome(view: ReportView): string[] {
  const { attempt, messages } = view
  const text = messages.verification
  const verification = attempt?.verification
  if (!verification) return [text.none]
  if (verification.outcome === 'unverified' && verification.trigger === 'none') return notStarted(view)
  const told = view.language === 'en' && verification.summary !== '' ? ` ${prose(verification.summary)}` : ''
  return [`**${text[verification.outcome]}**${told}${messages.aside(text.triggers[verification.trigger])}`]
}

/** A dispatched run could deploy the fix branch, so a person must decide on it. */
function notStarted(view: ReportView): string[] {
  const { repair, messages, attempt } = view
  const events = workflowEvents(repair.evidence?.workflow?.text ?? '')
  const text = messages.verification
  const line =
    events.length > 0
      ? text.onlyOn(events.map((event) => eventText(event, view)).join(messages.separator))
      : text.unverified
  const summary = attempt?.verification?.summary ?? ''
  const told = view.language === 'en' ? ` ${prose(summary)}`.trimEnd() : ''
  const blocks = [`**${line}**${told}`]
  if (events.length > 0 && !events.some(({ event }) => event === 'workflow_dispatch'))
    return [...blocks, text.noDispatch]
  return [...blocks, text.yourself, codeFence(dispatchCommand(view), 'sh')]
}

function eventText({ event, branches }: WorkflowEvent, { messages }: ReportView): string {
  if (branches.length === 0) return codeSpan(event)
  const list = branches
    .slice(0, 10)
    .map((branch) => codeSpan(branch))
    .join(messages.separator)
  return messages.verification.event(codeSpan(event), list)
}

function dispatchCommand({ repair, attempt }: ReportView): string {
  const file = repair.run.workflowPath.split('/').at(-1) ?? ''
  const branch = attempt?.verification?.branch ?? repair.effects.branch ?? ''
  const words = [
    'gh',
    'workflow',
    'run',
    file,
    '--repo',
    `${repair.repository.owner}/${repair.repository.name}`,
    '--ref',
    branch,
  ]
  return words.map(shellWord).join(' ')
}

function shellWord(word: string): string {
  return /^[\w./@:-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function runs(view: ReportView): string[] {
  const { attempt, messages } = view
  const { before, after } = attempt?.verification ?? {}
  const text = messages.verification
  const rows = [
    ...(before ? [runRow(text.before, before, view)] : []),
    ...(after ? [runRow(text.after, after, view)] : []),
  ]
  if (rows.length === 0) return []
  return [table(['', text.run, text.conclusion, text.duration, text.tests], rows)]
}

function runRow(label: string, run: RunResult, { messages, repositoryUrl }: ReportView): string[] {
  const text = messages.verification
  return [
    label,
    link(codeSpan(`${run.runId} (${run.headSha.slice(0, 12)})`), run.htmlUrl, repositoryUrl),
    codeSpan(run.conclusion ?? run.status ?? text.unknown),
    run.durationSeconds === null ? messages.measure.not : text.seconds(run.durationSeconds),
    run.testCount === null ? text.unknown : String(run.testCount),
  ]
}

/** What a green run left undone must not be read over. */
function notices(view: ReportView): string[] {
  const { attempt, messages } = view
  const found = [...new Set(attempt?.verification?.after?.notices ?? [])]
  if (found.length === 0) return []
  const list = bulletList(found.slice(0, 10).map((notice) => codeSpan(notice)))
  return [
    ...(saysNotBuilt(view) ? [`⚠️ ${messages.verification.notBuilt}`] : []),
    messages.verification.notices,
    list,
  ]
}

function proof({ attempt, messages, language }: ReportView): string[] {
  const checks = attempt?.verification?.checks ?? []
  if (checks.length === 0) return []
  const rows = checks.map((check) => [
    prose(checkTitle(check, language)),
    messages.outcomes[check.outcome],
    escapeText(check.detail),
  ])
  const { field, verification } = messages
  return [`### ${verification.proof}`, table([field.check, field.result, field.detail], rows)]
}

/** Ids such as `E7`, `W23`, `I30`. */
const staticCheckId = /^[EWI][0-9]{1,2}$/

function staticChecks(view: ReportView): string[] {
  const checks = view.checks.filter(({ id }) => staticCheckId.test(id))
  if (checks.length === 0) return []
  const { messages } = view
  const open = checks.filter(({ outcome }) => outcome === 'failed' || outcome === 'warned')
  return [
    `### ${messages.heading.staticChecks}`,
    tally(checks, view),
    ...(open.length === 0 ? [] : [checkTable(open, view)]),
    details(messages.verification.allChecks, checkTable(checks, view)),
  ]
}

function tally(checks: readonly Check[], { messages }: ReportView): string {
  const of = (outcome: Check['outcome']) => checks.filter((check) => check.outcome === outcome).length
  return messages.verification.tally(
    of('passed'),
    of('warned'),
    of('failed'),
    of('informed'),
    of('not_applicable') + of('not_run'),
  )
}

/** A table of checks with their ids. */
function checkTable(checks: readonly Check[], { messages, language }: ReportView): string {
  const { field, outcomes } = messages
  const rows = checks.map((check) => [
    codeSpan(check.id),
    prose(checkTitle(check, language)),
    outcomes[check.outcome],
    codeSpan(check.detail),
  ])
  return table(['', field.check, field.result, field.detail], rows)
}

function imageTrial(view: ReportView): string[] {
  const { attempt, dockerfile, messages } = view
  if (!dockerfile) return []
  const trial = attempt?.imageTrial
  if (!trial) return [messages.verification.noTrial]
  return [`### ${messages.verification.trial(codeSpan(trial.builder))}`, checkTable(trial.checks, view)]
}

function securityTable(view: ReportView): string[] {
  const { dockerfile, messages, patch } = view
  if (!dockerfile) return []
  const text = messages.security
  const hasIgnoreFile = patch?.changes.some(
    ({ path, after }) => path.endsWith('.dockerignore') && after !== null,
  )
  const isInTree = view.repair.evidence?.tree.some(({ path }) => path.endsWith('.dockerignore'))
  const rows = [
    [text.nonRoot, ...statusOf(view, 'E7')],
    [text.healthCheck, ...statusOf(view, 'W25')],
    [text.minimal, ...statusOf(view, 'W23')],
    [text.cache, ...statusOf(view, 'W22')],
    [text.ignoreFile, hasIgnoreFile || isInTree ? text.present : text.absent, ''],
  ]
  return [
    `### ${messages.heading.securityCheck}`,
    table([messages.field.item, messages.field.status, messages.field.detail], rows),
  ]
}

function statusOf(view: ReportView, id: string): string[] {
  const check = checkOf(view, id)
  if (!check) return [view.messages.security.notChecked, '']
  return [view.messages.outcomes[check.outcome], `${codeSpan(id)} ${codeSpan(check.detail)}`]
}

const wantedMetrics = ['image-size', 'build-time-first', 'build-time-cached', 'start-up-time']

function measurements(view: ReportView): string[] {
  const { messages, dockerfile } = view
  const { measure, field, heading } = messages
  const rows = [...(dockerfile ? trialRows(view) : []), ...durationRows(view)]
  if (rows.length === 0) return []
  return [`### ${heading.measured}`, table([field.metric, measure.value, measure.on], rows)]
}

/** The four figures of the founding case always have a row, measured or not. */
function trialRows({ attempt, messages }: ReportView): string[][] {
  const { measure } = messages
  const found = attempt?.imageTrial?.measurements ?? []
  const others = found.map(({ metric }) => metric).filter((metric) => !wantedMetrics.includes(metric))
  return [...wantedMetrics, ...new Set(others)].map((metric) => {
    const measurement = found.find((each) => each.metric === metric)
    const name = Object.hasOwn(measure.names, metric) ? (measure.names[metric] ?? metric) : codeSpan(metric)
    return measurement
      ? [name, measured(measurement, messages), escapeText(measurement.measuredOn)]
      : [name, measure.not, '—']
  })
}

function durationRows(view: ReportView): string[][] {
  const { attempt, messages } = view
  const { before, after } = attempt?.verification ?? {}
  const { measure } = messages
  return [
    ...(before ? [durationRow(measure.workflowBefore, before, view)] : []),
    ...(after ? [durationRow(measure.workflowAfter, after, view)] : []),
  ]
}

function durationRow(label: string, run: RunResult, { messages, repositoryUrl }: ReportView): string[] {
  const value =
    run.durationSeconds === null ? messages.measure.not : messages.verification.seconds(run.durationSeconds)
  return [label, value, link(`GitHub Actions ${codeSpan(String(run.runId))}`, run.htmlUrl, repositoryUrl)]
}
