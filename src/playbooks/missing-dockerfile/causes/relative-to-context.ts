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
  const cause = {
    en: 'The path is written relative to the context',
    ja: 'パスがコンテキストからの相対で書かれている',
  }
  if (build.fileText === null) {
    return excluded(cause, {
      en: 'The step names no path and takes the default of its context.',
      ja: 'ステップにパスの指定がなく、コンテキストの既定値が使われます。',
    })
  }
  if (context === '') {
    return excluded(cause, {
      en: 'The context is the root, so both readings are the same path.',
      ja: 'コンテキストはルートなので、どちらの読み方でも同じパスです。',
    })
  }
  const meant = repositoryPath(joinPath(context, build.fileText))
  if (meant === null || !files.includes(meant)) {
    const absent = meant ?? build.fileText
    return excluded(cause, { en: `There is no \`${absent}\` either.`, ja: `\`${absent}\` も存在しません。` })
  }
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, meant),
    title: {
      en: `Name ${meant} from the root of the workspace`,
      ja: `${meant} をワークスペースのルートからのパスで書く`,
    },
    rootCause: [
      {
        en: `The step has the context \`${context}\` and the file \`${build.fileText}\`.`,
        ja: `ステップの context は \`${context}\`、file は \`${build.fileText}\` です。`,
      },
      build.kind === 'action'
        ? {
            en: '`docker/build-push-action` reads `file` relative to the workspace, not to the context.',
            ja: '`docker/build-push-action` の `file` は、コンテキストではなくワークスペースからの相対パスです。',
          }
        : {
            en: 'The build command reads `--file` relative to the working directory, not to the context.',
            ja: 'ビルドコマンドの `--file` は、コンテキストではなく作業ディレクトリからの相対パスです。',
          },
      { en: `The Dockerfile is \`${meant}\`.`, ja: `Dockerfile は \`${meant}\` にあります。` },
    ],
    summary: {
      en: `Writes the path of \`${meant}\` as the builder reads it. The Dockerfile stays as it is.`,
      ja: `\`${meant}\` のパスを、ビルダーの読み方に合わせて書きます。Dockerfile は変更しません。`,
    },
    reason: {
      en: `The Dockerfile is \`${meant}\`; the old path pointed next to it.`,
      ja: `Dockerfile は \`${meant}\` にあり、以前のパスはその隣を指していました。`,
    },
    untouched: [
      {
        path: meant,
        reason: {
          en: 'It was right all along; only its path in the workflow was wrong.',
          ja: 'もともと正しく、ワークフローのパスだけが誤っていました。',
        },
      },
    ],
  })
}
