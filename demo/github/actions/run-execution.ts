/** Carries one attempt of a run from queued to completed: jobs by their needs, matrices, conclusions. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Conclusion, Job, Repository, RunAttempt, WorkflowRun } from '../state.ts'
import { now, type World } from '../world.ts'
import {
  ExpressionError,
  evaluateText,
  interpolateOrKeep,
  isConditionMet,
  isTruthy,
  type Scope,
  toText,
  type Value,
} from './expressions.ts'
import { JobChecks, jobAnnotation } from './job-checks.ts'
import { type JobContext, type RunnerSettings, runGithubContext } from './job-context.ts'
import { JobLog } from './job-log.ts'
import { runJob } from './job-runner.ts'
import { expandMatrix, type MatrixRow, matrixJobName } from './matrix.ts'
import type { Semaphore } from './semaphore.ts'
import type { JobDefinition } from './workflow-file.ts'

export interface ExecutionOptions {
  world: World
  repository: Repository
  run: WorkflowRun
  /** Jobs of the attempt before that are not run again. */
  kept: readonly Job[]
  group: string | undefined
  waitFor: readonly Promise<void>[]
  semaphore: Semaphore
  settings: RunnerSettings
  jobsDirectory: string
  announceRun: (action: string) => Promise<void>
}

/** The result of all jobs that one key of `jobs:` stands for. */
interface KeyResult {
  result: Conclusion
  outputs: Record<string, string>
}

/** One attempt on its way. */
export class RunExecution {
  readonly group: string | undefined
  readonly done: Promise<void>
  private readonly options: ExecutionOptions
  private readonly attempt: RunAttempt
  private readonly checks: JobChecks
  private readonly abort = new AbortController()
  private readonly results = new Map<string, Promise<KeyResult>>()
  private finish: () => void = () => {}

  constructor(options: ExecutionOptions) {
    this.options = options
    this.group = options.group
    this.attempt = options.run.attempts.at(-1)!
    this.checks = new JobChecks(options.world, options.repository, options.run)
    this.done = new Promise((resolve) => {
      this.finish = resolve
    })
  }

  /** Whether nothing of it has started. */
  get isQueued(): boolean {
    return this.attempt.status === 'queued'
  }

  /** Stops it: running programs are killed, waiting jobs are cancelled. */
  cancel(): void {
    this.attempt.isCancelled = true
    this.abort.abort()
  }

  /** Runs to the end; a fault of the small GitHub ends the run as a failure and is thrown. */
  async start(): Promise<void> {
    const { waitFor, announceRun } = this.options
    try {
      await Promise.race([Promise.all(waitFor), this.aborted()])
      this.attempt.conclusion = await this.runAll()
    } catch (error) {
      this.attempt.conclusion = 'failure'
      throw error
    } finally {
      this.attempt.status = 'completed'
      await announceRun('completed')
      this.finish()
    }
  }

  private aborted(): Promise<void> {
    return new Promise((resolve) => this.abort.signal.addEventListener('abort', () => resolve()))
  }

  private async runAll(): Promise<Conclusion> {
    const keys = Object.keys(this.options.run.definition?.jobs ?? {})
    const results = await Promise.all(keys.map((key) => this.resultOf(key)))
    return overallConclusion(results.map(({ result }) => result))
  }

  private resultOf(key: string): Promise<KeyResult> {
    const known = this.results.get(key)
    if (known) return known
    const result = this.runKey(key, this.options.run.definition!.jobs[key]!)
    this.results.set(key, result)
    return result
  }

  private async runKey(key: string, definition: JobDefinition): Promise<KeyResult> {
    try {
      return await this.runJobs(key, definition)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      return this.endUnrun(key, definition, 'failure', `The template is not valid. ${error.message}`)
    }
  }

  private async runJobs(key: string, definition: JobDefinition): Promise<KeyResult> {
    const kept = this.options.kept.filter((job) => job.key === key)
    const needs = await this.needsOf(definition)
    const scope = this.keyScope(needs)
    if (kept.length > 0 && kept.length === this.previousCount(key)) return this.keep(kept)
    if (!isConditionMet(definition.if, scope)) {
      return this.endUnrun(key, definition, this.attempt.isCancelled ? 'cancelled' : 'skipped')
    }
    const rows = this.matrixRows(definition, scope)
    const failFast = new AbortController()
    const jobs = rows.map((row) => this.addJob(key, definition, row, scope))
    const runs = jobs.map(async (job, at) => {
      const again = kept.find((each) => each.name === job.name)
      if (again) return this.keepInstead(job, again)
      await this.runOne(job, {
        definition,
        matrix: rows[at] ?? {},
        needs,
        rows: rows.length,
        signal: AbortSignal.any([this.abort.signal, failFast.signal]),
      })
      const isFatal = job.conclusion === 'failure' && isFailFast(definition, scope)
      if (isFatal) failFast.abort()
    })
    await Promise.all(runs)
    return this.combine(definition, jobs)
  }

  private previousCount(key: string): number {
    return this.options.run.attempts.at(-2)?.jobs.filter((job) => job.key === key).length ?? 0
  }

  private keep(jobs: readonly Job[]): KeyResult {
    this.attempt.jobs.push(...jobs)
    const outputs = Object.assign({}, ...jobs.map((job) => job.outputs)) as Record<string, string>
    return { result: jobs.every((job) => job.conclusion === 'skipped') ? 'skipped' : 'success', outputs }
  }

  private keepInstead(job: Job, kept: Job): void {
    this.attempt.jobs.splice(this.attempt.jobs.indexOf(job), 1, kept)
    this.checks.remove(job)
    Object.assign(job, { conclusion: kept.conclusion, outputs: kept.outputs })
  }

  private async needsOf(definition: JobDefinition): Promise<Record<string, KeyResult>> {
    const entries = definition.needs.map(async (key) => [key, await this.resultOf(key)] as const)
    return Object.fromEntries(await Promise.all(entries))
  }

  private keyScope(needs: Record<string, KeyResult>): Scope {
    const { world, repository, run } = this.options
    const results = Object.values(needs).map(({ result }) => result)
    const isFine = results.every((result) => result === 'success')
    return {
      status: this.attempt.isCancelled
        ? 'cancelled'
        : isFine
          ? 'success'
          : results.includes('failure')
            ? 'failure'
            : 'cancelled',
      contexts: {
        github: runGithubContext(world, repository, run),
        needs: needs as unknown as Value,
        inputs: run.event.inputs,
        vars: {},
        secrets: repository.secrets,
        matrix: {},
        env: {},
      },
    }
  }

  private endUnrun(
    key: string,
    definition: JobDefinition,
    conclusion: Conclusion,
    message?: string,
  ): KeyResult {
    const job = this.addJob(key, definition, undefined, this.keyScope({}))
    if (message !== undefined) this.checks.annotate(job, [jobAnnotation(message)])
    this.complete(job, conclusion)
    return { result: conclusion, outputs: {} }
  }

  private matrixRows(definition: JobDefinition, scope: Scope): (MatrixRow | undefined)[] {
    const asked = evaluateText(definition.strategy?.matrix, scope)
    if (!asked || typeof asked !== 'object' || Array.isArray(asked)) return [undefined]
    const axes = Object.entries(asked).map(([name, value]) => [name, evaluateText(value, scope)])
    return expandMatrix(Object.fromEntries(axes) as Record<string, Value>)
  }

  private addJob(key: string, definition: JobDefinition, row: MatrixRow | undefined, scope: Scope): Job {
    const { world, run } = this.options
    const rowScope = { ...scope, contexts: { ...scope.contexts, matrix: row ?? {} } }
    const name = matrixJobName(
      interpolateOrKeep(definition.name ?? key, rowScope),
      hasPlaceholder(definition.name) ? undefined : row,
    )
    const job: Job = {
      id: world.nextId(),
      run,
      attempt: this.attempt.number,
      key,
      name,
      labels: labelsOf(definition, rowScope),
      status: 'queued',
      conclusion: null,
      createdAt: now(world),
      startedAt: now(world),
      completedAt: null,
      steps: [],
      checkRunId: 0,
      log: [],
      outputs: {},
    }
    job.checkRunId = job.id
    this.attempt.jobs.push(job)
    this.checks.add(job)
    return job
  }

  private async runOne(job: Job, part: Omit<JobPart, 'log'>): Promise<void> {
    await this.options.semaphore.run(async () => {
      if (part.signal.aborted) return this.complete(job, 'cancelled')
      await this.markRunning(job)
      const { world, jobsDirectory } = this.options
      const root = join(jobsDirectory, String(job.id))
      const log = new JobLog(job.log, world.clock, root)
      for (const secret of Object.values(this.options.repository.secrets)) log.mask(secret)
      const conclusion = await runJob(this.jobContext(job, { ...part, log }, root)).catch((error: Error) => {
        log.error(`The small GitHub failed: ${error.message}`)
        return 'failure' as const
      })
      this.checks.annotate(job, log.annotations)
      this.complete(job, conclusion)
    })
  }

  private async markRunning(job: Job): Promise<void> {
    job.status = 'in_progress'
    job.startedAt = now(this.options.world)
    this.checks.follow(job)
    if (!this.isQueued) return
    this.attempt.status = 'in_progress'
    await this.options.announceRun('in_progress')
  }

  private jobContext(
    job: Job,
    { definition, matrix, needs, rows, log, signal }: JobPart,
    root: string,
  ): JobContext {
    const { world, repository, run, settings } = this.options
    const name = repository.name
    const failFast = isFailFast(definition, this.keyScope(needs))
    return {
      world,
      repository,
      run,
      job,
      workflow: run.definition!,
      definition,
      matrix,
      needs: needs as unknown as Record<string, Value>,
      strategy: { 'fail-fast': failFast, 'job-total': rows, 'job-index': 0, 'max-parallel': rows },
      root,
      workspace: join(root, 'work', name, name),
      temp: join(root, 'work', '_temp'),
      log,
      environment: {},
      paths: [],
      steps: {},
      status: 'success',
      signal,
      posts: [],
      settings,
      token: `ghs_${randomBytes(18).toString('hex')}`,
    }
  }

  private complete(job: Job, conclusion: Conclusion): void {
    job.status = 'completed'
    job.conclusion = conclusion
    job.completedAt = now(this.options.world)
    this.checks.follow(job)
  }

  private combine(definition: JobDefinition, jobs: readonly Job[]): KeyResult {
    const outputs = Object.assign({}, ...jobs.map((job) => job.outputs)) as Record<string, string>
    const conclusions = jobs.map((job) => job.conclusion!)
    const isTolerated = isTruthy(evaluateText(definition['continue-on-error'], this.keyScope({})))
    const result = isTolerated && conclusions.includes('failure') ? 'success' : overallConclusion(conclusions)
    return { result, outputs }
  }
}

interface JobPart {
  definition: JobDefinition
  matrix: MatrixRow
  needs: Record<string, KeyResult>
  rows: number
  log: JobLog
  signal: AbortSignal
}

function overallConclusion(conclusions: readonly Conclusion[]): Conclusion {
  if (conclusions.includes('failure')) return 'failure'
  if (conclusions.includes('cancelled')) return 'cancelled'
  return conclusions.every((conclusion) => conclusion === 'skipped') ? 'skipped' : 'success'
}

function isFailFast(definition: JobDefinition, scope: Scope): boolean {
  const asked = definition.strategy?.['fail-fast']
  return asked === undefined ? true : isTruthy(evaluateText(asked, scope))
}

function hasPlaceholder(name: string | undefined): boolean {
  return name?.includes('${{') ?? false
}

function labelsOf(definition: JobDefinition, scope: Scope): string[] {
  const asked = definition['runs-on']
  const list = Array.isArray(asked)
    ? asked
    : asked && typeof asked === 'object'
      ? (asked as { labels?: unknown }).labels
      : asked
  return [list ?? []].flat().map((label) => interpolateOrKeep(toText(label as Value), scope))
}
