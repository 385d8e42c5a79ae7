/** What a failure class looks like in a log, as data. */
import type { Remedy } from '../../domain/diagnosis.ts'
import type { FailureClass } from '../../domain/failure-class.ts'

export interface Signature {
  failureClass: FailureClass
  remedy: Remedy
  /** The line must hold one of these, in lower case: a cheap look before the pattern. */
  literals: readonly string[]
  /** Matched against one line. Bounded: no quantifier without a limit inside another. */
  pattern: RegExp
  /** From 0 to 1: how sure the wording alone makes us. */
  confidence: number
  /** One sentence for people. `groups` are the pattern's named groups. */
  summary: (groups: Record<string, string>) => string
  /** Other classes whose message this one explains better, when both are in the log. */
  outranks: readonly FailureClass[]
  /** Lines that must match, and lines that must not. */
  examples: { matches: readonly string[]; differs: readonly string[] }
}
