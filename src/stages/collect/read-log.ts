/** Reads a job's log as a stream: cleans each line, keeps the telling ones, counts the rest. */
import type { JobLog, LogLine } from '../../domain/evidence.ts'
import { logKeptBytesMax } from '../../limits.ts'
import { readLines } from '../../log/read-lines.ts'

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
 * Reads to the end, or to `logBytesMax`, and keeps about `keptBytesMax` of it: memory is bounded by that.
 * `redact` sees each kept text once, before it leaves this function.
 */
export async function readLog(
  chunks: AsyncIterable<Uint8Array>,
  redact: (texts: readonly string[]) => Promise<readonly string[]>,
  keptBytesMax = logKeptBytesMax,
): Promise<Pick<JobLog, 'lines' | 'account'>> {
  const keeper = newKeeper(keptBytesMax)
  const { bytes, truncated } = await readLines(chunks, keeper.see)
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

/** A window of lines that is filled from both ends: what is lost is lost in the middle. */
function newKeeper(keptBytesMax: number) {
  let count = 0
  let afterLeft = headLines
  let before: LogLine[] = []
  const early: LogLine[] = []
  let earlyBytes = 0
  const late: LogLine[] = []
  let lateBytes = 0
  let lateFrom = 0
  const tail: LogLine[] = []
  const share = Math.floor(keptBytesMax / 4)

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
    see(text: string): void {
      count++
      const line = { line: count, text }
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
