/** Reads a job's log as a stream: cleans each line, keeps the telling ones, counts the rest. */
import { stripVTControlCharacters } from 'node:util'
import type { JobLog, LogLine } from '../../domain/evidence.ts'
import { logBytesMax, logKeptBytesMax, logLineCharsMax } from '../../limits.ts'

/** Kept around a telling line: what produced the error stands above it, its consequence below. */
const linesBefore = 6
const linesAfter = 6

/** The runner's header, with image and token permissions. */
const headLines = 40

/** Where most failures end. */
const tailLines = 200

/** Words that make a line worth keeping. Cheap on purpose: triage decides what they mean. */
const telling =
  /error|fail|fatal|exception|panic|denied|not found|no such file|cannot|can't|unable|refus|timed? ?out|unexpected|missing|invalid|killed|traceback|##\[group\]run/i

/**
 * Reads to the end, or to `logBytesMax`, with memory bounded by what is kept.
 * `redact` sees each kept text once, before it leaves this function.
 */
export async function readLog(
  chunks: AsyncIterable<Uint8Array>,
  redact: (texts: readonly string[]) => Promise<readonly string[]>,
): Promise<Pick<JobLog, 'lines' | 'account'>> {
  const keeper = newKeeper()
  const { bytes, truncated } = await eachLine(chunks, keeper.see)
  const kept = keeper.kept()
  const texts = await redact(kept.map((line) => line.text))
  const lines = kept.map((line, index) => ({ line: line.line, text: texts[index] ?? '' }))
  return {
    lines,
    account: {
      lines: keeper.seen(),
      bytes,
      keptLines: lines.length,
      keptBytes: lines.reduce((sum, line) => sum + Buffer.byteLength(line.text), 0),
      truncated,
    },
  }
}

/** Splits at `\n` and hands on each line, cut to `logLineCharsMax` bytes: a line is never held whole. */
async function eachLine(
  chunks: AsyncIterable<Uint8Array>,
  see: (raw: Uint8Array) => void,
): Promise<{ bytes: number; truncated: boolean }> {
  let rest: Uint8Array = new Uint8Array(0)
  let bytes = 0
  for await (const chunk of chunks) {
    const room = logBytesMax - bytes
    const part = chunk.length > room ? chunk.subarray(0, room) : chunk
    bytes += part.length
    rest = splitChunk(rest, part, see)
    if (part.length < chunk.length) {
      if (rest.length > 0) see(rest)
      return { bytes, truncated: true }
    }
  }
  if (rest.length > 0) see(rest)
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

/** A window of lines that is filled from both ends: what is lost is lost in the middle. */
function newKeeper() {
  let count = 0
  let afterLeft = headLines
  let before: LogLine[] = []
  const early: LogLine[] = []
  let earlyBytes = 0
  const late: LogLine[] = []
  let lateBytes = 0
  let lateFrom = 0
  const tail: LogLine[] = []
  const share = Math.floor(logKeptBytesMax / 4)

  function keep(line: LogLine): void {
    const size = line.text.length + 1
    if (earlyBytes + size <= share) {
      early.push(line)
      earlyBytes += size
      return
    }
    late.push(line)
    lateBytes += size
    while (lateBytes > share * 2) {
      lateBytes -= (late[lateFrom]?.text.length ?? 0) + 1
      lateFrom++
    }
  }

  return {
    seen: () => count,
    see(raw: Uint8Array): void {
      count++
      const line = { line: count, text: cleanLine(raw, count === 1) }
      if (telling.test(line.text)) {
        for (const context of before) keep(context)
        before = []
        afterLeft = Math.max(afterLeft, linesAfter + 1)
      }
      if (afterLeft > 0) {
        afterLeft--
        keep(line)
      } else {
        before.push(line)
        if (before.length > linesBefore) before.shift()
      }
      tail.push(line)
      if (tail.length > tailLines) tail.shift()
    },
    kept(): LogLine[] {
      const windows = [...early, ...late.slice(lateFrom)]
      const last = windows.at(-1)?.line ?? 0
      return [...windows, ...withinShare(tail, share).filter((line) => line.line > last)]
    },
  }
}

/** The last lines that fit. */
function withinShare(lines: readonly LogLine[], share: number): LogLine[] {
  let size = 0
  const first = lines.findLastIndex((line) => {
    size += line.text.length + 1
    return size > share
  })
  return lines.slice(first + 1)
}

const timestamp = /^(?:[^\t]{1,200}\t[^\t]{1,200}\t)?\uFEFF?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z /

/** Without byte-order mark, timestamp, escape sequences and what a carriage return overwrote. */
function cleanLine(raw: Uint8Array, isFirst: boolean): string {
  let text = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString('utf8')
  if (isFirst && text.startsWith('\uFEFF')) text = text.slice(1)
  text = text.replace(timestamp, '')
  text = stripVTControlCharacters(text).replace(/\r+$/, '')
  const overwritten = text.lastIndexOf('\r')
  return (overwritten === -1 ? text : text.slice(overwritten + 1)).replace(/[\0-\x08\x0b-\x1f\x7f]/g, '')
}
