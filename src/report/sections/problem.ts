/** What failed, as seen, why, and how we know. */
import type { Citation } from '../../domain/diagnosis.ts'
import { totalLogAccount } from '../../domain/evidence.ts'
import { firstFailedStep } from '../../domain/failed-job.ts'
import type { Repair } from '../../domain/repair.ts'
import { bulletList, codeFence, codeSpan, escapeText, link, numberedList, prose } from '../markdown.ts'
import { isLocal, type ReportView, repositoryLink, runLink } from '../report-view.ts'
import { told } from '../told.ts'

/** An error message is shown up to here; the rest is one click away. */
const errorCharsMax = 3_000
const citationsMax = 12

/** The section on the problem. */
export function problem(view: ReportView): string[] {
  const { messages } = view
  return [
    `## ${messages.heading.problem}`,
    ...errorContent(view),
    ...workflowExcerpt(view),
    ...rootCause(view),
    ...evidence(view),
    ...ruledOut(view),
  ]
}

function errorContent({ repair, messages }: ReportView): string[] {
  const lines = repair.diagnosis?.citations.slice(0, citationsMax).map(({ text }) => text) ?? []
  if (lines.length === 0) return []
  return [`### ${messages.heading.errorContent}`, codeFence(lines.join('\n'), 'text', errorCharsMax)]
}

function workflowExcerpt(view: ReportView): string[] {
  const { facts, messages } = view
  const excerpt = facts.get('workflow-excerpt')
  if (excerpt === undefined) return []
  const file = facts.get('workflow-file') ?? ''
  const heading = `### ${messages.heading.workflowLog}`
  const place = file === '' ? [] : [workflowPlace(view, file)]
  return [heading, ...place, codeFence(markedExcerpt(view, excerpt), 'yaml', errorCharsMax)]
}

function workflowPlace(view: ReportView, file: string): string {
  const line = view.facts.get('workflow-line') ?? ''
  const anchor = /^[0-9]{1,7}$/.test(line) ? `#L${line}` : ''
  return repositoryLink(
    view,
    `${file}${anchor === '' ? '' : `:${line}`}`,
    `/blob/${view.repair.run.headSha}/${urlPath(file)}${anchor}`,
  )
}

function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** The line that names the missing file gets the mark, as the reader's eye looks for it. */
function markedExcerpt({ facts, messages, repair }: ReportView, excerpt: string): string {
  const name = (facts.get('dockerfile') ?? '').split('/').at(-1) ?? ''
  const lines = excerpt.split('\n')
  const named = lines.findIndex((line) => /\bfile:/.test(line) && line.includes(name))
  const guilty = named >= 0 ? named : lines.findIndex((line) => name !== '' && line.includes(name))
  const mark =
    repair.diagnosis?.failureClass === 'missing-dockerfile' ? messages.guiltyLine : messages.guiltyLineOther
  return lines.map((line, index) => (index === guilty ? withMark(line.trimEnd(), mark) : line)).join('\n')
}

/** The mark as a comment, or at the end of the comment that the line already has. */
function withMark(line: string, mark: string): string {
  const isCommented = /(?:^|\s)#/.test(line.replaceAll(/"[^"]*"|'[^']*'/g, ''))
  return isCommented ? `${line} ${mark}` : `${line}  # ${mark}`
}

function rootCause(view: ReportView): string[] {
  const points = view.patch?.rootCause ?? []
  const summary = view.repair.diagnosis?.summary
  const own = ownCauses(view)
  const details =
    points.length > 0 ? points.map((point) => told(point, view)) : summary ? [prose(summary)] : []
  if (own.length === 0 && details.length === 0) return []
  const heading = `### ${view.messages.heading.rootCause}`
  if (own.length === 0) return [heading, numberedList(details)]
  // The playbook's own points say the same as these; an agent's may say more.
  if (points.length === 0 || view.patch?.author.kind === 'playbook') return [heading, numberedList(own)]
  return [heading, numberedList(own), view.messages.cause.inOtherWords, bulletList(details)]
}

/** For the missing Dockerfile the facts alone tell the cause, in the report's language. */
function ownCauses({ repair, facts, patch, messages, dockerfile }: ReportView): string[] {
  const isAbsent = repair.diagnosis?.failureClass === 'missing-dockerfile' && dockerfile?.before === null
  if (!isAbsent || !patch) return []
  const development = facts.get('development-file')
  return [
    messages.cause.fileAbsent(codeSpan(dockerfile.path)),
    ...(development === undefined ? [] : [messages.cause.developmentOnly(codeSpan(development))]),
    messages.cause.ciExpects,
  ]
}

function evidence(view: ReportView): string[] {
  const { repair, messages } = view
  const commit = codeSpan(repair.run.headSha.slice(0, 12))
  const points = [
    isLocal(repair) ? messages.evidenceCommit(commit) : messages.evidenceRun(runLink(view), commit),
    ...(repair.diagnosis?.citations.slice(0, citationsMax).map((citation) => citationPoint(view, citation)) ??
      []),
    ...comparison(view),
    ...missingLogs(view),
    ...logAccount(view),
  ]
  return [`### ${messages.heading.evidence}`, bulletList(points)]
}

function citationPoint(view: ReportView, { jobId, line, text }: Citation): string {
  const { repair, messages } = view
  const job = repair.evidence?.failedJobs.find(({ id }) => id === jobId)
  const step = job ? firstFailedStep(job) : undefined
  const anchor = step ? `#step:${step.number}:${line}` : ''
  const url = `${view.repositoryUrl}/actions/runs/${repair.run.id}/job/${jobId}${anchor}`
  const place = link(messages.logLine(line), url, view.repositoryUrl)
  return `${messages.evidenceLine(codeSpan(job?.name ?? jobNameOf(repair, jobId)), step ? codeSpan(step.name) : null, place)}: ${codeSpan(text)}`
}

/** The log's own name, where the job is not known from GitHub. */
function jobNameOf({ evidence }: Repair, jobId: number): string {
  return evidence?.logs.find((log) => log.jobId === jobId)?.jobName ?? String(jobId)
}

function comparison({ repair, messages, repositoryUrl }: ReportView): string[] {
  const { evidence } = repair
  if (!evidence) return []
  const green = evidence.lastGreen
  const first = green
    ? [messages.lastGreen(link(codeSpan(String(green.runId)), green.htmlUrl, repositoryUrl))]
    : isLocal(repair)
      ? []
      : [messages.noGreen]
  const compared = evidence.comparedWith
  return compared === null
    ? first
    : [...first, messages.cameWith(codeSpan(compared), evidence.changedFiles.length)]
}

function missingLogs({ repair, messages }: ReportView): string[] {
  return (repair.evidence?.logs ?? [])
    .filter(({ missing }) => missing !== null)
    .slice(0, 10)
    .map(({ jobName, missing }) => messages.noLog(codeSpan(jobName), escapeText(missing ?? '')))
}

function logAccount({ repair, messages }: ReportView): string[] {
  if (!repair.evidence || repair.evidence.logs.length === 0) return []
  const { keptLines, lines, bytes, truncated } = totalLogAccount(repair.evidence)
  return [messages.logAccount(keptLines, lines, bytes, truncated)]
}

function ruledOut(view: ReportView): string[] {
  const { patch, messages } = view
  const points =
    patch?.ruledOut.map(({ cause, because }) => messages.because(told(cause, view), told(because, view))) ??
    []
  return points.length === 0 ? [] : [`### ${messages.heading.ruledOut}`, bulletList(points)]
}
