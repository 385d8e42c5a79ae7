/** Repairs a build that finds no Dockerfile: the causes in order, and only then a new file. */
import type { Diagnosis } from '../../domain/diagnosis.ts'
import type { Evidence } from '../../domain/evidence.ts'
import type { RuledOut } from '../../domain/patch.ts'
import type { Draft, Playbook, RepositoryFiles } from '../../playbook.ts'
import type { Cause } from './cause.ts'
import { changedInDiff } from './causes/changed-in-diff.ts'
import { earlierStep } from './causes/earlier-step.ts'
import { gitIgnored } from './causes/git-ignored.ts'
import { missingCheckout } from './causes/missing-checkout.ts'
import { missingContext } from './causes/missing-context.ts'
import { notFetched } from './causes/not-fetched.ts'
import { otherCase } from './causes/other-case.ts'
import { otherDirectory } from './causes/other-directory.ts'
import { otherSuffix } from './causes/other-suffix.ts'
import { relativeToContext } from './causes/relative-to-context.ts'
import { writeDockerfile } from './generate/generate.ts'
import { readSituation } from './situation.ts'

/** The first that holds is the fix. `writeDockerfile` always answers. */
const causes: readonly Cause[] = [
  earlierStep,
  missingCheckout,
  notFetched,
  missingContext,
  relativeToContext,
  otherDirectory,
  otherCase,
  changedInDiff,
  gitIgnored,
  otherSuffix,
  writeDockerfile,
]

/** Finds the one cause that holds; a new file is the last of them. */
export const playbook = {
  name: 'missing-dockerfile',
  handles: ['missing-dockerfile'],
  draft: draftRepair,
} satisfies Playbook

async function draftRepair(
  evidence: Evidence,
  diagnosis: Diagnosis,
  files: RepositoryFiles,
): Promise<Draft | null> {
  if (diagnosis.failureClass !== 'missing-dockerfile' || evidence.treeTruncated) return null
  const situation = await readSituation(evidence, files)
  if (!situation) return null
  const ruledOut: RuledOut[] = []
  for (const cause of causes) {
    const answer = await cause(situation, ruledOut)
    if (answer.kind === 'decline') return null
    if (answer.kind === 'found') return answer.draft
    ruledOut.push(answer.ruledOut)
  }
  return null
}
