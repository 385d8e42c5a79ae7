import { describe, expect, it } from 'vitest'
import { newTestCounter } from '../../src/log/test-count.ts'

function count(...lines: string[]): number | null {
  const counter = newTestCounter()
  for (const line of lines) counter.see(line)
  return counter.total()
}

describe('counting tests in a log', () => {
  it.each([
    ['pytest', '============ 1 failed, 12 passed, 2 skipped in 0.31s ============', 13],
    [
      'pytest, all passed',
      '============================== 4 passed in 0.02s ===============================',
      4,
    ],
    ['unittest', 'Ran 12 tests in 0.003s', 12],
    ['jest', 'Tests:       1 failed, 2 skipped, 12 passed, 15 total', 13],
    ['vitest', '      Tests  1 failed | 12 passed (13)', 13],
    ['mocha', '  12 passing (30ms)', 12],
    ['node:test', 'ℹ pass 2', 2],
    ['TAP', '# pass 7', 7],
    ['cargo', 'test result: FAILED. 12 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out', 13],
    ['Maven Surefire', '[INFO] Tests run: 12, Failures: 1, Errors: 0, Skipped: 2', 10],
  ])('knows %s', (_, line, expected) => {
    expect(count(line)).toBe(expected)
  })

  it('adds up the packages of go test -v', () => {
    expect(count('--- PASS: TestA (0.00s)', '--- FAIL: TestB (0.01s)', 'ok  \tacme/a\t0.2s')).toBe(2)
  })

  it('does not count a Surefire class twice', () => {
    expect(
      count(
        '[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 0.1 s -- in AcmeTest',
        '[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0',
      ),
    ).toBe(3)
  })

  it('says null where no line closes a test run', () => {
    expect(count('12 passed the door', 'Tests are fun')).toBeNull()
  })
})
