/** The build context itself is not in the repository: then the path of the context is wrong, not the file. */
import { pathWithin } from '../../../workflow/repository-path.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import type { Situation } from '../situation.ts'

/** Declines: which folder was meant is the question of another class. */
export async function missingContext({ context, files }: Situation): Promise<CauseAnswer> {
  if (!files.some((path) => pathWithin(context, path) !== null)) return { kind: 'decline' }
  return excluded(
    { en: 'The build context does not exist', ja: 'ビルドコンテキストが存在しない' },
    context === ''
      ? { en: 'The root has files at this commit.', ja: 'このコミットのルートにはファイルがあります。' }
      : {
          en: `\`${context}\` has files at this commit.`,
          ja: `このコミットの \`${context}\` にはファイルがあります。`,
        },
  )
}
