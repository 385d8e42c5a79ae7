/** The Dockerfile lies in another folder than the workflow says. */
import type { RuledOut } from '../../../domain/patch.ts'
import { folderOf } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer, excluded } from '../cause.ts'
import { findCandidates, misfit } from '../fits-context.ts'
import { renameInWorkflow } from '../rename-in-workflow.ts'
import type { Situation } from '../situation.ts'
import { workflowPatch } from '../workflow-patch.ts'

/** Corrects the path when exactly one Dockerfile fits the context, and asks when several do. */
export async function otherDirectory(
  situation: Situation,
  ruledOut: readonly RuledOut[],
): Promise<CauseAnswer> {
  const candidates = await findCandidates(situation)
  const fitting = candidates.filter((candidate) => candidate.misfit === null).map(({ path }) => path)
  if (fitting.length > 1) return askWhich(situation, fitting)
  if (fitting.length === 1) return correctPath(situation, ruledOut, fitting[0]!)
  const ownContext = await findInOwnContext(
    situation,
    candidates.map(({ path }) => path),
  )
  if (ownContext.length > 0) return askForContext(situation, ownContext)
  const facts = candidates.slice(0, 3).map((candidate) => candidate.misfit)
  return excluded(
    'The Dockerfile lies in another folder',
    facts.length > 0 ? `${facts.join('; ')}.` : 'The repository has no other file of this name.',
  )
}

/** With the root as context, a project's own Dockerfile in a folder below may be what was meant. */
async function findInOwnContext(situation: Situation, paths: readonly string[]): Promise<string[]> {
  if (situation.context !== '' || hasManifest(situation)) return []
  const fits = await Promise.all(
    paths.map(async (path) => (await misfit({ ...situation, context: folderOf(path) }, path)) === null),
  )
  return paths.filter((_, at) => fits[at])
}

function hasManifest({ files }: Situation): boolean {
  return ['package.json', 'pyproject.toml', 'requirements.txt', 'manage.py'].some((name) =>
    files.includes(name),
  )
}

function correctPath(situation: Situation, ruledOut: readonly RuledOut[], path: string): CauseAnswer {
  const { wanted, build, changedFiles } = situation
  const renamed = changedFiles.find((file) => file.status === 'renamed' && file.path === path)
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, path),
    title: `Build from ${path}, where the Dockerfile is`,
    rootCause: [
      `The step "${build.step.name ?? build.job.id}" reads ${wanted}, which does not exist.`,
      renamed
        ? `${renamed.previousPath ?? wanted} was renamed to ${path} in this change, and the workflow kept the old path.`
        : `The repository has one Dockerfile that fits this context: ${path}.`,
    ],
    summary: `Corrects the path in the workflow. ${path} stays as it is.`,
    reason: `${path} is the only Dockerfile whose sources this build context holds.`,
    untouched: [
      { path, reason: 'It is the production Dockerfile; only its path in the workflow was wrong.' },
    ],
  })
}

function askWhich({ wanted }: Situation, candidates: readonly string[]): CauseAnswer {
  return askPerson(
    `${wanted} does not exist, and several Dockerfiles fit this build context.`,
    [`Set \`file:\` of the build step to the Dockerfile that this job should build.`],
    [{ question: `Which Dockerfile should be built instead of ${wanted}?`, candidates }],
  )
}

function askForContext({ wanted }: Situation, candidates: readonly string[]): CauseAnswer {
  return askPerson(
    `${wanted} does not exist, and the Dockerfiles of the repository belong to folders with their own context.`,
    ['Set `context:` and `file:` of the build step together to the project that this job should build.'],
    [{ question: 'Which project should this job build?', candidates }],
  )
}
