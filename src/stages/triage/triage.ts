/** Names the cause of a failure. */
import { strict as assert } from 'node:assert'
import { leadOf } from '../../agent/load-agents.ts'
import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { Repair } from '../../domain/repair.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { askModel } from './ask-model.ts'
import { classify } from './classify.ts'

/** Evidence → Diagnosis. By rules; where they are unsure and a model is configured, by its answer. */
export async function triage(
  repair: Repair,
  services: Pick<Services, 'agents' | 'prompts' | 'model' | 'log'>,
): Promise<StageOutcome> {
  assert(repair.evidence, 'triage needs evidence')
  const rules = diagnose(repair.evidence, services)
  return { kind: 'done', changes: { diagnosis: await askModel(repair, repair.evidence, rules, services) } }
}

/** The diagnosis by rules alone, which is all that the command line shows. Deterministic. */
export function diagnose(evidence: Pick<Evidence, 'logs'>, services: Pick<Services, 'agents'>): Diagnosis {
  const classification = classify(evidence.logs)
  return { ...classification, lead: leadOf(services.agents, classification.failureClass) }
}
