/** The Dockerfile lies in another folder than the workflow says. */
import type { RuledOut } from '../../../domain/patch.ts'
import type { Text } from '../../../domain/text.ts'
import { folderOf } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer, excluded } from '../cause.ts'
import { type Candidate, findCandidates, misfit } from '../fits-context.ts'
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
  return excluded(
    { en: 'The Dockerfile lies in another folder', ja: 'Dockerfile が別のフォルダーにある' },
    whyNoneFits(candidates),
  )
}

function whyNoneFits(candidates: readonly Candidate[]): Text {
  const facts = candidates.slice(0, 3).flatMap(({ misfit }) => misfit ?? [])
  if (facts.length === 0) {
    return {
      en: 'The repository has no other file of this name.',
      ja: 'リポジトリに同名のファイルは他にありません。',
    }
  }
  return {
    en: `${facts.map(({ en }) => en).join('; ')}.`,
    ja: facts.map(({ ja }) => `${ja}。`).join(''),
  }
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
  const step = build.step.name ?? build.job.id
  const renamed = changedFiles.find((file) => file.status === 'renamed' && file.path === path)
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, path),
    title: {
      en: `Build from ${path}, where the Dockerfile is`,
      ja: `Dockerfile がある ${path} からビルドする`,
    },
    rootCause: [
      {
        en: `The step "${step}" reads \`${wanted}\`, which does not exist.`,
        ja: `ステップ \`${step}\` が読み込む \`${wanted}\` は存在しません。`,
      },
      renamed
        ? {
            en: `\`${renamed.previousPath ?? wanted}\` was renamed to \`${path}\` in this change, and the workflow kept the old path.`,
            ja: `この変更で \`${renamed.previousPath ?? wanted}\` は \`${path}\` に改名されましたが、ワークフローには古いパスが残っています。`,
          }
        : {
            en: `The repository has one Dockerfile that fits this context: \`${path}\`.`,
            ja: `このコンテキストに合う Dockerfile は、リポジトリに一つだけあります: \`${path}\``,
          },
    ],
    summary: {
      en: `Corrects the path in the workflow. \`${path}\` stays as it is.`,
      ja: `ワークフローのパスを修正します。\`${path}\` は変更しません。`,
    },
    reason: {
      en: `\`${path}\` is the only Dockerfile whose sources this build context holds.`,
      ja: `このビルドコンテキストにソースがそろっている Dockerfile は \`${path}\` だけです。`,
    },
    untouched: [
      {
        path,
        reason: {
          en: 'It is the production Dockerfile; only its path in the workflow was wrong.',
          ja: '本番用 Dockerfile で、ワークフローのパスだけが誤っていました。',
        },
      },
    ],
  })
}

function askWhich({ wanted }: Situation, candidates: readonly string[]): CauseAnswer {
  return askPerson(
    {
      en: `\`${wanted}\` does not exist, and several Dockerfiles fit this build context.`,
      ja: `\`${wanted}\` は存在せず、このビルドコンテキストに合う Dockerfile が複数あります。`,
    },
    [
      {
        en: 'Set `file:` of the build step to the Dockerfile that this job should build.',
        ja: 'ビルドステップの `file:` に、このジョブがビルドすべき Dockerfile を指定してください。',
      },
    ],
    [
      {
        question: {
          en: `Which Dockerfile should be built instead of \`${wanted}\`?`,
          ja: `\`${wanted}\` の代わりに、どの Dockerfile をビルドすべきですか。`,
        },
        candidates,
      },
    ],
  )
}

function askForContext({ wanted }: Situation, candidates: readonly string[]): CauseAnswer {
  return askPerson(
    {
      en: `\`${wanted}\` does not exist, and the Dockerfiles of the repository belong to folders with their own context.`,
      ja: `\`${wanted}\` は存在せず、リポジトリの Dockerfile はそれぞれ自分のフォルダーをコンテキストとしています。`,
    },
    [
      {
        en: 'Set `context:` and `file:` of the build step together to the project that this job should build.',
        ja: 'ビルドステップの `context:` と `file:` を、このジョブがビルドすべきプロジェクトにそろえてください。',
      },
    ],
    [
      {
        question: {
          en: 'Which project should this job build?',
          ja: 'このジョブはどのプロジェクトをビルドすべきですか。',
        },
        candidates,
      },
    ],
  )
}
