import { describe, expect, it } from 'vitest'
import { logKeptBytesMax, logLineCharsMax } from '../../../src/limits.ts'
import { readLog } from '../../../src/stages/collect/read-log.ts'

const asIs = async (texts: readonly string[]) => texts

async function* chunks(...parts: (string | Uint8Array)[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield Buffer.from(part as string)
}

const stamp = '2026-01-02T03:04:05.1234567Z '

describe('reading a log', () => {
  it('strips byte-order mark, timestamps, colours and overwritten progress', async () => {
    const { lines } = await readLog(
      chunks(`\uFEFF${stamp}\u001b[36;1mfirst\u001b[0m\r\n${stamp}10 %\r50 %\r100 %\n${stamp}last`),
      asIs,
    )

    expect(lines).toEqual([
      { line: 1, text: 'first' },
      { line: 2, text: '100 %' },
      { line: 3, text: 'last' },
    ])
  })

  it('strips job and step where a log names them on each line', async () => {
    const { lines } = await readLog(chunks(`image\tBuild\t${stamp}ERROR: it broke\n`), asIs)

    expect(lines).toEqual([{ line: 1, text: 'ERROR: it broke' }])
  })

  it('joins lines and characters that chunks have split', async () => {
    const bytes = Buffer.from('ein Käse\nzwei\n')

    const { lines } = await readLog(
      chunks(bytes.subarray(0, 6), bytes.subarray(6, 11), bytes.subarray(11)),
      asIs,
    )

    expect(lines.map(({ text }) => text)).toEqual(['ein Käse', 'zwei'])
  })

  it('keeps head, tail and the lines around an error, and counts all', async () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      index === 2_499 ? 'ERROR: here' : `step ${index + 1}`,
    )

    const { lines, account } = await readLog(chunks(`${many.join('\n')}\n`), asIs)
    const kept = new Set(lines.map(({ line }) => line))

    expect(account).toMatchObject({ lines: 5_000, bytes: many.join('\n').length + 1, truncated: false })
    expect(account.keptLines).toBe(lines.length)
    for (const line of [1, 2_494, 2_500, 2_506, 5_000]) expect(kept.has(line), `line ${line}`).toBe(true)
    for (const line of [100, 2_400, 2_600]) expect(kept.has(line), `line ${line}`).toBe(false)
  })

  it('holds no more than its bound when every line is an error', async () => {
    async function* endless(): AsyncIterable<Uint8Array> {
      const block = Buffer.from(`${'error '.repeat(20)}\n`.repeat(1_000))
      for (let index = 0; index < 100; index++) yield block
    }

    const { lines, account } = await readLog(endless(), asIs)

    expect(account.lines).toBe(100_000)
    expect(account.keptBytes).toBeLessThanOrEqual(logKeptBytesMax)
    expect(lines[0]?.line).toBe(1)
    expect(lines.at(-1)?.line).toBe(100_000)
  })

  it('cuts a line of 20 MB and reads on', async () => {
    const long = Buffer.alloc(1024 * 1024, 'x')

    const { lines, account } = await readLog(chunks(...Array(20).fill(long), '\nERROR: after\n'), asIs)

    expect(account.lines).toBe(2)
    expect(lines[0]?.text.length).toBe(logLineCharsMax)
    expect(lines[1]).toEqual({ line: 2, text: 'ERROR: after' })
  })

  it('reads an empty log and bytes that are no text', async () => {
    expect((await readLog(chunks(), asIs)).account.lines).toBe(0)
    expect((await readLog(chunks(new Uint8Array([0xff, 0x00, 0xfe, 0x0a])), asIs)).account.lines).toBe(1)
  })
})
