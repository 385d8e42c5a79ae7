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
  const cause = {
    en: 'The change deleted or renamed the Dockerfile',
    ja: 'この変更で Dockerfile が削除または改名された',
  }
  const renamed = changedFiles.find(
    ({ status, previousPath }) => status === 'renamed' && previousPath === wanted,
  )
  if (renamed) return followRename(situation, ruledOut, renamed.path)
  const removed = changedFiles.find(({ status, path }) => status === 'removed' && path === wanted)
  if (removed) return offerRestore(situation)
  if (comparedWith === null) {
    return excluded(cause, {
      en: 'It could not be checked, for there is no earlier green run to compare with.',
      ja: '比較できる成功した実行がないため、確認できませんでした。',
    })
  }
  return excluded(cause, {
    en: `The change since \`${comparedWith}\` does not touch \`${wanted}\`.`,
    ja: `\`${comparedWith}\` 以降の変更は \`${wanted}\` に触れていません。`,
  })
}

async function followRename(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  path: string,
): Promise<CauseAnswer> {
  const reason = await misfit(situation, path)
  if (reason !== null) {
    return askPerson(
      {
        en: `\`${situation.wanted}\` was renamed to \`${path}\` in this change, and the workflow still asks for the old name.`,
        ja: `この変更で \`${situation.wanted}\` は \`${path}\` に改名されましたが、ワークフローは古い名前を指定したままです。`,
      },
      [
        {
          en: `Decide whether the image should be built from \`${path}\`: ${reason.en}.`,
          ja: `イメージを \`${path}\` からビルドすべきか決めてください。${reason.ja}。`,
        },
        {
          en: `Otherwise restore \`${situation.wanted}\`.`,
          ja: `そうでない場合は \`${situation.wanted}\` を復元してください。`,
        },
      ],
    )
  }
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, path),
    title: {
      en: `Build from ${path}, the Dockerfile's new name`,
      ja: `改名後の Dockerfile である ${path} からビルドする`,
    },
    rootCause: [
      {
        en: `This change renames \`${situation.wanted}\` to \`${path}\`.`,
        ja: `この変更で \`${situation.wanted}\` が \`${path}\` に改名されました。`,
      },
      {
        en: 'The workflow still asks for the old name.',
        ja: 'ワークフローは古い名前を指定したままです。',
      },
    ],
    summary: {
      en: 'Takes the rename over into the workflow. The Dockerfile stays as it is.',
      ja: '改名をワークフローに反映します。Dockerfile は変更しません。',
    },
    reason: {
      en: `The change renamed \`${situation.wanted}\` to \`${path}\`.`,
      ja: `この変更で \`${situation.wanted}\` は \`${path}\` に改名されています。`,
    },
    untouched: [
      {
        path,
        reason: {
          en: 'It is the same Dockerfile under its new name.',
          ja: '新しい名前になった同じ Dockerfile です。',
        },
      },
    ],
  })
}

function offerRestore({ wanted, comparedWith, build, workflowPath }: Situation): CauseAnswer {
  const isKnown = comparedWith !== null && isSafePath(comparedWith)
  return askPerson(
    {
      en: `This change deletes \`${wanted}\`, which the job "${build.job.id}" still builds.`,
      ja: `この変更は \`${wanted}\` を削除しますが、ジョブ \`${build.job.id}\` はまだそれをビルドします。`,
    },
    [
      isKnown
        ? {
            en: `To keep the image, restore the file: \`git checkout ${comparedWith} -- ${wanted}\`.`,
            ja: `イメージを残す場合は、ファイルを復元してください: \`git checkout ${comparedWith} -- ${wanted}\``,
          }
        : {
            en: `To keep the image, restore \`${wanted}\` from the commit before this change.`,
            ja: `イメージを残す場合は、この変更の前のコミットから \`${wanted}\` を復元してください。`,
          },
      {
        en: `If the image is no longer wanted, remove its job from \`${workflowPath}\` in the same change.`,
        ja: `イメージが不要になった場合は、同じ変更で \`${workflowPath}\` からそのジョブを削除してください。`,
      },
    ],
    [
      {
        question: {
          en: `Was the deletion of \`${wanted}\` meant?`,
          ja: `\`${wanted}\` の削除は意図したものですか。`,
        },
        candidates: [],
      },
    ],
  )
}
