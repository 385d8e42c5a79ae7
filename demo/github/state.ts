/** The records that the small GitHub keeps in memory. Git objects live in bare repositories on disk. */

import type { WorkflowEvent } from './actions/events.ts'
import type { ParsedWorkflow } from './actions/workflow-file.ts'

export type Access = 'read' | 'write'
export type Permissions = Record<string, Access>
export type Role = 'admin' | 'write' | 'read'

export interface User {
  id: number
  login: string
  type: 'User' | 'Bot' | 'Organization'
  createdAt: string
}

export interface AppRecord {
  id: number
  slug: string
  clientId: string
  privateKey: string
  publicKey: string
  permissions: Permissions
  events: string[]
  owner: User
  bot: User
  createdAt: string
}

export interface Installation {
  id: number
  account: User
  permissions: Permissions
  repositoryIds: Set<number>
  createdAt: string
  suspendedAt: string | null
}

export interface Repository {
  id: number
  owner: User
  name: string
  fullName: string
  directory: string
  isPrivate: boolean
  parent: Repository | undefined
  defaultBranch: string
  collaborators: Map<string, Role>
  secrets: Record<string, string>
  createdAt: string
  pushedAt: string
  nextNumber: number
  pulls: Map<number, PullRequest>
  issueComments: Map<number, Comment>
  commitComments: Map<number, CommitComment>
  reviewComments: Map<number, ReviewComment>
  reviews: Map<number, Review>
  labels: Map<string, Label>
  checkRuns: Map<number, CheckRun>
  checkSuites: Map<string, number>
  workflows: Map<string, Workflow>
  runs: Map<number, WorkflowRun>
}

export interface PullRequest {
  id: number
  number: number
  title: string
  body: string | null
  user: User
  state: 'open' | 'closed'
  isDraft: boolean
  head: { repository: Repository; ref: string; sha: string }
  base: { ref: string; sha: string }
  mergeCommitSha: string | undefined
  mergedAt: string | null
  mergedBy: User | null
  closedAt: string | null
  createdAt: string
  updatedAt: string
  labels: string[]
  requestedReviewers: User[]
}

export interface Reaction {
  id: number
  user: User
  content: string
  createdAt: string
}

export interface Comment {
  id: number
  issueNumber: number
  user: User
  body: string
  isByApp: boolean
  createdAt: string
  updatedAt: string
  reactions: Reaction[]
}

export interface CommitComment extends Omit<Comment, 'issueNumber'> {
  commitSha: string
  path: string | null
  position: number | null
  line: number | null
}

export interface ReviewComment extends Comment {
  path: string
  line: number | null
  side: string
  commitSha: string
  reviewId: number
  inReplyTo: number | undefined
  diffHunk: string
}

export interface Review {
  id: number
  pullNumber: number
  user: User
  body: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'PENDING'
  commitSha: string
  submittedAt: string
}

export interface Label {
  id: number
  name: string
  color: string
}

export interface Annotation {
  path: string
  start_line: number
  end_line: number
  start_column: number | null
  end_column: number | null
  annotation_level: 'notice' | 'warning' | 'failure'
  title: string | null
  message: string
  raw_details: string | null
}

type Status = 'queued' | 'in_progress' | 'completed'
export type Conclusion =
  | 'success'
  | 'failure'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'neutral'
  | 'action_required'
  | 'startup_failure'

export interface CheckRun {
  id: number
  name: string
  headSha: string
  status: Status
  conclusion: Conclusion | null
  startedAt: string | null
  completedAt: string | null
  externalId: string
  detailsUrl: string | null
  output: { title: string | null; summary: string | null; text: string | null }
  annotations: Annotation[]
  actions: { label: string; description: string; identifier: string }[]
  /** The App's own check runs; those of Actions jobs belong to GitHub Actions. */
  isByApp: boolean
}

export interface Workflow {
  id: number
  path: string
  name: string
  createdAt: string
  nextRunNumber: number
}

export interface WorkflowRun {
  id: number
  workflow: Workflow
  runNumber: number
  name: string
  displayTitle: string
  definition: ParsedWorkflow | undefined
  event: WorkflowEvent
  headBranch: string
  headSha: string
  headRepository: Repository
  actor: User
  createdAt: string
  checkSuiteId: number
  attempts: RunAttempt[]
}

export interface RunAttempt {
  number: number
  status: Status
  conclusion: Conclusion | null
  startedAt: string
  updatedAt: string
  triggeringActor: User
  jobs: Job[]
  isCancelled: boolean
}

export interface Job {
  id: number
  run: WorkflowRun
  attempt: number
  key: string
  name: string
  labels: string[]
  status: Status
  conclusion: Conclusion | null
  createdAt: string
  startedAt: string
  completedAt: string | null
  steps: Step[]
  checkRunId: number
  log: string[]
  outputs: Record<string, string>
}

export interface Step {
  number: number
  name: string
  status: Status
  conclusion: Conclusion | null
  startedAt: string | null
  completedAt: string | null
}
