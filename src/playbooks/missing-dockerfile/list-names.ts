/** Several paths or names within one sentence. */
import type { Text } from '../../domain/text.ts'

/** "a, b and c"; in Japanese each name is code, because no space parts it from the words around it. */
export function listNames(names: readonly string[]): Text {
  const head = names.slice(0, -1).join(', ')
  const last = names.at(-1) ?? ''
  return {
    en: head === '' ? last : `${head} and ${last}`,
    ja: names.map((name) => `\`${name}\``).join('、'),
  }
}
