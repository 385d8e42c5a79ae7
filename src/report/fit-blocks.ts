/** Keeps a report under GitHub's limit without breaking a fence, a table or a fold. */
import { reportCharsMax } from '../limits.ts'

/** Joins whole blocks until the next would not fit; then the note says so. The first block always stays. */
export function fitBlocks(blocks: readonly string[], cutNote: string, charsMax = reportCharsMax): string {
  const note = `\n\n✂️ **${cutNote}**\n`
  const room = charsMax - note.length
  let text = blocks[0] ?? ''
  for (const [index, block] of blocks.entries()) {
    if (index === 0) continue
    if (text.length + 2 + block.length > room) return text + note
    text += `\n\n${block}`
  }
  return `${text}\n`
}
