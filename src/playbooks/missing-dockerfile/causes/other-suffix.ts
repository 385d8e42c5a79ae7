/** A production Dockerfile exists under another name, such as `Dockerfile.prod`. */
import { fileNameOf, folderOf } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer, excluded } from '../cause.ts'
import { isDevelopmentName } from '../development-file.ts'
import { misfit } from '../fits-context.ts'
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
  const cause = 'A production Dockerfile has another suffix'
  const development = named.filter(isDevelopmentName)
  if (development.length === 0) return excluded(cause, 'There is no Dockerfile with a suffix in this folder.')
  return excluded(cause, `${development.join(', ')} is for development and no answer for production.`)
}

function isVariantName(name: string): boolean {
  return (
    /^(Dockerfile|Containerfile)[._-][\w.-]+$|^[\w.-]+\.(Dockerfile|dockerfile)$/.test(name) &&
    !name.endsWith('.dockerignore')
  )
}

function askForPath({ wanted }: Situation, candidates: readonly string[]): CauseAnswer {
  return askPerson(
    `${wanted} does not exist, but ${candidates.join(' and ')} would build from this context.`,
    [
      `If that is the production image, set \`file:\` of the build step to it.`,
      `If not, say so, and ${wanted} can be written.`,
    ],
    [{ question: `Should the job build this file instead of ${wanted}?`, candidates }],
  )
}
