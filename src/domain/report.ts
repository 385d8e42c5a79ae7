/** The Markdown that people read, with the title of its pull request. */
import { z } from 'zod'

export const languageSchema = z.enum(['en', 'ja'])
/** The languages that reports are written in. */
export type Language = z.infer<typeof languageSchema>

export const reportSchema = z.strictObject({
  language: languageSchema,
  title: z.string(),
  /** Under GitHub's limit of 65,536 characters. */
  markdown: z.string(),
})
export type Report = z.infer<typeof reportSchema>
