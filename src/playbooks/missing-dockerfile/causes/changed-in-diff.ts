/** The file was deleted or renamed by the change that turned the run red. */
import type { RuledOut } from '../../../domain/patch.ts'
import { askPerson, type CauseAnswer, excluded } from '../cause.ts'
import { misfit } from '../fits-context.ts'
import { renameInWorkflow } from '../rename-in-workflow.ts'
import { isSafePath, type Situation } from '../situation.ts'
import { workflowPatch } from '../workflow-patch.ts'

/** Follows a rename; a deletion may have been meant, so it is left to a person with the way back. */
export async function changedInDiff(
  situation: Situation,
  ruledOut: readonly RuledOut[],
): Promise<CauseAnswer> {
  const { changedFiles, wanted, comparedWith } = situation
  const cause = 'The change deleted or renamed the Dockerfile'
  const renamed = changedFiles.find(
    ({ status, previousPath }) => status === 'renamed' && previousPath === wanted,
  )
  if (renamed) return followRename(situation, ruledOut, renamed.path)
  const removed = changedFiles.find(({ status, path }) => status === 'removed' && path === wanted)
  if (removed) return offerRestore(situation)
  if (comparedWith === null)
    return excluded(cause, 'Not checked: there is no earlier green run to compare with.')
  return excluded(cause, `The change since ${comparedWith} does not touch ${wanted}.`)
}

async function followRename(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  path: string,
): Promise<CauseAnswer> {
  const reason = await misfit(situation, path)
  if (reason !== null) {
    return askPerson(
      `${situation.wanted} was renamed to ${path} in this change, and the workflow still asks for the old name.`,
      [
        `Decide whether the image should be built from ${path}: ${reason}.`,
        `Otherwise restore ${situation.wanted}.`,
      ],
    )
  }
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, path),
    title: `Build from ${path}, the Dockerfile's new name`,
    rootCause: [
      `This change renames ${situation.wanted} to ${path}.`,
      'The workflow still asks for the old name.',
    ],
    summary: 'Takes the rename over into the workflow. The Dockerfile stays as it is.',
    reason: `The change renamed ${situation.wanted} to ${path}.`,
    untouched: [{ path, reason: 'It is the same Dockerfile under its new name.' }],
  })
}

function offerRestore({ wanted, comparedWith, build, workflowPath }: Situation): CauseAnswer {
  const isKnown = comparedWith !== null && isSafePath(comparedWith)
  return askPerson(
    `This change deletes ${wanted}, which the job "${build.job.id}" still builds.`,
    [
      isKnown
        ? `To keep the image, restore the file: \`git checkout ${comparedWith} -- ${wanted}\`.`
        : `To keep the image, restore ${wanted} from the commit before this change.`,
      `If the image is no longer wanted, remove its job from ${workflowPath} in the same change.`,
    ],
    [
      {
        question: 'Was the deletion meant?',
        candidates: [`restore ${wanted}`, 'remove the job that builds it'],
      },
    ],
  )
}
