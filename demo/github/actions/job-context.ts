/** What the steps of one running job share. */
import type { Job, Repository, WorkflowRun } from '../state.ts'
import type { World } from '../world.ts'
import type { Scope, Value } from './expressions.ts'
import type { JobLog } from './job-log.ts'
import type { JobDefinition, ParsedWorkflow } from './workflow-file.ts'

export interface JobContext {
  world: World
  repository: Repository
  run: WorkflowRun
  job: Job
  workflow: ParsedWorkflow
  definition: JobDefinition
  matrix: Record<string, Value>
  needs: Record<string, Value>
  strategy: Record<string, Value>
  /** Stands for `/home/runner`. */
  root: string
  workspace: string
  temp: string
  log: JobLog
  /** What steps wrote to `GITHUB_ENV`. */
  environment: Record<string, string>
  /** What steps wrote to `GITHUB_PATH`, newest first. */
  paths: string[]
  steps: Record<string, Value>
  status: Scope['status']
  signal: AbortSignal
  /** Undone in reverse order when the steps are over. */
  posts: { name: string; run: (log: JobLog) => Promise<void> | void }[]
  settings: RunnerSettings
  /** Looks like a job's token, but opens nothing: what a job does with it is not modelled. */
  token: string
}

export interface RunnerSettings {
  containerBuilder: 'auto' | 'none'
  /** Added to the clean environment of every step, for instance a registry mirror. */
  environment: Record<string, string>
  /** Aborts when the small GitHub closes. */
  closing: AbortSignal
}

/** A step that ends in failure; the message is the `##[error]` line. */
export class StepFailed extends Error {
  override name = 'StepFailed'
  readonly outputs: Record<string, string>

  constructor(message: string, outputs: Record<string, string> = {}) {
    super(message)
    this.outputs = outputs
  }
}

/** What expressions in this job may name. */
export function jobScope(context: JobContext, environment: Record<string, string> = {}): Scope {
  return {
    status: context.status,
    workspace: context.workspace,
    contexts: {
      github: githubContext(context),
      env: { ...context.environment, ...environment },
      job: { status: context.status },
      steps: context.steps,
      needs: context.needs,
      matrix: context.matrix,
      strategy: context.strategy,
      runner: runnerContext(context),
      secrets: { GITHUB_TOKEN: context.token, ...context.repository.secrets },
      vars: {},
      inputs: context.run.event.inputs,
    },
  }
}

function runnerContext(context: JobContext): Record<string, Value> {
  return {
    os: 'Linux',
    arch: 'X64',
    name: 'small-github',
    temp: context.temp,
    tool_cache: `${context.root}/tools`,
    environment: 'github-hosted',
  }
}

function githubContext(context: JobContext): Record<string, Value> {
  return {
    ...runGithubContext(context.world, context.repository, context.run),
    job: context.job.key,
    workspace: context.workspace,
    token: context.token,
  }
}

/** The part of the `github` context that is known before a job runs. */
export function runGithubContext(
  world: World,
  repository: Repository,
  run: WorkflowRun,
): Record<string, Value> {
  const { event } = run
  return {
    event: event.payload as Record<string, Value>,
    event_name: event.name,
    sha: event.sha,
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    head_ref: event.baseBranch === undefined ? '' : event.headBranch,
    base_ref: event.baseBranch ?? '',
    repository: repository.fullName,
    repository_owner: repository.owner.login,
    repository_id: String(repository.id),
    actor: run.actor.login,
    triggering_actor: run.attempts.at(-1)!.triggeringActor.login,
    workflow: run.name,
    run_id: String(run.id),
    run_number: String(run.runNumber),
    run_attempt: String(run.attempts.at(-1)!.number),
    server_url: world.url,
    api_url: world.url,
    token: '',
  }
}
