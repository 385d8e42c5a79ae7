/** The patch of a cause whose fix is one edit of the workflow file. */
import type { Fact, Patch, RuledOut } from '../../domain/patch.ts'
import type { Text } from '../../domain/text.ts'
import type { CauseAnswer } from './cause.ts'
import { refusedWorkarounds } from './refused-workarounds.ts'
import type { Situation } from './situation.ts'
import { workflowFacts } from './workflow-facts.ts'

interface WorkflowPatchInput {
  /** The edited workflow; null declines, because the place could not be edited alone. */
  readonly text: string | null
  readonly title: Text
  readonly rootCause: readonly Text[]
  readonly summary: Text
  readonly reason: Text
  readonly untouched?: Patch['untouched']
  readonly nextSteps?: readonly Text[]
  readonly facts?: readonly Fact[]
}

/** The answer of a cause that edits the workflow and nothing else. */
export function workflowPatch(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  input: WorkflowPatchInput,
): CauseAnswer {
  const { workflowPath, workflowText } = situation
  if (input.text === null || input.text === workflowText) return { kind: 'decline' }
  const patch: Patch = {
    author: { kind: 'playbook', name: 'missing-dockerfile' },
    title: input.title,
    rootCause: [...input.rootCause],
    summary: input.summary,
    changes: [
      { path: workflowPath, mode: '100644', before: workflowText, after: input.text, reason: input.reason },
    ],
    offers: [],
    ruledOut: [...ruledOut],
    refusedWorkarounds: refusedWorkarounds(null),
    untouched: input.untouched ?? [],
    nextSteps: [...(input.nextSteps ?? [])],
    facts: [...workflowFacts(situation), ...(input.facts ?? [])],
  }
  return { kind: 'found', draft: { kind: 'patch', patch } }
}
