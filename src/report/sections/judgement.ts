/** Risk, the verdicts with their findings, attempts and cost. */
import type { Attempt } from '../../domain/attempt.ts'
import type { Finding, Verdict } from '../../domain/verdict.ts'
import { changedLines } from '../changed-lines.ts'
import { bulletList, codeSpan, details, escapeText, numberedList, prose, table } from '../markdown.ts'
import { checkTitle } from '../messages/check-titles.ts'
import { findingTitle } from '../messages/finding-titles.ts'
import { japaneseFindings } from '../messages/japanese-findings.ts'
import type { ReportView } from '../report-view.ts'
import { told } from '../told.ts'
import { authorName, reviewerName } from './head.ts'

const findingsMax = 30

/** What the change can break, and the way back. */
export function risk(view: ReportView): string[] {
  const { patch, messages, attempt, repair } = view
  if (!patch) return []
  const { added, removed } = changedLines(patch.changes)
  const warnings =
    attempt?.verdicts.flatMap(({ findings }) => findings).filter(({ severity }) => severity === 'warning')
      .length ?? 0
  const isNewOnly = patch.changes.length > 0 && patch.changes.every(({ before }) => before === null)
  const commit = repair.effects.headSha
  const text = messages.risk
  const points = [
    text.scope(patch.changes.length, added, removed),
    ...(isNewOnly ? [text.newOnly] : []),
    ...(warnings > 0 ? [text.warnings(warnings)] : []),
    commit === null ? text.rollbackUnmerged : text.rollback(codeSpan(`git revert ${commit}`)),
    ...(view.standing === 'resolved' ? [] : [text.unproved]),
  ]
  return [`## ${messages.heading.risk}`, bulletList(points)]
}

/** Who drafted, who reviewed, and what they found. Only those who really acted. */
export function verdicts(view: ReportView): string[] {
  const { attempt, messages } = view
  if (!attempt) return []
  const text = messages.verdict
  const rows = [
    [authorName(attempt.patch.author, messages), text.drafted, '—'],
    ...attempt.verdicts.map((verdict) => verdictRow(verdict, view)),
  ]
  return [
    `## ${messages.heading.verdicts}`,
    table([text.reviewer, text.decision, text.findings], rows),
    ...findingList(
      attempt.verdicts.flatMap(({ findings }) => findings),
      view,
    ),
    ...gateChecks(view),
  ]
}

function verdictRow({ reviewer, decision, findings }: Verdict, { messages }: ReportView): string[] {
  const text = messages.verdict
  const found = findings.length === 0 ? text.none : String(findings.length)
  return [
    reviewerName(reviewer, messages),
    decision === 'approve' ? text.approve : text.requestChanges,
    found,
  ]
}

function findingList(findings: readonly Finding[], view: ReportView): string[] {
  if (findings.length === 0) return []
  const items = findings.slice(0, findingsMax).map((finding) => findingLine(finding, view))
  return [`### ${view.messages.verdict.findingsTitle}`, numberedList(items)]
}

/** "❌ **Error ignored** (`workflow/error-ignored`), `ci.yml`, line 13: …". */
function findingLine(
  { code, severity, path, line, message }: Finding,
  { messages, language }: ReportView,
): string {
  const text = messages.verdict
  const title = findingTitle(code, language)
  const known =
    language === 'ja' && Object.hasOwn(japaneseFindings, code) ? japaneseFindings[code] : undefined
  const meaning = known === undefined ? prose(message) : `${prose(known)} 原文: ${prose(message)}`
  const name = title === null ? codeSpan(code) : `**${title}** (${codeSpan(code)})`
  return text.finding(text[severity], name, text.place(codeSpan(path), line), meaning)
}

function gateChecks(view: ReportView): string[] {
  const checks = view.attempt?.verdicts.find(({ reviewer }) => reviewer === 'gates')?.checks ?? []
  const gates = checks.filter(({ id }) => !/^[EWIR][0-9]/.test(id))
  if (gates.length === 0) return []
  const { field, outcomes, verdict } = view.messages
  const rows = gates.map((check) => [
    prose(checkTitle(check, view.language)),
    outcomes[check.outcome],
    escapeText(check.detail),
  ])
  return [details(verdict.gateChecks, table([field.check, field.result, field.detail], rows))]
}

/** What was tried, for a repair that ended without a fix: every attempt with what spoke against it. */
export function tried(view: ReportView): string[] {
  const { repair, messages } = view
  if (repair.conclusion !== 'exhausted') return []
  const blocks = repair.attempts.flatMap((attempt, index) => [
    `### ${messages.attempt.number} ${index + 1}: ${told(attempt.patch.title, view)}`,
    ...objections(attempt, view),
  ])
  return [`## ${messages.heading.tried}`, ...blocks]
}

function objections(attempt: Attempt, view: ReportView): string[] {
  const findings = attempt.verdicts.flatMap((verdict) => verdict.findings)
  const failedChecks = attempt.verification?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
  const points = [
    ...findings.slice(0, findingsMax).map((finding) => findingLine(finding, view)),
    ...failedChecks.map(
      (check) => `❌ ${prose(checkTitle(check, view.language))}: ${escapeText(check.detail)}`,
    ),
  ]
  return [told(attempt.patch.summary, view), ...(points.length === 0 ? [] : [bulletList(points)])]
}

/** One row an attempt. */
export function attempts(view: ReportView): string[] {
  const { repair, messages } = view
  if (repair.attempts.length === 0) return []
  const text = messages.attempt
  const header = [text.number, text.author, text.review, text.ci, text.tokens, text.cost]
  return [
    `## ${messages.heading.attempts}`,
    table(
      header,
      repair.attempts.map((attempt, index) => attemptRow(attempt, index, view)),
    ),
  ]
}

function attemptRow(
  { patch, verdicts: all, verification, cost }: Attempt,
  index: number,
  { messages }: ReportView,
): string[] {
  const text = messages.attempt
  const isRefused = all.some(({ decision }) => decision === 'request_changes')
  const tokens = `${cost.inputTokens.toLocaleString('en')} / ${cost.outputTokens.toLocaleString('en')}`
  const isFree = cost.inputTokens + cost.outputTokens === 0
  return [
    String(index + 1),
    authorName(patch.author, messages),
    all.length === 0
      ? text.notVerified
      : isRefused
        ? messages.verdict.requestChanges
        : messages.verdict.approve,
    verification ? text.outcomes[verification.outcome] : text.notVerified,
    tokens,
    isFree ? text.noModel : cost.dollars === null ? text.unknownPrice : text.dollars(cost.dollars),
  ]
}
