/** The job never fetched the repository, so no file of it is there. */
import type { RuledOut } from '../../../domain/patch.ts'
import { insertStepBefore } from '../../../workflow/edit-workflow.ts'
import type { Workflow } from '../../../workflow/parse-workflow.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import { findCheckout, type Situation } from '../situation.ts'
import { workflowPatch } from '../workflow-patch.ts'

/** Taken where no workflow of the repository shows which version it trusts. */
const defaultCheckout = 'actions/checkout@v4'

/** Adds the checkout step that the job lacks, pinned as elsewhere in the repository. */
export async function missingCheckout(
  situation: Situation,
  ruledOut: readonly RuledOut[],
): Promise<CauseAnswer> {
  const { build, files, wanted } = situation
  const cause = { en: 'The job has no checkout step', ja: 'ジョブにチェックアウトのステップがない' }
  if (build.contextSource === 'git') {
    return excluded(cause, {
      en: 'The builder fetches the commit by itself.',
      ja: 'ビルダーが自分でコミットを取得します。',
    })
  }
  const checkout = findCheckout(build)
  if (checkout) {
    return excluded(cause, {
      en: `Line ${checkout.lineStart} of the workflow checks the repository out.`,
      ja: `ワークフローの ${checkout.lineStart} 行目でチェックアウトしています。`,
    })
  }
  if (!files.includes(wanted)) {
    // Two causes at once: adding the checkout would lead to the next failure, so a person should see both.
    return { kind: 'decline' }
  }
  return addCheckout(situation, ruledOut)
}

async function addCheckout(situation: Situation, ruledOut: readonly RuledOut[]): Promise<CauseAnswer> {
  const { build, workflowText, wanted } = situation
  const first = build.job.steps[0]!
  const uses = await usualCheckout(situation)
  return workflowPatch(situation, ruledOut, {
    text: insertStepBefore(workflowText, first, [`uses: ${uses}`]),
    title: {
      en: 'Check out the repository before the image is built',
      ja: 'イメージのビルド前にリポジトリをチェックアウトする',
    },
    rootCause: [
      {
        en: `The job "${build.job.id}" builds an image from a path of the workspace.`,
        ja: `ジョブ \`${build.job.id}\` はワークスペースのパスからイメージをビルドします。`,
      },
      {
        en: 'The job has no `actions/checkout` step, so the workspace is empty.',
        ja: 'このジョブには `actions/checkout` のステップがないため、ワークスペースが空です。',
      },
      {
        en: `\`${wanted}\` is in the repository, but not on the runner.`,
        ja: `\`${wanted}\` はリポジトリにありますが、ランナーにはありません。`,
      },
    ],
    summary: {
      en: `Adds \`${uses}\` as the first step of the job. The Dockerfile exists and stays as it is.`,
      ja: `ジョブの最初のステップとして \`${uses}\` を追加します。Dockerfile は存在しており、変更しません。`,
    },
    reason: {
      en: 'The build reads files of the repository, which are there only after a checkout.',
      ja: 'ビルドはリポジトリのファイルを読み込みますが、チェックアウトするまで存在しません。',
    },
    untouched: [
      {
        path: wanted,
        reason: {
          en: 'It exists; only the checkout was missing.',
          ja: '存在しており、チェックアウトが欠けていただけです。',
        },
      },
    ],
  })
}

/** The checkout as this workflow, or another of the repository, already writes it, with its comment. */
async function usualCheckout(situation: Situation): Promise<string> {
  const { workflowText, workflow, files, read } = situation
  const own = checkoutIn(workflowText, workflow)
  if (own) return own
  for (const path of files.filter((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file)).slice(0, 20)) {
    const used = checkoutIn((await read(path)) ?? '', null)
    if (used) return used
  }
  return defaultCheckout
}

function checkoutIn(text: string, workflow: Workflow | null): string | null {
  if (
    workflow &&
    !workflow.jobs.some(({ steps }) => steps.some(({ uses }) => uses?.value.startsWith('actions/checkout@')))
  ) {
    return null
  }
  const line =
    /^\s*(?:-\s+)?uses:\s*(?<used>actions\/checkout@[\w.-]{1,60}(?:[ \t]+#[ \t]*[\w.-]{1,40})?)\s*$/m.exec(
      text,
    )
  return line?.groups?.used ?? null
}
