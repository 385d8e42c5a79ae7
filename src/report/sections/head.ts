/** Title, date, who acted, problem and status. */
import type { PatchAuthor } from '../../domain/patch.ts'
import { codeSpan, escapeText, prose, table } from '../markdown.ts'
import type { Messages } from '../messages/en.ts'
import { areaOf, problemOf } from '../messages/failure-classes.ts'
import { documentTitle } from '../report-title.ts'
import { type ReportView, saysNotBuilt } from '../report-view.ts'
import { told } from '../told.ts'

/** The head of the report. */
export function head(view: ReportView): string[] {
  const { repair, messages, standing } = view
  const { field } = messages
  const rows = [
    [`**${field.date}**`, dateOf(view)],
    [`**${field.agents}**`, agentsOf(view)],
    [`**${field.problem}**`, problemLine(view)],
    [`**${field.status}**`, `**${messages.standings[standing]}**`],
  ]
  return [`# ${documentTitle(repair)}`, table([field.item, field.detail], rows), ...standingReason(view)]
}

function dateOf({ now, messages }: ReportView): string {
  return new Intl.DateTimeFormat(messages.locale, { dateStyle: 'long', timeZone: 'UTC' }).format(now)
}

/** Only those who really acted. */
function agentsOf({ repair, attempt, messages }: ReportView): string {
  if (!attempt) return repair.diagnosis ? messages.triage : messages.nobodyYet
  const author = authorName(attempt.patch.author, messages)
  const reviewers = attempt.verdicts.map(({ reviewer }) => reviewerName(reviewer, messages))
  return [...new Set([author, ...reviewers])].join(messages.separator)
}

/** "playbook `missing-dockerfile`" or the role's name. */
export function authorName(author: PatchAuthor, messages: Messages): string {
  return author.kind === 'playbook' ? messages.playbook(codeSpan(author.name)) : codeSpan(author.role)
}

/** "gates" or the role's name. */
export function reviewerName(reviewer: string, messages: Messages): string {
  return reviewer === 'gates' ? messages.gates : codeSpan(reviewer)
}

/** "GitHub Actions Docker build failure (`missing-dockerfile`)". */
export function problemLine({ repair, messages, language }: ReportView): string {
  const failureClass = repair.diagnosis?.failureClass
  if (!failureClass) return messages.problemLine(escapeText(repair.run.workflowName), false)
  const isDocker = areaOf(failureClass, language) === areaOf('missing-dockerfile', language)
  return `${messages.problemLine(problemOf(failureClass, language), isDocker)} (${codeSpan(failureClass)})`
}

function standingReason(view: ReportView): string[] {
  const meaning = meaningOf(view)
  return meaning === null ? [] : [meaning]
}

/** What the conclusion means, with the reason that led to it; null while there is none. */
export function meaningOf(view: ReportView): string | null {
  const { repair, messages } = view
  if (repair.conclusion === null) return null
  const isPatchWaiting = repair.conclusion === 'diagnosed' && repair.attempts.length > 0
  const meaning = isPatchWaiting ? messages.verification.unverified : messages.conclusions[repair.conclusion]
  if (repair.conclusion === 'repaired' && saysNotBuilt(view))
    return `${meaning} ⚠️ ${messages.verification.notBuilt}`
  if (repair.humanSteps && repair.reason === repair.humanSteps.reason.en)
    return messages.sentences([meaning, told(repair.humanSteps.reason, view)])
  const isTold = repair.reason === null || repair.conclusion === 'repaired'
  return isTold ? meaning : `${meaning}${messages.reason(prose(repair.reason ?? ''))}`
}
