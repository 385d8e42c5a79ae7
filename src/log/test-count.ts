/** Counts the tests that a log shows to have run. */

/** How each tool closes its run. Every pattern sums what ran: passed and failed, not skipped. */
const summaries: readonly { pattern: RegExp; count: (groups: Record<string, string>) => number }[] = [
  // pytest: ===== 1 failed, 12 passed, 2 skipped in 0.31s =====
  {
    pattern: /^=+ (?:(?<failed>\d{1,9}) failed, )?(?<passed>\d{1,9}) passed\b.{0,200} in [\d.:]{1,20}s?/,
    count: sum,
  },
  // unittest: Ran 12 tests in 0.003s
  { pattern: /^Ran (?<passed>\d{1,9}) tests? in [\d.]{1,20}s/, count: sum },
  // jest: Tests:       1 failed, 2 skipped, 12 passed, 15 total
  {
    pattern:
      /^Tests: {1,20}(?:(?<failed>\d{1,9}) failed, )?(?:\d{1,9} (?:skipped|todo), ){0,2}(?<passed>\d{1,9}) passed, \d{1,9} total/,
    count: sum,
  },
  // vitest:      Tests  1 failed | 12 passed (13)
  {
    pattern: /^ {1,20}Tests {1,10}(?:(?<failed>\d{1,9}) failed \| )?(?<passed>\d{1,9}) passed/,
    count: sum,
  },
  // mocha:   12 passing (30ms) and   1 failing
  { pattern: /^ {1,10}(?<passed>\d{1,9}) passing \(/, count: sum },
  { pattern: /^ {1,10}(?<failed>\d{1,9}) failing$/, count: sum },
  // node:test, TAP: # pass 12 and # fail 1
  { pattern: /^(?:#|ℹ) pass (?<passed>\d{1,9})$/, count: sum },
  { pattern: /^(?:#|ℹ) fail (?<failed>\d{1,9})$/, count: sum },
  // cargo: test result: FAILED. 12 passed; 1 failed; 0 ignored
  { pattern: /^test result: \w{2,6}\. (?<passed>\d{1,9}) passed; (?<failed>\d{1,9}) failed/, count: sum },
  // go test -v: --- PASS: TestName (0.00s)
  { pattern: /^--- (?:PASS|FAIL): \S{1,300} \(/, count: () => 1 },
  // Maven Surefire, the closing line: [INFO] Tests run: 12, Failures: 1, Errors: 0, Skipped: 2
  {
    pattern:
      /^(?:\[\w{4,7}\] )?Tests run: (?<run>\d{1,9}), Failures: \d{1,9}, Errors: \d{1,9}, Skipped: (?<skipped>\d{1,9})$/,
    count: ({ run, skipped }) => Number(run) - Number(skipped),
  },
]

function sum({ passed, failed }: Record<string, string>): number {
  return Number(passed ?? 0) + Number(failed ?? 0)
}

/** Adds up the closing lines it is shown; `total` is null until one was seen. */
export function newTestCounter(): { see: (line: string) => void; total: () => number | null } {
  let total: number | null = null
  return {
    see(line) {
      for (const { pattern, count } of summaries) {
        const groups = pattern.exec(line)
        if (!groups) continue
        total = (total ?? 0) + count(groups.groups ?? {})
        return
      }
    },
    total: () => total,
  }
}
