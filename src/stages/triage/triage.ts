/** Names the cause of a failure. */
import { strict as assert } from 'node:assert'
import { leadOf } from '../../agent/load-agents.ts'
import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { Repair } from '../../domain/repair.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { classify } from './classify.ts'

/** Evidence → Diagnosis. Reads nothing but the repair. */
export async function triage(repair: Repair, services: Pick<Services, 'agents'>): Promise<StageOutcome> {
  assert(repair.evidence, 'triage needs evidence')
  return { kind: 'done', changes: { diagnosis: diagnose(repair.evidence, services) } }
}

/** The diagnosis alone, for the command line. Deterministic. */
export function diagnose(evidence: Pick<Evidence, 'logs'>, services: Pick<Services, 'agents'>): Diagnosis {
  const classification = classify(evidence.logs)
  return { ...classification, lead: leadOf(services.agents, classification.failureClass) }
}
