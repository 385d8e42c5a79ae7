/** `file:` was written relative to the context, but is read relative to the workspace. */
import type { RuledOut } from '../../../domain/patch.ts'
import { joinPath, repositoryPath } from '../../../workflow/repository-path.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import { renameInWorkflow } from '../rename-in-workflow.ts'
import type { Situation } from '../situation.ts'
import { workflowPatch } from '../workflow-patch.ts'

/** Writes the path from the workspace's root when the file exists under the context. */
export async function relativeToContext(
  situation: Situation,
  ruledOut: readonly RuledOut[],
): Promise<CauseAnswer> {
  const { build, context, files } = situation
  const cause = 'The path is written relative to the context'
  if (build.fileText === null)
    return excluded(cause, 'The step names no path and takes the default of its context.')
  if (context === '') return excluded(cause, 'The context is the root, so both readings are the same path.')
  const meant = repositoryPath(joinPath(context, build.fileText))
  if (meant === null || !files.includes(meant)) {
    return excluded(cause, `There is no ${meant ?? build.fileText} either.`)
  }
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, meant),
    title: `Name ${meant} from the root of the workspace`,
    rootCause: [
      `The step has the context ${context} and the file ${build.fileText}.`,
      build.kind === 'action'
        ? 'docker/build-push-action reads `file` relative to the workspace, not to the context.'
        : 'The build command reads `--file` relative to the working directory, not to the context.',
      `The Dockerfile is ${meant}.`,
    ],
    summary: `Writes the path of ${meant} as the builder reads it. The Dockerfile stays as it is.`,
    reason: `The Dockerfile is ${meant}; the old path pointed next to it.`,
    untouched: [{ path: meant, reason: 'It was right all along; only its path in the workflow was wrong.' }],
  })
}
