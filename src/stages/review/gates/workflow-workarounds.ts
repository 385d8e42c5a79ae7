/** Gate: a workflow still checks everything that it checked. Compares the parsed files, not their text. */
import type { FileChange } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import { isActionFile, isWorkflowFile } from './file-kinds.ts'
import { block, countOf, type Gate } from './gate.ts'
import { splitLines } from './line-diff.ts'
import { yamlBytesMax } from './strict-yaml.ts'
import { jobFindings } from './workflow/job-findings.ts'
import { permissionFindings, secretFindings, unsafeSwitchFindings } from './workflow/right-findings.ts'
import { laxDefaultShell, ownerOf } from './workflow/step-findings.ts'
import { triggerFindings } from './workflow/trigger-findings.ts'
import { type Mapping, type WorkflowModel, workflowModel } from './workflow/workflow-model.ts'

export const workflowWorkarounds: Gate = {
  name: 'workflow-workarounds',
  title: 'Workarounds in workflows',
  inspect({ patch }) {
    const changes = patch.changes.filter(({ path }) => isWorkflowFile(path) || isActionFile(path))
    return { findings: changes.flatMap(inspectChange), lookedAt: countOf(changes, 'workflow file') }
  },
}

function inspectChange(change: FileChange): Finding[] {
  if (change.after === null) return [fileDeleted(change.path)]
  if (change.before === null) return [fileCreated(change.path)]
  if (
    Buffer.byteLength(change.after) > yamlBytesMax ||
    Buffer.byteLength(change.before ?? '') > yamlBytesMax
  ) {
    return [unreadable(change.path, 'it is larger than any workflow')]
  }
  const after = workflowModel(change.after)
  if (after.errors.length > 0) return [unreadable(change.path, after.errors[0] ?? 'it does not parse')]
  const before = workflowModel(change.before ?? '')
  return [...tricks(change.path, before, after), ...compare(change, before, after)]
}

function compare(change: FileChange, before: WorkflowModel, after: WorkflowModel): Finding[] {
  const { path } = change
  const [old, fresh] = [before.root, after.root]
  const knownOwners = ownersOf(change.before ?? '')
  return [
    ...triggerFindings(readableOr(before, after), fresh, path),
    ...permissionFindings(old.permissions, fresh.permissions, path, null, null),
    ...secretFindings(withoutJobs(old), withoutJobs(fresh), path, null),
    ...unsafeSwitchFindings(old, fresh, path),
    ...laxDefaultShell(old.defaults, fresh.defaults, path, null),
    ...jobFindings(before.jobs, after.jobs, path, knownOwners),
    ...lostInUnreadable(change, before),
  ]
}

/** A file that did not parse may have shown no triggers: then nothing can be said to have been lost. */
function readableOr(before: WorkflowModel, after: WorkflowModel): Mapping {
  return before.errors.length > 0 && before.root.on === undefined
    ? { ...before.root, on: after.root.on }
    : before.root
}

function withoutJobs({ jobs: _jobs, runs: _runs, ...rest }: Mapping): Mapping {
  return rest
}

/** Owners of all actions that the text names, also where it does not parse. */
function ownersOf(text: string): Set<string> {
  const uses = splitLines(text).flatMap(
    (line) =>
      /^\s*(?:-\s+)?["']?uses["']?\s*:\s*["']?(?<uses>[^\s"'#]{1,300})/.exec(line.slice(0, 600))?.groups
        ?.uses ?? [],
  )
  return new Set(uses.filter((each) => !each.startsWith('.')).map(ownerOf))
}

/** Where the old file did not parse, its steps are counted by their lines: fewer of them is a loss. */
function lostInUnreadable({ path, before, after }: FileChange, model: WorkflowModel): Finding[] {
  if (before === null || model.errors.length === 0) return []
  const count = (text: string) =>
    splitLines(text).filter((line) =>
      /^\s{0,60}(?:-\s{1,20})?["']?(?:uses|run|runs-on)["']?\s{0,9}:/.test(line.slice(0, 200)),
    ).length
  if (count(after ?? '') >= count(before)) return []
  const message =
    'The workflow did not parse before, and after the change it has fewer steps or jobs. What they checked is checked no more. Mend the syntax and keep every step.'
  return [block('workflow/step-removed', path, null, message)]
}

function fileDeleted(path: string): Finding {
  const message =
    'The workflow would be deleted. Then nothing runs, and nothing can be red. Keep it, and mend what makes it fail.'
  return block('workflow/file-deleted', path, null, message)
}

function fileCreated(path: string): Finding {
  const message =
    'A workflow or action would be created. A new one runs with the rights of the repository, and no failed run asked for it. ' +
    'Edit the one that fails.'
  return block('workflow/file-created', path, null, message)
}

function unreadable(path: string, why: string): Finding {
  const message = `The workflow after the change cannot be read: ${why.replaceAll('`', "'").slice(0, 200)}. What cannot be compared cannot be trusted. Write YAML with one document and each key once.`
  return block('workflow/unreadable', path, null, message)
}

function tricks(path: string, before: WorkflowModel, after: WorkflowModel): Finding[] {
  const left = [...before.tricks]
  const fresh = after.tricks.filter((trick) => {
    const index = left.indexOf(trick)
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  if (fresh.length === 0) return []
  const message = `The workflow would get ${[...new Set(fresh)].join(', ')}. Such YAML can mean something else than it shows. Write each value where it is used.`
  return [block('workflow/yaml-trick', path, null, message)]
}
