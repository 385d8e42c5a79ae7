/** Writes another Dockerfile path into the build step, in the manner in which the old one is written. */
import { addWithEntries, editValue, editWithin } from '../../workflow/edit-workflow.ts'
import { pathWithin } from '../../workflow/repository-path.ts'
import { isSafePath, type Situation } from './situation.ts'

/**
 * The workflow's text with the build step reading `path`; null when the place cannot be edited alone, for
 * instance because an expression or an alias stands there.
 */
export function renameInWorkflow({ build, workflowText }: Situation, path: string): string | null {
  if (!isSafePath(path)) return null
  const { kind, step, fileValue, fileText, fileBase } = build
  const relative = pathWithin(fileBase, path)
  if (relative === null) return null
  if (kind === 'action' && !fileValue) return addWithEntries(workflowText, step, [['file', relative]])
  if (!fileValue || fileText === null) return null
  const written = fileText.startsWith('./') ? `./${relative}` : relative
  if (kind === 'action') return editValue(workflowText, fileValue, written)
  return renameInCommand(workflowText, fileValue, fileText, written)
}

/** The path may also be part of other words of the script: it is replaced with its option. */
function renameInCommand(
  text: string,
  run: NonNullable<Situation['build']['fileValue']>,
  from: string,
  to: string,
): string | null {
  for (const option of ['--file=', '--file ', '-f ']) {
    for (const quote of ['', '"', "'"]) {
      const edited = editWithin(text, run, `${option}${quote}${from}`, `${option}${quote}${to}`)
      if (edited !== null) return edited
    }
  }
  return null
}
