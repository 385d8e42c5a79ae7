/** Sentences of playbooks as the report tells them. */
import type { Text } from '../domain/text.ts'
import { prose } from './markdown.ts'
import type { ReportView } from './report-view.ts'

/** The sentence as Markdown, in the report's language. */
export function told(text: Text, { language }: Pick<ReportView, 'language'>): string {
  return prose(text[language])
}
