/** Prose in every language of the reports, written side by side where it is decided. */
import { z } from 'zod'
import type { Language } from './report.ts'

export const textSchema = z.strictObject({
  en: z.string().min(1),
  ja: z.string().min(1),
} satisfies Record<Language, z.ZodString>)
/** A sentence for people, in every language that reports are written in. Backticks mean code. */
export type Text = z.infer<typeof textSchema>

/** What has no language, such as a name. */
export function sameInAll(text: string): Text {
  return { en: text, ja: text }
}
