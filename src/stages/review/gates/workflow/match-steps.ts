/** Finds for each step before the change the step that it became. */
import { asText, isSame, type WorkflowStep } from './workflow-model.ts'

export interface StepPairs {
  readonly pairs: readonly { before: WorkflowStep; after: WorkflowStep }[]
  readonly removed: readonly WorkflowStep[]
  readonly added: readonly WorkflowStep[]
}

type Likeness = (before: WorkflowStep, after: WorkflowStep) => boolean

/** From the surest likeness to the weakest; a step is taken once. */
const likenesses: readonly Likeness[] = [
  (before, after) => isSame(before.value, after.value),
  (before, after) => sameText(before, after, 'id') && sameKind(before, after),
  (before, after) => sameText(before, after, 'name') && sameKind(before, after),
  (before, after) => actionName(before) !== '' && actionName(before) === actionName(after),
  (before, after) => sameText(before, after, 'run'),
  (before, after) => similarRun(before, after),
  (before, after) => actionRepository(before) !== '' && actionRepository(before) === actionRepository(after),
]

/** Pairs the steps of a job; what stays without a partner was removed or added. */
export function matchSteps(before: readonly WorkflowStep[], after: readonly WorkflowStep[]): StepPairs {
  const pairs: { before: WorkflowStep; after: WorkflowStep }[] = []
  let removed = [...before]
  const added = new Set(after)
  for (const isAlike of likenesses) {
    removed = removed.filter((step) => {
      const partner = [...added].find((candidate) => isAlike(step, candidate))
      if (!partner) return true
      added.delete(partner)
      pairs.push({ before: step, after: partner })
      return false
    })
  }
  return { pairs, removed, added: [...added] }
}

/** `actions/checkout` of `actions/checkout@v4`. */
function actionName(step: WorkflowStep): string {
  return (asText(step.value.uses).split('@')[0] ?? '').toLowerCase()
}

function actionRepository(step: WorkflowStep): string {
  return actionName(step).split('/')[1] ?? ''
}

function sameKind(before: WorkflowStep, after: WorkflowStep): boolean {
  return 'run' in before.value === 'run' in after.value
}

function sameText(before: WorkflowStep, after: WorkflowStep, key: string): boolean {
  const text = asText(before.value[key])
  return text !== '' && text === asText(after.value[key])
}

/** Half of the words are the same: an edited command, not another one. */
function similarRun(before: WorkflowStep, after: WorkflowStep): boolean {
  const old = wordsOf(before)
  const fresh = wordsOf(after)
  if (old.size === 0 || fresh.size === 0) return false
  const shared = [...old].filter((word) => fresh.has(word)).length
  return shared * 2 >= Math.min(old.size, fresh.size)
}

function wordsOf(step: WorkflowStep): Set<string> {
  return new Set(
    asText(step.value.run)
      .slice(0, 20_000)
      .split(/[^\w./-]{1,100}/)
      .filter((word) => word.length > 1),
  )
}
