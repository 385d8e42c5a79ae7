/** The messages of a language. */
import type { Language } from '../../domain/report.ts'
import { en, type Messages } from './en.ts'
import { ja } from './ja.ts'

const languages: Readonly<Record<Language, Messages>> = { en, ja }

/** All messages of one language; no language lacks one. */
export function messagesOf(language: Language): Messages {
  return languages[language]
}
