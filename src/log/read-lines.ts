/** Splits a job's log into clean lines, as a stream. */
import { stripVTControlCharacters } from 'node:util'
import { logBytesMax, logLineCharsMax } from '../limits.ts'

/**
 * Hands on each line in order: without byte-order mark, timestamp, escape sequences and what a carriage
 * return overwrote, cut to `logLineCharsMax` bytes. A line is never held whole. Reading ends at
 * `logBytesMax`, which `truncated` tells.
 */
export async function readLines(
  chunks: AsyncIterable<Uint8Array>,
  see: (text: string) => void,
): Promise<{ bytes: number; truncated: boolean }> {
  const seeRaw = (raw: Uint8Array) => see(cleanLine(raw))
  let rest: Uint8Array = new Uint8Array(0)
  let bytes = 0
  for await (const chunk of chunks) {
    const room = logBytesMax - bytes
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk
    bytes += part.length
    rest = splitChunk(rest, part, seeRaw)
    if (part.length < chunk.length) {
      if (rest.length > 0) seeRaw(rest)
      return { bytes, truncated: true }
    }
  }
  if (rest.length > 0) seeRaw(rest)
  return { bytes, truncated: false }
}

function splitChunk(rest: Uint8Array, chunk: Uint8Array, see: (raw: Uint8Array) => void): Uint8Array {
  let from = 0
  let pending = rest
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
    see(joined(pending, chunk.subarray(from, end)))
    pending = new Uint8Array(0)
    from = end + 1
  }
  return joined(pending, chunk.subarray(from))
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const room = logLineCharsMax - first.length
  if (room <= 0 || second.length === 0) return first
  return Buffer.concat([first, second.subarray(0, room)])
}

const timestamp = /^(?:[^\t]{1,200}\t[^\t]{1,200}\t)?\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z /

/** Without byte-order mark, timestamp, escape sequences and what a carriage return overwrote. */
function cleanLine(raw: Uint8Array): string {
  let text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('utf8')
  if (text.startsWith('\uFEFF')) text = text.slice(1)
  text = text.replace(timestamp, '')
  text = stripVTControlCharacters(text).replace(/\r+$/, '')
  const overwritten = text.lastIndexOf('\r')
  return (overwritten === -1 ? text : text.slice(overwritten + 1)).replace(/[\0-\x08\x0b-\x1f\x7f]/g, '')
}
