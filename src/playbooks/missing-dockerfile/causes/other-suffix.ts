/** A production Dockerfile exists under another name, such as `Dockerfile.prod`. */
import { fileNameOf, folderOf } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer, excluded } from '../cause.ts'
import { isDevelopmentName } from '../development-file.ts'
import { misfit } from '../fits-context.ts'
import { listNames } from '../list-names.ts'
import type { Situation } from '../situation.ts'

/** Offers the path as a question: a name other than the wanted one may mean another purpose. */
export async function otherSuffix(situation: Situation): Promise<CauseAnswer> {
  const { files, wanted, context } = situation
  const named = files.filter(
    (path) =>
      isVariantName(fileNameOf(path)) && (folderOf(path) === folderOf(wanted) || folderOf(path) === context),
  )
  const fitting: string[] = []
  for (const path of named.slice(0, 10)) if ((await misfit(situation, path)) === null) fitting.push(path)
  if (fitting.length > 0) return askForPath(situation, fitting)
  const cause = {
    en: 'A production Dockerfile has another suffix',
    ja: '本番用 Dockerfile に別の接尾辞が付いている',
  }
  const development = named.filter(isDevelopmentName)
  if (development.length === 0) {
    return excluded(cause, {
      en: 'There is no Dockerfile with a suffix in this folder.',
      ja: 'このフォルダーに接尾辞付きの Dockerfile はありません。',
    })
  }
  const names = listNames(development)
  return excluded(cause, {
    en: `${names.en} ${development.length === 1 ? 'is' : 'are'} for development and no answer for production.`,
    ja: `${names.ja} は開発用であり、本番には使えません。`,
  })
}

function isVariantName(name: string): boolean {
  return (
    /^(Dockerfile|Containerfile)[._-][\w.-]+$|^[\w.-]+\.(Dockerfile|dockerfile)$/.test(name) &&
    !name.endsWith('.dockerignore')
  )
}

function askForPath({ wanted }: Situation, candidates: readonly string[]): CauseAnswer {
  const names = listNames(candidates)
  return askPerson(
    {
      en: `\`${wanted}\` does not exist, but ${names.en} would build from this context.`,
      ja: `\`${wanted}\` は存在しませんが、${names.ja} ならこのコンテキストからビルドできます。`,
    },
    [
      {
        en: 'If that is the production image, set `file:` of the build step to it.',
        ja: 'それが本番用イメージであれば、ビルドステップの `file:` に指定してください。',
      },
      {
        en: `If not, say so, and \`${wanted}\` can be written.`,
        ja: `そうでない場合はその旨を伝えてください。\`${wanted}\` を作成できます。`,
      },
    ],
    [
      {
        question: {
          en: `Should the job build this file instead of \`${wanted}\`?`,
          ja: `ジョブは \`${wanted}\` の代わりにこのファイルをビルドすべきですか。`,
        },
        candidates,
      },
    ],
  )
}
