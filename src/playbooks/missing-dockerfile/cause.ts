/** What one possible cause answers when it is asked about a situation. */
import type { RuledOut } from '../../domain/patch.ts'
import type { Text } from '../../domain/text.ts'
import type { Draft } from '../../playbook.ts'
import type { Situation } from './situation.ts'

/**
 * `found`: this is the cause, and here is what to do. `excluded`: it is not, for this reason.
 * `decline`: another class of failure, or nothing that code should decide.
 */
export type CauseAnswer =
  | { kind: 'found'; draft: Draft }
  | { kind: 'excluded'; ruledOut: RuledOut }
  | { kind: 'decline' }

/** One cause of a missing Dockerfile. `ruledOut` are the causes checked before it. */
export type Cause = (situation: Situation, ruledOut: readonly RuledOut[]) => Promise<CauseAnswer>

/** The answer of a cause that does not hold. */
export function excluded(cause: Text, because: Text): CauseAnswer {
  return { kind: 'excluded', ruledOut: { cause, because } }
}

/** The answer of a cause that a person must decide. */
export function askPerson(
  reason: Text,
  steps: readonly Text[],
  questions: readonly { question: Text; candidates: readonly string[] }[] = [],
): CauseAnswer {
  const humanSteps = {
    reason,
    steps: [...steps],
    questions: questions.map(({ question, candidates }) => ({ question, candidates: [...candidates] })),
  }
  return { kind: 'found', draft: { kind: 'human', humanSteps } }
}
