/** Sentences of playbooks and people as the report tells them: in its language where a phrase is known. */
import { prose } from './markdown.ts'
import { japanesePhrase } from './messages/japanese-phrases.ts'
import type { ReportView } from './report-view.ts'

/** The sentence as Markdown, translated where the phrase is known. */
export function told(text: string, { language }: Pick<ReportView, 'language'>): string {
  return prose(language === 'ja' ? (japanesePhrase(text) ?? text) : text)
}
