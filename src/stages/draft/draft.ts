/** Turns a diagnosis into a patch, or into what a person has to do. */
import { strict as assert } from 'node:assert'
import { noCost } from '../../domain/attempt.ts'
import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { HumanSteps, Repair } from '../../domain/repair.ts'
import type { Draft, Playbook, RepositoryFiles } from '../../playbook.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'

/** Diagnosis → Patch. */
export async function draft(repair: Repair, services: Services): Promise<StageOutcome> {
  assert(repair.evidence && repair.diagnosis, 'draft needs evidence and a diagnosis')
  const snapshot = await services.workspace.open(repair)
  try {
    const answer = await draftFix(repair.evidence, repair.diagnosis, snapshot, services)
    return { kind: 'done', changes: changesOf(repair, answer) }
  } finally {
    await snapshot.close()
  }
}

/** The values that a drafted answer adds to the repair. */
export function changesOf(repair: Repair, answer: Draft): Pick<Repair, 'attempts' | 'humanSteps'> {
  if (answer.kind === 'human') return { attempts: repair.attempts, humanSteps: answer.humanSteps }
  const attempt = { patch: answer.patch, verdicts: [], imageTrial: null, verification: null, cost: noCost }
  return { attempts: [...repair.attempts, attempt], humanSteps: null }
}

/**
 * The draft of the one playbook that claims the failure, or what a person can do.
 * Two claims are a fault of ours: there is no order among playbooks.
 */
export async function draftFix(
  evidence: Evidence,
  diagnosis: Diagnosis,
  files: RepositoryFiles,
  services: Pick<Services, 'playbooks'>,
): Promise<Draft> {
  const claims: { playbook: Playbook; answer: Draft }[] = []
  for (const playbook of services.playbooks) {
    if (!playbook.handles.includes(diagnosis.failureClass)) continue
    const answer = await playbook.draft(evidence, diagnosis, files)
    if (answer) claims.push({ playbook, answer })
  }
  const names = claims.map(({ playbook }) => playbook.name).join(' and ')
  assert(claims.length <= 1, `two playbooks claim one failure: ${names}`)
  return claims[0]?.answer ?? { kind: 'human', humanSteps: nobodyClaims(diagnosis) }
}

function nobodyClaims(diagnosis: Diagnosis): HumanSteps {
  return {
    reason: {
      en: `No playbook knows a certain repair for this failure (\`${diagnosis.failureClass}\`).`,
      ja: `この失敗（\`${diagnosis.failureClass}\`）を確実に修復できるプレイブックがありません。`,
    },
    steps: [
      {
        en: 'Read the cited log lines: they are where the failure shows its cause.',
        ja: '引用したログの行を確認してください。失敗の原因が現れている箇所です。',
      },
    ],
    questions: [],
  }
}
