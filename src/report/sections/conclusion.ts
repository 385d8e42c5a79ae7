/** The last words, as far as CI allows them. */
import { codeSpan } from '../markdown.ts'
import { type ReportView, saysNotBuilt } from '../report-view.ts'

/** The section on the conclusion. */
export function conclusion(view: ReportView): string[] {
  return [`## ${view.messages.heading.conclusion}`, lastWords(view)]
}

function lastWords(view: ReportView): string {
  const { repair, messages, standing, dockerfile } = view
  const text = messages.conclusionText
  switch (standing) {
    case 'resolved':
      if (saysNotBuilt(view)) return text.resolvedNotBuilt
      return dockerfile?.before === null ? text.resolvedDocker(codeSpan(dockerfile.path)) : text.resolved
    case 'drafted':
    case 'verifying':
    case 'unverified':
    case 'working':
      return text[standing]
    case 'not-resolved':
      return repair.conclusion === null ? messages.verification.red : messages.conclusions.exhausted
    default:
      return messages.conclusions[standing]
  }
}
