/** Starts workflow runs, orders their jobs, and tells the App how they go. */
import { join } from 'node:path'
import { announce } from '../announce.ts'
import { ApiError } from '../api.ts'
import { readBlob, readCommit } from '../git/objects.ts'
import { findEntry, listTree, readFileAt } from '../git/trees.ts'
import { shapeRun, shapeWorkflow } from '../shapes/actions.ts'
import { shapeRepository, shapeUser } from '../shapes/users.ts'
import type { Conclusion, Job, Repository, RunAttempt, User, Workflow, WorkflowRun } from '../state.ts'
import { now, type World } from '../world.ts'
import type { WorkflowEvent } from './events.ts'
import {
  ExpressionError,
  evaluateText,
  interpolateOrKeep,
  isTruthy,
  type Scope,
  toText,
} from './expressions.ts'
import { type RunnerSettings, runGithubContext } from './job-context.ts'
import { RunExecution } from './run-execution.ts'
import { Semaphore } from './semaphore.ts'
import { isSkipped, isTriggered } from './triggers.ts'
import { InvalidWorkflow, type ParsedWorkflow, parseWorkflow } from './workflow-file.ts'

/** Knows all runs that are not over. */
export class Scheduler {
  /** What went wrong in the small GitHub itself while it ran workflows. */
  readonly faults: Error[] = []
  private readonly world: World
  private readonly settings: RunnerSettings
  private readonly semaphore: Semaphore
  private readonly executions = new Map<WorkflowRun, RunExecution>()
  private readonly finished: Promise<void>[] = []
  private readonly closing = new AbortController()

  constructor(world: World, options: { settings: Omit<RunnerSettings, 'closing'>; concurrency: number }) {
    this.world = world
    this.settings = { ...options.settings, closing: this.closing.signal }
    this.semaphore = new Semaphore(options.concurrency)
  }

  /** Whether no run is queued or running. */
  get isIdle(): boolean {
    return this.executions.size === 0
  }

  /** Starts every workflow of the event's commit whose triggers match. */
  async trigger(repository: Repository, event: WorkflowEvent): Promise<WorkflowRun[]> {
    const head = await readCommit(repository.directory, event.headSha)
    if (this.closing.signal.aborted || isSkipped(head.message, event)) return []
    const runs: WorkflowRun[] = []
    for (const { path, text } of await readWorkflowFiles(repository, event.sha)) {
      const run = await this.startIfTriggered(
        repository,
        { ...event, payload: this.fullPayload(repository, event) },
        path,
        text,
      )
      if (run) runs.push(run)
    }
    return runs
  }

  private fullPayload(repository: Repository, event: WorkflowEvent): Record<string, unknown> {
    return {
      ...event.payload,
      repository: shapeRepository(this.world, repository),
      sender: shapeUser(this.world, event.actor),
    }
  }

  private async startIfTriggered(repository: Repository, event: WorkflowEvent, path: string, text: string) {
    try {
      const parsed = parseWorkflow(text)
      const workflow = this.ensureWorkflow(repository, path, parsed.name ?? path)
      if (!isTriggered(parsed, event)) return undefined
      return await this.start(repository, event, workflow, parsed)
    } catch (error) {
      if (!(error instanceof InvalidWorkflow)) throw error
      if (event.name !== 'push') return undefined
      return this.startInvalid(repository, event, this.ensureWorkflow(repository, path, path))
    }
  }

  /** Starts one workflow by hand, as `POST …/dispatches` does. */
  async dispatch(repository: Repository, workflow: Workflow, event: WorkflowEvent): Promise<WorkflowRun> {
    const text = await readFileAt(repository.directory, event.sha, workflow.path)
    const parsed = text === undefined ? undefined : parseWorkflow(text)
    const trigger = parsed?.triggers.workflow_dispatch
    if (!parsed || !trigger) throw new ApiError(422, "Workflow does not have 'workflow_dispatch' trigger")
    const defaults = Object.entries(trigger.inputs ?? {}).map(([name, input]) => [
      name,
      String(input?.default ?? ''),
    ])
    const inputs = { ...(Object.fromEntries(defaults) as Record<string, string>), ...event.inputs }
    const full = { ...event, inputs, payload: { ...this.fullPayload(repository, event), inputs } }
    return this.start(repository, full, workflow, parsed)
  }

  /** The workflow record of a file, made at first sight. */
  ensureWorkflow(repository: Repository, path: string, name: string): Workflow {
    const known = repository.workflows.get(path)
    if (known) return Object.assign(known, { name })
    const workflow = { id: this.world.nextId(), path, name, createdAt: now(this.world), nextRunNumber: 1 }
    repository.workflows.set(path, workflow)
    return workflow
  }

  /** Makes records for the workflow files of a commit, so that they are listed before their first run. */
  async discoverWorkflows(repository: Repository, sha: string): Promise<void> {
    for (const { path, text } of await readWorkflowFiles(repository, sha)) {
      this.ensureWorkflow(repository, path, nameIn(text) ?? path)
    }
  }

  private async start(
    repository: Repository,
    event: WorkflowEvent,
    workflow: Workflow,
    parsed: ParsedWorkflow,
  ) {
    const run = await this.record(repository, event, workflow, parsed)
    try {
      await this.execute(repository, run)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      await this.endUnstarted(repository, run)
    }
    return run
  }

  private async startInvalid(
    repository: Repository,
    event: WorkflowEvent,
    workflow: Workflow,
  ): Promise<WorkflowRun> {
    const run = await this.record(repository, event, workflow, undefined)
    await this.endUnstarted(repository, run)
    return run
  }

  private async endUnstarted(repository: Repository, run: WorkflowRun): Promise<void> {
    Object.assign(run.attempts.at(-1)!, { status: 'completed', conclusion: 'failure' })
    await this.announceRun(repository, run, 'requested')
    await this.announceRun(repository, run, 'completed')
  }

  private async record(
    repository: Repository,
    event: WorkflowEvent,
    workflow: Workflow,
    definition: ParsedWorkflow | undefined,
  ): Promise<WorkflowRun> {
    const head = await readCommit(repository.directory, event.headSha)
    const pull = event.pullNumber === undefined ? undefined : repository.pulls.get(event.pullNumber)
    const headRepository = pull?.head.repository ?? repository
    const run: WorkflowRun = {
      id: this.world.nextId(),
      workflow,
      runNumber: workflow.nextRunNumber++,
      name: definition?.name ?? workflow.path,
      displayTitle: pull?.title ?? head.message.split('\n')[0]!,
      definition,
      event,
      headBranch: event.headBranch,
      headSha: event.headSha,
      headRepository,
      actor: event.actor,
      createdAt: now(this.world),
      checkSuiteId: this.world.nextId(),
      attempts: [],
    }
    this.addAttempt(run, event.actor)
    if (definition?.runName)
      run.displayTitle = interpolateOrKeep(definition.runName, this.runScope(repository, run))
    repository.runs.set(run.id, run)
    return run
  }

  private addAttempt(run: WorkflowRun, triggeringActor: User): RunAttempt {
    const at = now(this.world)
    const attempt: RunAttempt = {
      number: run.attempts.length + 1,
      status: 'queued',
      conclusion: null,
      startedAt: at,
      updatedAt: at,
      triggeringActor,
      jobs: [],
      isCancelled: false,
    }
    run.attempts.push(attempt)
    return attempt
  }

  private runScope(repository: Repository, run: WorkflowRun): Scope {
    const github = runGithubContext(this.world, repository, run)
    return { status: 'success', contexts: { github, inputs: run.event.inputs, vars: {} } }
  }

  private async execute(repository: Repository, run: WorkflowRun, kept: readonly Job[] = []): Promise<void> {
    const group = this.concurrencyGroup(repository, run)
    const rivals = group ? this.runningIn(group) : []
    for (const rival of rivals) if (group!.cancels || rival.isQueued) rival.cancel()
    const execution = new RunExecution({
      world: this.world,
      repository,
      run,
      kept,
      group: group?.name,
      waitFor: rivals.map((rival) => rival.done),
      semaphore: this.semaphore,
      settings: this.settings,
      jobsDirectory: join(this.world.directory, 'jobs'),
      announceRun: (action) => this.announceRun(repository, run, action),
    })
    this.executions.set(run, execution)
    await this.announceRun(repository, run, 'requested')
    this.finished.push(this.finish(execution, run))
  }

  private async finish(execution: RunExecution, run: WorkflowRun): Promise<void> {
    try {
      await execution.start()
    } catch (error) {
      this.faults.push(error as Error)
    } finally {
      this.executions.delete(run)
    }
  }

  private concurrencyGroup(repository: Repository, run: WorkflowRun) {
    const asked = run.definition?.concurrency
    if (!asked) return undefined
    const scope = this.runScope(repository, run)
    const name = `${repository.id}:${toText(evaluateText(asked.group, scope))}`
    return { name, cancels: isTruthy(evaluateText(asked.cancelInProgress, scope)) }
  }

  private runningIn(group: { name: string }): RunExecution[] {
    return [...this.executions.values()].filter((execution) => execution.group === group.name)
  }

  /** Runs a completed run again: all of it, or only what did not succeed and what needs it. */
  async rerun(
    repository: Repository,
    run: WorkflowRun,
    options: { onlyFailed: boolean; by: User },
  ): Promise<void> {
    const last = run.attempts.at(-1)!
    if (last.status !== 'completed') throw new ApiError(403, 'This workflow is already running')
    if (!run.definition) throw new ApiError(403, 'This workflow run cannot be retried')
    const kept = options.onlyFailed ? keptJobs(run.definition, last.jobs) : []
    if (options.onlyFailed && kept.length === last.jobs.length) {
      throw new ApiError(403, 'The workflow run containing these jobs has no failed jobs')
    }
    this.addAttempt(run, options.by)
    await this.execute(repository, run, kept)
  }

  /** Cancels a run that is not over; false when it is. */
  cancel(run: WorkflowRun): boolean {
    const execution = this.executions.get(run)
    execution?.cancel()
    return execution !== undefined
  }

  private async announceRun(repository: Repository, run: WorkflowRun, action: string): Promise<void> {
    run.attempts.at(-1)!.updatedAt = now(this.world)
    announce(this.world, repository, {
      event: 'workflow_run',
      action,
      sender: run.attempts.at(-1)!.triggeringActor,
      workflow_run: await shapeRun(this.world, repository, run),
      workflow: shapeWorkflow(this.world, repository, run.workflow),
    })
  }

  /** Cancels everything and waits until no process is left. */
  async close(): Promise<void> {
    this.closing.abort()
    for (const execution of this.executions.values()) execution.cancel()
    await Promise.allSettled(this.finished)
  }
}

async function readWorkflowFiles(
  repository: Repository,
  sha: string,
): Promise<{ path: string; text: string }[]> {
  const folder = '.github/workflows'
  const tree = await findEntry(repository.directory, sha, folder)
  const entries = tree?.type === 'tree' ? await listTree(repository.directory, tree.sha, false) : []
  const files = entries.filter((entry) => entry.type === 'blob' && /\.ya?ml$/.test(entry.path))
  return Promise.all(
    files.map(async (entry) => ({
      path: `${folder}/${entry.path}`,
      text: (await readBlob(repository.directory, entry.sha)).toString(),
    })),
  )
}

function nameIn(text: string): string | undefined {
  try {
    return parseWorkflow(text).name
  } catch {
    return undefined
  }
}

/** Jobs that succeeded and need nothing that runs again. */
function keptJobs(definition: ParsedWorkflow, jobs: readonly Job[]): Job[] {
  const isGood = (conclusion: Conclusion | null) => conclusion === 'success' || conclusion === 'skipped'
  const again = new Set(jobs.filter((job) => !isGood(job.conclusion)).map((job) => job.key))
  for (let size = -1; size !== again.size; ) {
    size = again.size
    for (const [key, job] of Object.entries(definition.jobs))
      if (job.needs.some((need) => again.has(need))) again.add(key)
  }
  return jobs.filter((job) => isGood(job.conclusion) && !isDependent(definition, job.key, again))
}

function isDependent(definition: ParsedWorkflow, key: string, again: ReadonlySet<string>): boolean {
  return definition.jobs[key]?.needs.some((need) => again.has(need)) ?? false
}
