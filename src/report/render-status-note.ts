/** The short note that stands where people look while a repair is under way. Edited in place. */
import { type Repair, repairMarker } from '../domain/repair.ts'
import { bulletList, codeSpan, escapeText } from './markdown.ts'
import { reportTitle } from './report-title.ts'
import { type ReportContext, type ReportView, repositoryLink, runLink, viewOf } from './report-view.ts'
import { meaningOf, problemLine } from './sections/head.ts'
import { told } from './told.ts'

/** A few lines: status, problem, where to look. */
export function renderStatusNote(repair: Repair, context: ReportContext): string {
  const view = viewOf(repair, context)
  const { messages, standing } = view
  const lead = messages.statusNote.lead(messages.standings[standing], escapeText(reportTitle(repair)))
  const points = [
    `${messages.field.problem}: ${problemLine(view)}`,
    messages.statusNote.failedRun(runLink(view)),
    ...pullRequest(view),
    ...whatNow(view),
  ]
  return [repairMarker(repair), lead, bulletList(points), ...steps(view)].join('\n\n')
}

function pullRequest(view: ReportView): string[] {
  const number = view.repair.effects.pullRequestNumber
  return number === null
    ? []
    : [view.messages.statusNote.pullRequest(repositoryLink(view, `#${number}`, `/pull/${number}`))]
}

function whatNow(view: ReportView): string[] {
  return [meaningOf(view) ?? view.messages.stages[view.repair.stage]]
}

/** Where a person must act, the note itself says how. */
function steps(view: ReportView): string[] {
  const { repair } = view
  if (repair.conclusion !== 'diagnosed' || !repair.humanSteps) return []
  const { steps: todo, questions } = repair.humanSteps
  const items = [
    ...todo.map((each) => told(each, view)),
    ...questions.map(({ question, candidates }) =>
      `${told(question, view)} ${candidates.map((each) => codeSpan(each)).join(view.messages.separator)}`.trim(),
    ),
  ]
  return items.length === 0 ? [] : [bulletList(items.slice(0, 8))]
}
