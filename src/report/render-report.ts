/** A Repair as Markdown, in the founding report's order. Pure. */
import { type Repair, repairMarker } from '../domain/repair.ts'
import type { Report } from '../domain/report.ts'
import { fitBlocks } from './fit-blocks.ts'
import { reportTitle } from './report-title.ts'
import { type ReportContext, type ReportView, viewOf } from './report-view.ts'
import { comparison } from './sections/comparison.ts'
import { conclusion } from './sections/conclusion.ts'
import { essentials } from './sections/essentials.ts'
import { head } from './sections/head.ts'
import { attempts, risk, tried, verdicts } from './sections/judgement.ts'
import { nextSteps } from './sections/next-steps.ts'
import { problem } from './sections/problem.ts'
import { relatedFiles } from './sections/related-files.ts'
import { solution } from './sections/solution.ts'
import { verification } from './sections/verification.ts'

/** The report of a repair, wherever it stands, in the repair's language. */
export function renderReport(repair: Repair, context: ReportContext): Report {
  const view = viewOf(repair, context)
  const blocks = [repairMarker(repair), ...head(view), ...sectionsOf(view)]
  const markdown = fitBlocks(
    blocks.filter((block) => block !== ''),
    view.messages.cutNote,
  )
  return { language: repair.language, title: reportTitle(repair), markdown }
}

function sectionsOf(view: ReportView): string[] {
  // A refused or failed patch is no solution: it is told as what was tried.
  if (view.repair.conclusion === 'exhausted') {
    return [
      ...problem(view),
      ...tried(view),
      ...nextSteps({ ...view, patch: null }),
      ...attempts(view),
      ...conclusion(view),
    ]
  }
  return [
    ...problem(view),
    ...solution(view),
    ...verification(view),
    ...comparison(view),
    ...essentials(view),
    ...relatedFiles(view),
    ...nextSteps(view),
    ...risk(view),
    ...verdicts(view),
    ...attempts(view),
    ...conclusion(view),
  ]
}
