/** What every section of a report needs to know, gathered once. */
import type { Attempt } from '../domain/attempt.ts'
import type { FileChange, Patch } from '../domain/patch.ts'
import { currentAttempt, type Repair } from '../domain/repair.ts'
import type { Language } from '../domain/report.ts'
import type { Check } from '../domain/verdict.ts'
import { codeSpan, link } from './markdown.ts'
import type { Messages } from './messages/en.ts'
import { messagesOf } from './messages/messages-of.ts'
import { type Standing, standingOf } from './standing.ts'

export interface ReportContext {
  readonly now: Date
  /** GitHub's address, such as `https://github.com`. */
  readonly serverUrl: string
}

export interface ReportView {
  readonly repair: Repair
  readonly now: Date
  readonly language: Language
  readonly messages: Messages
  /** Links lead nowhere but below this address; empty for a local clone, which has no pages. */
  readonly repositoryUrl: string
  readonly standing: Standing
  readonly attempt: Attempt | null
  readonly patch: Patch | null
  /** The patch's facts by key. */
  readonly facts: ReadonlyMap<string, string>
  /** Every check of every verdict on the current patch. */
  readonly checks: readonly Check[]
  /** The production Dockerfile that the patch creates or changes. */
  readonly dockerfile: FileChange | null
}

/** The view of a repair. */
export function viewOf(repair: Repair, context: ReportContext): ReportView {
  const attempt = currentAttempt(repair) ?? null
  const patch = attempt?.patch ?? null
  const facts = new Map(patch?.facts.map(({ key, value }) => [key, value]))
  return {
    repair,
    now: context.now,
    language: repair.language,
    messages: messagesOf(repair.language),
    repositoryUrl: isLocal(repair)
      ? ''
      : `${context.serverUrl}/${repair.repository.owner}/${repair.repository.name}`,
    standing: standingOf(repair),
    attempt,
    patch,
    facts,
    checks: attempt?.verdicts.flatMap(({ checks }) => checks) ?? [],
    dockerfile: patch?.changes.find(({ path, after }) => after !== null && isDockerfile(path, facts)) ?? null,
  }
}

/** True for a repair on a local clone: there is no run, no job and no page on GitHub to speak of. */
export function isLocal(repair: Repair): boolean {
  return repair.trigger.kind === 'command_line'
}

function isDockerfile(path: string, facts: ReadonlyMap<string, string>): boolean {
  return path === facts.get('dockerfile') || /(?:^|\/)(?:Docker|Container)file$/.test(path)
}

/** The check of an id, if it was made. */
export function checkOf({ checks, attempt }: ReportView, id: string): Check | null {
  return (
    checks.find((check) => check.id === id) ??
    attempt?.imageTrial?.checks.find((check) => check.id === id) ??
    null
  )
}

/** The failed run, as a link. */
export function runLink(view: ReportView): string {
  const { run } = view.repair
  return repositoryLink(view, String(run.id), `/actions/runs/${run.id}`)
}

/** A link to a place in the repository; the label stands in a code span. */
export function repositoryLink(view: ReportView, label: string, path: string): string {
  return link(codeSpan(label), `${view.repositoryUrl}${path}`, view.repositoryUrl)
}

/** True when the log of the run on the fix says that the image was not built. */
export function saysNotBuilt({ attempt }: ReportView): boolean {
  return attempt?.verification?.after?.notices.some((notice) => /\bnot built\b/i.test(notice)) ?? false
}
