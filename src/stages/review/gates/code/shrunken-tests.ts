/** Finds tests that check less after a change than before: fewer tests, fewer assertions, other expectations. */
import type { FileChange } from '../../../../domain/patch.ts'
import type { Finding } from '../../../../domain/verdict.ts'
import { isExpectationFile, isTestFile } from '../file-kinds.ts'
import { block } from '../gate.ts'
import { type DiffLine, scannedLines, scannedRemovedLines, splitLines } from '../line-diff.ts'

const testStart =
  /^\s{0,80}(?:(?:it|test|specify|scenario|bench)(?:\.(?:each|concurrent|sequential|only|skip|todo|failing|fixme)\b)?\s{0,3}[(`'"]|(?:async\s{1,3})?def\s{1,3}test|func\s{1,3}(?:\([^)]{0,100}\)\s{0,3})?(?:Test|Fuzz|Example|Benchmark)|#\[(?:tokio::|async_std::|rstest|test_case|wasm_bindgen_)?(?:test)?|@(?:Test|ParameterizedTest|RepeatedTest|Property)\b|\[(?:Fact|Theory|Test|TestMethod|TestCase|DataRow|InlineData)\b|public\s{1,3}function\s{1,3}test|(?:it|test|specify|example|scenario)\s{1,3}["']|t\.Run\(|(?:subtest|subTest)\b)/

const assertion =
  /\bexpect\w{0,20}\s{0,3}[({.!]|\bassert\w{0,40}\s{0,3}[!.( ]|\bAssert\.\w|\.should\b|\b(?:require|check|verify)\.[A-Z]\w{1,40}\(|\bt\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow|is|deepEqual|throws|equal|ok|same|not|true|false|truthy|falsy|snapshot|plan)\b|\bself\.(?:assert|fail)\w{0,30}\(|\b(?:XCTAssert|EXPECT_|ASSERT_|REQUIRE|CHECK)\w{0,30}\s{0,3}\(|\bpytest\.raises\b|\bpytest\.approx\b|\$this->(?:assert|expect)\w{1,40}\(|\brefute\w{0,20}\b|\bassert_|^\s{0,60}(?:>>>|Then )/

const comment = /^\s{0,80}(?:\/\/|#(?!\[)|\*|\/\*|--|;|<!--)/

/** Findings for one change of a test or of a recorded expectation. */
export function shrunkenTests(change: FileChange): Finding[] {
  const { path, before, after } = change
  if (before === null || !(isTestFile(path) || isExpectationFile(path) || holdsTests(change))) return []
  if (after === null) return isTestFile(path) || isExpectationFile(path) ? [fileDeleted(path)] : []
  if (isFormattingOnly(before, after)) return []
  return [...fewerTests(change), ...weakerAssertions(change), ...recordedExpectation(change)]
}

/** Rust and Python keep tests next to the code. */
function holdsTests({ path, before }: FileChange): boolean {
  return /\.(?:rs|py|ex|exs|zig|d)$/i.test(path) && splitLines(before).some(isTestStart)
}

/** Layout, quotes and trailing commas aside, nothing has changed. */
function isFormattingOnly(before: string, after: string): boolean {
  const bare = (text: string) => text.replaceAll(/[\s,;"'`()\\]/g, '')
  return bare(before) === bare(after)
}

function isTestStart(line: string): boolean {
  return testStart.test(line.slice(0, 400)) && !/^\s{0,80}#\[(?!.{0,40}test)/.test(line.slice(0, 400))
}

function isAssertion(line: string): boolean {
  return assertion.test(line.slice(0, 2_000)) && !comment.test(line.slice(0, 200))
}

function fileDeleted(path: string): Finding {
  const message =
    'The file with tests would be deleted. The run turns green without them, and what they guarded may be broken. ' +
    'Keep the tests, and mend the code that they found broken.'
  return block('code/test-file-deleted', path, null, message)
}

function fewerTests(change: FileChange): Finding[] {
  const removed = scannedRemovedLines(change).filter(({ text }) => isTestStart(text))
  const added = scannedLines(change).filter(({ text }) => isTestStart(text))
  if (added.length >= removed.length) return []
  const message =
    `${removed.length - added.length} of the file’s tests would go. The run turns green without them, and what they guarded may be broken. ` +
    'Keep the tests, and mend the code that they found broken.'
  return [block('code/test-removed', change.path, removed[0]?.line ?? null, message)]
}

function weakerAssertions(change: FileChange): Finding[] {
  const removed = scannedRemovedLines(change).filter(({ text }) => isAssertion(text))
  const added = scannedLines(change).filter(({ text }) => isAssertion(text))
  if (removed.length > added.length) return [assertionsRemoved(change.path, removed, added.length)]
  const edited = removed.find((line) => !added.some(({ text }) => text.trim() === line.text.trim()))
  return edited ? [expectationChanged(change.path, edited.line)] : []
}

function assertionsRemoved(path: string, removed: readonly DiffLine[], left: number): Finding {
  const message =
    `${removed.length - left} assertions would go. The test then passes without checking what it checked. ` +
    'Keep them, and mend the code that they found broken.'
  return block('code/assertion-removed', path, removed[0]?.line ?? null, message)
}

function expectationChanged(path: string, line: number): Finding {
  const message =
    `The expectation in line ${line} would change. A test that is made to expect what the code does proves nothing. ` +
    'Mend the code; if the expectation itself is wrong, a person must say so.'
  return block('code/expectation-changed', path, line, message)
}

function recordedExpectation({ path }: FileChange): Finding[] {
  if (!isExpectationFile(path)) return []
  const message =
    'A recorded expectation would change. A test that is made to expect what the code does proves nothing. ' +
    'Mend the code; if the recording itself is out of date, a person must say so.'
  return [block('code/expectation-changed', path, null, message)]
}
