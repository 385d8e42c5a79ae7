import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allGates } from '../../../../src/stages/review/gates/all-gates.ts'
import { change, inputOf } from './patches.ts'

/** Of processor time, so that a busy machine does not count. A quadratic pattern would take minutes. */
const gateMsMax = 1_000

const bytes = 1_048_576

/** Pieces that start what patterns look for, and never end it. */
const pieces = fc.constantFrom(
  'a',
  ' ',
  '\n',
  '"',
  "'",
  '`',
  '\\',
  '\\"',
  '/*',
  '//',
  ',',
  '[',
  '{',
  '(',
  '||',
  '|| ',
  '${{',
  '&a ',
  '*a',
  '- ',
  ': ',
  'expect(',
  'curl ',
  'chmod ',
  'password=',
  'eyJ',
  'Bearer ',
  '-----BEGIN ',
  '#![cfg_attr(',
  'except ',
  'catch (',
  'process.env',
  'env ',
  '\u200b',
  '🏗\ufe0f',
  '<<: ',
  'x: y\n',
  'FROM a AS b\n',
  'RUN \\\n',
  '!!',
  '.dev',
  'Dockerfile.',
  'trap ',
  '@',
  '://a:',
  '=',
  '\t',
  '0',
  '\r',
)

const paths = fc.constantFrom(
  'src/a.ts',
  'test/a.test.ts',
  'a.py',
  'run.sh',
  'package.json',
  'tsconfig.json',
  'pyproject.toml',
  'Dockerfile',
  '.github/workflows/ci.yml',
  'a.yml',
  'requirements.txt',
  'package-lock.json',
)

const hostileText = fc
  .tuple(fc.array(pieces, { minLength: 1, maxLength: 6 }), fc.constantFrom(40, 1_900, bytes))
  .map(([parts, lineLength]) => {
    const unit = parts.join('')
    const line = unit.repeat(Math.ceil(lineLength / unit.length))
    return `${line}\n`.repeat(Math.ceil(bytes / (line.length + 1))).slice(0, bytes)
  })

describe('each gate', () => {
  it.each(allGates)('ends in time on a megabyte: $name', { timeout: 120_000 }, async (gate) => {
    await fc.assert(
      fc.asyncProperty(paths, hostileText, fc.boolean(), async (path, text, isEdit) => {
        const input = inputOf([change(path, isEdit ? 'first\n' : null, text)])
        const start = process.cpuUsage()

        await gate.inspect(input)

        const { user } = process.cpuUsage(start)
        expect(user / 1_000).toBeLessThan(gateMsMax)
      }),
      { numRuns: 15, seed: 11 },
    )
  })
})
