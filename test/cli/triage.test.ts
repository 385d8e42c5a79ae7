import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { logKeptBytesMax, logLineCharsMax } from '../../src/limits.ts'
import { logLines, newLog, regreen, stamped } from '../support/command-line.ts'
import { temporaryFolder } from '../support/git.ts'

const keys = [
  'id',
  'failureClass',
  'remedy',
  'lead',
  'confidence',
  'summary',
  'evidence',
  'excerptLines',
  'log',
  'ms',
]
const errorLine = logLines.findIndex((line) => line.startsWith('ERROR:')) + 1
const bytes = Buffer.byteLength(stamped(logLines))

/** What the log of the missing Dockerfile gives. */
const result = {
  failureClass: 'missing-dockerfile',
  remedy: 'playbook',
  lead: 'devops-coordinator',
  confidence: expect.any(Number),
  summary: expect.stringContaining('Dockerfile'),
  evidence: expect.arrayContaining([{ line: errorLine, text: logLines[errorLine - 1] }]),
  excerptLines: [[1, logLines.length]],
  log: {
    lines: logLines.length,
    bytes,
    keptLines: logLines.length,
    keptBytes: Buffer.byteLength(logLines.join('')),
    truncated: false,
  },
  ms: expect.any(Number),
}

describe('regreen triage', () => {
  it('names class, proof, remedy and lead', async () => {
    const { code, stdout, stderr } = await regreen(['triage', newLog()])

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^missing-dockerfile \(\d+ % sure\)\n/)
    expect(stdout).toContain(`${String(errorLine).padStart(8)}  ${logLines[errorLine - 1]}\n`)
    expect(stdout).toContain('Remedy: playbook. Lead: devops-coordinator.\n')
    expect(stdout).toContain(`Kept ${logLines.length} of ${logLines.length} lines.\n`)
  })

  it('prints one object with --json, with exactly these keys', async () => {
    const { code, stdout } = await regreen(['triage', newLog(), '--json'])
    const printed = JSON.parse(stdout)

    expect(code).toBe(0)
    expect(Object.keys(printed)).toEqual(keys)
    expect(printed).toEqual({ id: 'image', ...result })
  })

  it('prints one object a line for each file with --jsonl', async () => {
    const logs = [newLog(), newLog(stamped(['npm ok']), 'quiet.log'), newLog('', 'empty')]

    const { code, stdout } = await regreen(['triage', '--jsonl', ...logs])
    const printed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))

    expect(code).toBe(0)
    expect(printed.map(({ id }) => id)).toEqual(['image', 'quiet', 'empty'])
    for (const each of printed) expect(Object.keys(each)).toEqual(keys)
    expect(printed[2]).toMatchObject({
      evidence: [],
      excerptLines: [],
      log: { lines: 0, bytes: 0, keptLines: 0, keptBytes: 0, truncated: false },
    })
  })

  it('reads standard input where the log is -', async () => {
    const { code, stdout } = await regreen(['triage', '-', '--json'], { input: stamped(logLines) })

    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toEqual({ id: 'stdin', ...result })
  })

  it.each([
    ['no log', ['triage'], 'Give the log to read.'],
    ['several logs', ['triage', 'a.log', 'b.log'], 'Several logs need --jsonl.'],
    ['an unknown option', ['triage', 'a.log', '--yaml'], "Unknown option '--yaml'."],
    ['a value for a switch', ['triage', 'a.log', '--json=yes'], "Option '--json' does not take an argument."],
  ])('refuses %s', async (_name, args, problem) => {
    const { code, stdout, stderr } = await regreen(args)

    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `regreen: ${problem}\nTry: regreen COMMAND --help\n`,
    })
  })

  it.each([
    ['absent', () => join(temporaryFolder(), 'absent.log'), 'ENOENT'],
    ['a folder', () => temporaryFolder(), 'EISDIR'],
  ])('says when the log is %s', async (_name, path, reason) => {
    const given = path()

    const { code, stderr } = await regreen(['triage', given])

    expect(code).toBe(2)
    expect(stderr).toContain(`The log ${given} cannot be read (${reason}`)
    expect(stderr).not.toContain('    at ')
  })

  it('ends quietly when its reader closes early', async () => {
    const log = newLog()
    const command = `"${process.execPath}" bin/regreen.js triage --jsonl ${Array(200).fill(log).join(' ')} | head -1 | wc -l`
    const child = spawn('bash', ['-c', command], { cwd: join(import.meta.dirname, '../..') })
    let output = ''
    let problems = ''
    child.stdout.on('data', (chunk) => {
      output += chunk
    })
    child.stderr.on('data', (chunk) => {
      problems += chunk
    })

    await new Promise((resolve) => child.on('close', resolve))

    expect({ output: output.trim(), problems }).toEqual({ output: '1', problems: '' })
  })
})

describe('regreen triage on a hostile log', () => {
  it.each<[string, () => Buffer, object]>([
    ['NUL bytes', () => Buffer.alloc(100_000), { lines: 1, bytes: 100_000 }],
    ['a line of 30 MB', () => Buffer.alloc(30_000_000, 'error '), { lines: 1, bytes: 30_000_000 }],
    ['only line breaks', () => Buffer.alloc(1_000_000, '\n'), { lines: 1_000_000, bytes: 1_000_000 }],
    ['invalid UTF-8', () => Buffer.alloc(100_000, Buffer.from([0xff, 0xc3, 0x28, 0x0a])), { lines: 25_000 }],
    ['a million errors', () => Buffer.alloc(7_000_000, 'error!\n'), { lines: 1_000_000 }],
    ['escape sequences', () => Buffer.alloc(1_000_000, '\u001b[31m\u001b]0;x\u0007\u009b2Jred\n'), {}],
  ])('keeps within its bounds on %s', async (_name, content, account) => {
    const log = newLog(content())

    const { code, stdout, stderr } = await regreen(['triage', log, '--json'])
    const printed = JSON.parse(stdout)

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.keys(printed)).toEqual(keys)
    expect(printed.log).toMatchObject(account)
    expect(printed.log.keptBytes).toBeLessThanOrEqual(logKeptBytesMax)
    for (const { text } of printed.evidence) expect(text.length).toBeLessThanOrEqual(logLineCharsMax)
    expect(printed.ms).toBeLessThan(10_000)
  })

  it('prints nothing that steers a terminal', async () => {
    const steering = '\u001b[2J\u001b]0;title\u0007\u009b31m\u0000\u0008'
    const log = newLog(stamped(logLines.map((line) => `${steering}${line}${steering}`)))

    const { stdout } = await regreen(['triage', log])

    expect(stdout).toContain('missing-dockerfile')
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
  })

  it('shows no secret that the log holds', async () => {
    const secret = `ghp_${'aB3dE6gH9j'.repeat(3)}kLmNoP`
    const log = newLog(stamped([`##[error]push with ${secret} failed`, ...logLines]))

    const { stdout } = await regreen(['triage', log, '--json'])

    expect(stdout).not.toContain(secret)
  })
})
