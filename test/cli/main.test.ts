import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { newLog, regreen } from '../support/command-line.ts'

describe('regreen', () => {
  it('lists its commands with --help, with exit code 0', async () => {
    const { code, stdout, stderr } = await regreen(['--help'])

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('Usage: regreen COMMAND [OPTIONS]')
    expect(stdout.match(/^ {2}\w+/gm)).toEqual(['  fix', '  triage', '  demo', '  serve'])
  })

  it('lists them without a command too, with exit code 2', async () => {
    const { code, stdout } = await regreen([])

    expect(code).toBe(2)
    expect(stdout).toContain('Usage: regreen COMMAND [OPTIONS]')
  })

  it('says that there is no such command', async () => {
    const { code, stdout, stderr } = await regreen(['repair'])

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^regreen: there is no command "repair"\.\n\nregreen turns red/)
  })

  it.each(['fix', 'triage', 'demo', 'serve'])(
    'explains %s with an example, and does nothing',
    async (name) => {
      const { code, stdout, stderr } = await regreen([name, '--branch', '--help'])

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(stdout).toMatch(new RegExp(`^Usage: regreen ${name}\\b`))
      expect(stdout).toContain('\nExample:\n')
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
    },
  )
})

describe('regreen demo', () => {
  it.each([
    ['an argument', ['more'], 'Unexpected argument "more".'],
    ['another language', ['--language', 'fr'], '--language is en or ja.'],
    ['an unknown option', ['--fast'], "Unknown option '--fast'."],
  ])('refuses %s', async (_name, args, problem) => {
    const { code, stderr } = await regreen(['demo', ...args])

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `regreen: ${problem}\nTry: regreen COMMAND --help\n`,
    })
  })
})

/** A Node before 24, where the machine has one besides that of the tests. */
const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const major = Number(/^v(\d+)/.exec(String(spawnSync(path, ['--version']).stdout))?.[1])
  return major > 0 && major < 24
})

it.skipIf(oldNode === undefined)('an old Node is told what to run instead', async () => {
  const { code, stdout, stderr } = await regreen(['triage', newLog()], { node: oldNode! })

  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^regreen: needs Node 24 or newer, this is v\d+\.\d+\.\d+\. Run it as `npx regreen`/)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
})
