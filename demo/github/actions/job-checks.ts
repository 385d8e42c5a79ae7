/** The check runs that stand for the jobs of a run. */
import { announce } from '../announce.ts'
import { shapeCheckRun, suiteKey } from '../shapes/actions.ts'
import type { Annotation, CheckRun, Job, Repository, WorkflowRun } from '../state.ts'
import type { World } from '../world.ts'

/** Keeps a check run beside each job of one run. */
export class JobChecks {
  private readonly world: World
  private readonly repository: Repository
  private readonly run: WorkflowRun

  constructor(world: World, repository: Repository, run: WorkflowRun) {
    this.world = world
    this.repository = repository
    this.run = run
  }

  /** Makes the check run of a new job. */
  add(job: Job): void {
    const { world, repository, run } = this
    const key = suiteKey(run.headSha, false)
    if (!repository.checkSuites.has(key)) repository.checkSuites.set(key, run.checkSuiteId)
    repository.checkRuns.set(job.checkRunId, {
      id: job.checkRunId,
      name: job.name,
      headSha: run.headSha,
      status: 'queued',
      conclusion: null,
      startedAt: job.startedAt,
      completedAt: null,
      externalId: String(job.id),
      detailsUrl: `${world.url}/${repository.fullName}/actions/runs/${run.id}/job/${job.id}`,
      output: { title: null, summary: null, text: null },
      annotations: [],
      actions: [],
      isByApp: false,
    })
    this.announce(job, 'created')
  }

  /** Takes over the job's state. */
  follow(job: Job): void {
    const { status, conclusion, startedAt, completedAt } = job
    Object.assign(this.checkRunOf(job), { status, conclusion, startedAt, completedAt })
    if (status === 'completed') this.announce(job, 'completed')
  }

  annotate(job: Job, annotations: Annotation[]): void {
    this.checkRunOf(job).annotations = annotations
  }

  /** Forgets the check run of a job that is not run after all. */
  remove(job: Job): void {
    this.repository.checkRuns.delete(job.checkRunId)
  }

  private checkRunOf(job: Job): CheckRun {
    return this.repository.checkRuns.get(job.checkRunId)!
  }

  private announce(job: Job, action: string): void {
    const sender = this.run.attempts.at(-1)!.triggeringActor
    const check_run = shapeCheckRun(this.world, this.repository, this.checkRunOf(job))
    announce(this.world, this.repository, { event: 'check_run', action, sender, check_run })
  }
}

/** An annotation about a job that has no log. */
export function jobAnnotation(message: string): Annotation {
  const place = { path: '.github', start_line: 1, end_line: 1, start_column: null, end_column: null }
  return { ...place, annotation_level: 'failure', title: '', message, raw_details: '' }
}
