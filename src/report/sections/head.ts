/** Title, date, who acted, problem and status. */
import type { PatchAuthor } from '../../domain/patch.ts'
import { codeSpan, escapeText, prose, table } from '../markdown.ts'
import type { Messages } from '../messages/en.ts'
import { problemOf } from '../messages/failure-classes.ts'
import { documentTitle } from '../report-title.ts'
import type { ReportView } from '../report-view.ts'

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
function agentsOf({ attempt, messages }: ReportView): string {
  if (!attempt) return messages.nobodyYet
  const author = authorName(attempt.patch.author, messages)
  const reviewers = attempt.verdicts.map(({ reviewer }) => reviewerName(reviewer, messages))
  return [...new Set([author, ...reviewers])].join(', ')
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
  if (!failureClass) return messages.problemLine(escapeText(repair.run.workflowName))
  return `${messages.problemLine(problemOf(failureClass, language))} (${codeSpan(failureClass)})`
}

function standingReason({ repair, messages }: ReportView): string[] {
  if (repair.conclusion === null) return []
  const meaning = isPatchWaiting(repair)
    ? messages.verification.unverified
    : messages.conclusions[repair.conclusion]
  const reason = repair.reason === null || repair.conclusion === 'repaired' ? '' : ` ${prose(repair.reason)}`
  return [`${meaning}${reason}`]
}

function isPatchWaiting(repair: ReportView['repair']): boolean {
  return repair.conclusion === 'diagnosed' && repair.attempts.length > 0
}
