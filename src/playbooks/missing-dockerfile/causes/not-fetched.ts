/** The file is in a submodule or outside a sparse checkout, so the runner never had it. */
import type { RuledOut } from '../../../domain/patch.ts'
import { addWithEntries, appendToBlock, editValue } from '../../../workflow/edit-workflow.ts'
import type { WorkflowStep } from '../../../workflow/parse-workflow.ts'
import { folderOf } from '../../../workflow/repository-path.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import { findCheckout, type Situation } from '../situation.ts'
import { workflowPatch } from '../workflow-patch.ts'

/** Lets the checkout fetch what it left out. */
export async function notFetched(situation: Situation, ruledOut: readonly RuledOut[]): Promise<CauseAnswer> {
  const { files, wanted, submodules, build } = situation
  const checkout = findCheckout(build)
  if (checkout && (checkout.with.has('path') || checkout.with.has('repository'))) return { kind: 'decline' }
  const submodule = submodules.find((path) => wanted.startsWith(`${path}/`))
  if (submodule !== undefined && checkout) return fetchSubmodule(situation, ruledOut, checkout, submodule)
  if (files.includes(wanted)) return widenSparseCheckout(situation, ruledOut, checkout)
  return excluded(
    { en: 'The file was not fetched', ja: 'ファイルが取得されていない' },
    {
      en: 'It is in no submodule, and the checkout is not sparse.',
      ja: 'サブモジュール内のファイルではなく、sparse checkout も使われていません。',
    },
  )
}

function fetchSubmodule(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  checkout: WorkflowStep,
  submodule: string,
): CauseAnswer {
  const { workflowText, wanted } = situation
  const written = checkout.with.get('submodules')
  if (written && !/^(false|)$/.test(written.value)) return { kind: 'decline' }
  return workflowPatch(situation, ruledOut, {
    text: written
      ? editValue(workflowText, written, 'recursive')
      : addWithEntries(workflowText, checkout, [['submodules', 'recursive']]),
    title: {
      en: `Check out the submodule ${submodule} before the image is built`,
      ja: `イメージのビルド前にサブモジュール ${submodule} を取得する`,
    },
    rootCause: [
      {
        en: `\`${wanted}\` is part of the submodule \`${submodule}\`.`,
        ja: `\`${wanted}\` はサブモジュール \`${submodule}\` に含まれています。`,
      },
      {
        en: '`actions/checkout` leaves submodules out unless it is told otherwise.',
        ja: '`actions/checkout` は、指定がない限りサブモジュールを取得しません。',
      },
    ],
    summary: {
      en: 'Lets the checkout fetch submodules.',
      ja: 'チェックアウト時にサブモジュールも取得します。',
    },
    reason: {
      en: `Without submodules the folder \`${submodule}\` is empty on the runner.`,
      ja: `サブモジュールを取得しないと、ランナー上の \`${submodule}\` は空のままです。`,
    },
    nextSteps: [
      {
        en: `If \`${submodule}\` is a private repository, give the checkout a token that can read it.`,
        ja: `\`${submodule}\` が非公開リポジトリの場合は、読み取れるトークンをチェックアウトに渡してください。`,
      },
    ],
  })
}

/** The file is in the repository at this commit: only a sparse checkout explains that it was not found. */
function widenSparseCheckout(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  checkout: WorkflowStep | undefined,
): CauseAnswer {
  const { workflowText, wanted } = situation
  const sparse = checkout?.with.get('sparse-checkout')
  const folder = folderOf(wanted)
  if (!sparse || folder === '' || coversFolder(sparse.value, folder)) return { kind: 'decline' }
  return workflowPatch(situation, ruledOut, {
    text: appendToBlock(workflowText, sparse, folder),
    title: {
      en: `Include ${folder} in the sparse checkout`,
      ja: `sparse checkout の対象に ${folder} を加える`,
    },
    rootCause: [
      { en: `\`${wanted}\` is in the repository.`, ja: `\`${wanted}\` はリポジトリにあります。` },
      {
        en: `The sparse checkout lists other folders and leaves \`${folder}\` out.`,
        ja: `sparse checkout の対象に \`${folder}\` が含まれていません。`,
      },
    ],
    summary: {
      en: `Adds \`${folder}\` to the sparse checkout. The Dockerfile stays as it is.`,
      ja: `sparse checkout の対象に \`${folder}\` を追加します。Dockerfile は変更しません。`,
    },
    reason: {
      en: `The build reads \`${wanted}\`, which the checkout left out.`,
      ja: `ビルドが読み込む \`${wanted}\` は、チェックアウトの対象外でした。`,
    },
    untouched: [
      {
        path: wanted,
        reason: {
          en: 'It exists; only the checkout left it out.',
          ja: '存在しており、チェックアウトの対象外だっただけです。',
        },
      },
    ],
  })
}

function coversFolder(list: string, folder: string): boolean {
  return list
    .split('\n')
    .map((line) => line.trim().replace(/^\/|\/$/g, ''))
    .some((line) => line !== '' && (line === folder || folder.startsWith(`${line}/`)))
}
