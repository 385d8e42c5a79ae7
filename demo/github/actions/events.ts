/** The events that can start a workflow. */
import type { User } from '../state.ts'

export interface WorkflowEvent {
  name: 'push' | 'pull_request' | 'workflow_dispatch' | 'schedule'
  action: string | undefined
  /** What `github.event` holds. */
  payload: Record<string, unknown>
  /** `refs/heads/x`, `refs/tags/x` or `refs/pull/1/merge`. */
  ref: string
  /** The commit that is checked out. */
  sha: string
  headSha: string
  headBranch: string
  baseBranch: string | undefined
  pullNumber: number | undefined
  changedPaths: string[]
  inputs: Record<string, string>
  actor: User
}
