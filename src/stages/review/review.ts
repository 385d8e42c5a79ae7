/** Lets the hard gates judge a patch. */
import { strict as assert } from 'node:assert'
import { currentAttempt, type Repair } from '../../domain/repair.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { runGates } from './gates/run-gates.ts'

/** Patch → Verdict. A gate that errs blocks. */
export async function review(repair: Repair, services: Services): Promise<StageOutcome> {
  const attempt = currentAttempt(repair)
  assert(repair.evidence && attempt, 'review needs evidence and a patch')
  const snapshot = await services.workspace.open(repair)
  try {
    const verdict = await runGates({ patch: attempt.patch, evidence: repair.evidence, files: snapshot })
    const isLetThrough = verdict.decision === 'approve'
    const imageTrial = isLetThrough ? ((await services.tryImage?.(repair, attempt.patch)) ?? null) : null
    const reviewed = { ...attempt, verdicts: [...attempt.verdicts, verdict], imageTrial }
    return { kind: 'done', changes: { attempts: [...repair.attempts.slice(0, -1), reviewed] } }
  } finally {
    await snapshot.close()
  }
}
