/** Decides whether an event starts a workflow. */
import type { WorkflowEvent } from './events.ts'
import { matchesAny } from './glob.ts'
import type { ParsedWorkflow, Trigger } from './workflow-file.ts'

const defaultPullTypes = ['opened', 'synchronize', 'reopened']

/** Whether the workflow's `on` matches the event with all its filters. */
export function isTriggered(workflow: ParsedWorkflow, event: WorkflowEvent): boolean {
  const trigger = workflow.triggers[event.name]
  if (!trigger) return false
  if (event.name === 'workflow_dispatch') return true
  if (event.name === 'pull_request') return isPullMatch(trigger, event)
  return event.name === 'push' && isPushMatch(trigger, event)
}

function isPullMatch(trigger: Trigger, event: WorkflowEvent): boolean {
  const types = trigger.types ?? defaultPullTypes
  return (
    types.includes(event.action ?? '') &&
    passes(trigger.branches, trigger['branches-ignore'], event.baseBranch ?? '') &&
    passesPaths(trigger, event)
  )
}

function isPushMatch(trigger: Trigger, event: WorkflowEvent): boolean {
  const isTag = event.ref.startsWith('refs/tags/')
  const hasBranches = Boolean(trigger.branches ?? trigger['branches-ignore'])
  const hasTags = Boolean(trigger.tags ?? trigger['tags-ignore'])
  if (isTag) return hasTags ? passes(trigger.tags, trigger['tags-ignore'], event.headBranch) : !hasBranches
  if (hasTags && !hasBranches) return false
  return passes(trigger.branches, trigger['branches-ignore'], event.headBranch) && passesPaths(trigger, event)
}

function passes(wanted: string[] | undefined, ignored: string[] | undefined, name: string): boolean {
  if (wanted) return matchesAny(wanted, name)
  return !ignored || !matchesAny(ignored, name)
}

function passesPaths(trigger: Trigger, event: WorkflowEvent): boolean {
  const { paths, 'paths-ignore': ignored } = trigger
  if (paths) return event.changedPaths.some((path) => matchesAny(paths, path))
  return !ignored || event.changedPaths.some((path) => !matchesAny(ignored, path))
}

/** Whether the head commit asks for no run. */
export function isSkipped(message: string, event: WorkflowEvent): boolean {
  if (event.name !== 'push' && event.name !== 'pull_request') return false
  return /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: ?true$/m.test(message)
}
