/** The table of the journey: which stage follows which outcome. Pure, and the only place that knows. */
import { refusalOf } from '../domain/attempt.ts'
import { type Conclusion, currentAttempt, type Repair, type Stage } from '../domain/repair.ts'
import type { StageOutcome } from '../stages/stage-outcome.ts'

/** Where a repair goes next. */
export type Transition =
  | { to: 'stage'; stage: Stage }
  /** Decided: publish comes next. */
  | { to: 'conclusion'; conclusion: Conclusion; reason: string }
  | { to: 'wait'; wakeAt: Date; reason: string }
  | { to: 'end' }

/** The step after `stage` ended with `outcome`. `repair` already holds the outcome's changes. */
export function transition(repair: Repair, outcome: StageOutcome): Transition {
  switch (outcome.kind) {
    case 'wait':
      return { to: 'wait', wakeAt: outcome.wakeAt, reason: outcome.reason }
    case 'conclude':
      return { to: 'conclusion', conclusion: outcome.conclusion, reason: outcome.reason }
    case 'done':
      return after[repair.stage](repair)
    default:
      return outcome satisfies never
  }
}

const after: Record<Stage, (repair: Repair) => Transition> = {
  accept: () => ({ to: 'stage', stage: 'collect' }),
  collect: () => ({ to: 'stage', stage: 'triage' }),
  triage: afterTriage,
  draft: afterDraft,
  review: afterReview,
  verify: afterVerify,
  publish: () => ({ to: 'end' }),
}

function afterTriage({ diagnosis }: Repair): Transition {
  switch (diagnosis?.remedy) {
    case 'playbook':
    case 'agents':
      return { to: 'stage', stage: 'draft' }
    case 'rerun':
      return diagnosed(
        'Running the failed jobs again is the remedy. Nothing in the repository needs to change.',
      )
    case 'human':
    case 'none':
      return diagnosed(diagnosis.summary)
    default:
      throw new TypeError('triage left no diagnosis')
  }
}

function afterDraft(repair: Repair): Transition {
  if (repair.humanSteps) return diagnosed(repair.humanSteps.reason.en)
  return { to: 'stage', stage: 'review' }
}

function afterReview(repair: Repair): Transition {
  const attempt = currentAttempt(repair)
  if (!attempt) throw new TypeError('review left no attempt')
  const refusal = refusalOf(attempt)
  if (refusal !== null) return exhausted(refusal)
  if (!repair.mayPush) return diagnosed('A patch is drafted; Regreen may not push it here.')
  return { to: 'stage', stage: 'verify' }
}

function afterVerify(repair: Repair): Transition {
  const verification = currentAttempt(repair)?.verification
  switch (verification?.outcome) {
    case 'green':
      return { to: 'conclusion', conclusion: 'repaired', reason: verification.summary }
    case 'unverified':
      return diagnosed(verification.summary)
    case 'red':
      return exhausted(verification.summary)
    default:
      throw new TypeError('verify ended without an outcome')
  }
}

function diagnosed(reason: string): Transition {
  return { to: 'conclusion', conclusion: 'diagnosed', reason }
}

function exhausted(reason: string): Transition {
  return { to: 'conclusion', conclusion: 'exhausted', reason }
}
