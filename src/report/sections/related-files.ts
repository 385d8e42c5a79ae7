/** Created, changed, deleted and untouched files: the lists are made from the diff itself. */
import type { FileChange } from '../../domain/patch.ts'
import { bulletList, codeSpan } from '../markdown.ts'
import type { ReportView } from '../report-view.ts'
import { told } from '../told.ts'

/** The section on related files; nothing without a patch. */
export function relatedFiles(view: ReportView): string[] {
  const { patch, facts, messages } = view
  if (!patch) return []
  const { heading } = messages
  const created = patch.changes.filter(({ before, after }) => before === null && after !== null)
  const deleted = patch.changes.filter(({ after }) => after === null)
  const changed = patch.changes.filter(({ before, after }) => before !== null && after !== null)
  const development = facts.get('development-file')
  const untouched = patch.untouched.map(({ path, reason }) =>
    path === development
      ? `${codeSpan(path)}: ${messages.files.staysForDevelopment}`
      : `${codeSpan(path)}: ${told(reason, view)}`,
  )
  return [
    `## ${heading.relatedFiles}`,
    ...group(
      heading.created,
      created.map((change) => fileLine(change, view)),
    ),
    ...group(
      heading.changed,
      changed.map((change) => fileLine(change, view)),
    ),
    ...group(
      heading.deleted,
      deleted.map((change) => fileLine(change, view)),
    ),
    ...group(heading.untouched, untouched),
  ]
}

function group(title: string, items: readonly string[]): string[] {
  return items.length === 0 ? [] : [`**${title}**`, bulletList(items)]
}

function fileLine({ path, reason }: FileChange, view: ReportView): string {
  return `${codeSpan(path)}: ${told(reason, view)}`
}
