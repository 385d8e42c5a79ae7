/** Puts values into a prompt. Untrusted text ends up inside `<evidence>` blocks and cannot leave them. */
import { strict as assert } from 'node:assert'
import { dropHidden } from '../report/visible-text.ts'
import type { PromptFile, PromptName } from './load-prompts.ts'

/** All evidence of one prompt. More would not fit a model's window, and what a window holds is paid for. */
export const evidenceBytesMax = 200 * 1024

/** `<`, and the characters that look like it to a model or become it when text is normalised. */
const angles = /[<＜﹤‹〈⟨\u2329˂ᐸ❮❬≺]/gu

/** The two messages of a question. `values` has each variable of the prompt's input. */
export function renderPrompt<Name extends PromptName>(
  prompt: PromptFile<Name>,
  values: Record<keyof PromptFile<Name>['input'], string>,
): { system: string; user: string } {
  const given: Readonly<Record<string, string>> = values
  const trust: Readonly<Record<string, 'own' | 'evidence'>> = prompt.input
  let room = evidenceBytesMax
  const fill = (text: string) =>
    text.replace(/\{\{([a-zA-Z]+)\}\}/g, (_, name: string) => {
      const value = given[name]
      assert(value !== undefined, `the prompt ${prompt.name} is not given ${name}`)
      if (trust[name] !== 'evidence') return value
      const { text: safe, bytes } = cutTo(harmless(value), room)
      room -= bytes
      return `<evidence name="${name}">\n${safe}\n</evidence>`
    })
  return { system: fill(prompt.system), user: fill(prompt.user) }
}

/** Without hidden, direction-changing and control characters, and without a `<` that could begin a tag. */
function harmless(text: string): string {
  return dropHidden(text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n')).replace(angles, '&lt;')
}

function cutTo(text: string, bytesMax: number): { text: string; bytes: number } {
  const bytes = Buffer.byteLength(text)
  if (bytes <= bytesMax) return { text, bytes }
  const kept = Buffer.from(text)
    .subarray(0, bytesMax)
    .toString('utf8')
    .replace(/\uFFFD+$/, '')
  return { text: `${kept}\n[cut: ${bytes - bytesMax} bytes more]`, bytes: bytesMax }
}
