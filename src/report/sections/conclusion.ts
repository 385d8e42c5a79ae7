/** The last words, as far as CI allows them. */
import { codeSpan } from '../markdown.ts'
import type { ReportView } from '../report-view.ts'

/** The section on the conclusion. */
export function conclusion(view: ReportView): string[] {
  return [`## ${view.messages.heading.conclusion}`, lastWords(view)]
}

function lastWords({ repair, messages, standing, dockerfile }: ReportView): string {
  const text = messages.conclusionText
  switch (standing) {
    case 'resolved':
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
