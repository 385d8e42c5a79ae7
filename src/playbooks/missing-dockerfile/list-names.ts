/** Several paths or names within one sentence. */
import type { Text } from '../../domain/text.ts'

/** "`a`, `b` and `c`". */
export function listNames(names: readonly string[]): Text {
  const code = names.map((name) => `\`${name}\``)
  const head = code.slice(0, -1).join(', ')
  const last = code.at(-1) ?? ''
  return { en: head === '' ? last : `${head} and ${last}`, ja: code.join('、') }
}
