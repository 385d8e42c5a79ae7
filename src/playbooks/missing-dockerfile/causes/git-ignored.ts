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
  return excluded('The Dockerfile is git-ignored', `No .gitignore of the repository covers ${wanted}.`)
}

function askForCommit(wanted: string, ignoreFile: string, line: number): CauseAnswer {
  return askPerson(`${wanted} is ignored by line ${line} of ${ignoreFile}, so it was never committed.`, [
    `If the file is on your disk, commit it: \`git add --force ${wanted}\`, and narrow line ${line} of ${ignoreFile}.`,
    `If there is no such file yet, remove that line first; the next run can then be repaired.`,
  ])
}

function foldersAbove(path: string): string[] {
  const folders: string[] = []
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) folders.push(folder)
  return [...folders, '']
}
