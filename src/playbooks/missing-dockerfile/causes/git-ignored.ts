/** The file exists on the author's disk and is kept out of git by an ignore rule. */
import { parseGitignore } from '../../../docker/gitignore.ts'
import { folderOf, joinPath, pathWithin } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer, excluded } from '../cause.ts'
import type { Situation } from '../situation.ts'

/** Names the rule, because only the author has the file. */
export async function gitIgnored({ wanted, read }: Situation): Promise<CauseAnswer> {
  for (const folder of foldersAbove(wanted)) {
    const path = joinPath(folder, '.gitignore')
    const text = await read(path)
    const rule = text === null ? null : parseGitignore(text).ignoredBy(pathWithin(folder, wanted)!)
    if (rule) return askForCommit(wanted, path, rule.line)
  }
  return excluded(
    { en: 'The Dockerfile is git-ignored', ja: 'Dockerfile が .gitignore の対象になっている' },
    {
      en: `No .gitignore of the repository covers \`${wanted}\`.`,
      ja: `リポジトリのどの .gitignore も \`${wanted}\` を対象にしていません。`,
    },
  )
}

function askForCommit(wanted: string, ignoreFile: string, line: number): CauseAnswer {
  return askPerson(
    {
      en: `\`${wanted}\` is ignored by line ${line} of \`${ignoreFile}\`, so it was never committed.`,
      ja: `\`${wanted}\` は \`${ignoreFile}\` の ${line} 行目で無視されているため、コミットされていません。`,
    },
    [
      {
        en: `If the file is on your disk, commit it: \`git add --force ${wanted}\`, and narrow line ${line} of \`${ignoreFile}\`.`,
        ja: `ファイルが手元にある場合は \`git add --force ${wanted}\` でコミットし、\`${ignoreFile}\` の ${line} 行目の範囲を狭めてください。`,
      },
      {
        en: 'If there is no such file yet, remove that line first; the next run can then be repaired.',
        ja: 'ファイルがまだない場合は、先にその行を削除してください。次の実行から修復できます。',
      },
    ],
  )
}

function foldersAbove(path: string): string[] {
  const folders: string[] = []
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder)
  return [...folders, '']
}
