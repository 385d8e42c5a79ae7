/** Workflow runs and their jobs. */
import type { RestEndpointMethodTypes } from '@octokit/rest'
import type { FailedJob } from '../domain/failed-job.ts'
import type { JobResult } from '../domain/verification.ts'
import type { Actor, Repository, WorkflowRun } from '../domain/workflow-run.ts'
import type { RepositoryClient } from './access.ts'

/** A run as GitHub's API returns it; webhooks carry the same fields. */
export type ApiRun = RestEndpointMethodTypes['actions']['getWorkflowRun']['response']['data']
export type ApiJob =
  RestEndpointMethodTypes['actions']['listJobsForWorkflowRunAttempt']['response']['data']['jobs'][number]

type ApiActor = { id: number; login: string; type: string } | null | undefined

/** The run in our words. */
export function toWorkflowRun(run: ApiRun, repository: Pick<Repository, 'id'>): WorkflowRun {
  return {
    id: run.id,
    runAttempt: run.run_attempt ?? 1,
    workflowId: run.workflow_id,
    workflowName: run.name ?? '',
    // A run of a reusable or required workflow names its ref behind an @.
    workflowPath: run.path.replace(/(\.ya?ml)@.*$/, '$1'),
    event: run.event,
    headBranch: run.head_branch,
    headSha: run.head_sha,
    headRepositoryId: run.head_repository?.id ?? null,
    status: run.status,
    conclusion: run.conclusion,
    htmlUrl: run.html_url,
    actor: toActor(run.actor),
    triggeringActor: toActor(run.triggering_actor),
    pullRequestNumbers: (run.pull_requests ?? [])
      .filter((pull) => pull.base.repo.id === repository.id)
      .map((pull) => pull.number),
    createdAt: run.created_at,
  }
}

function toActor(actor: ApiActor): Actor | null {
  return actor ? { id: actor.id, login: actor.login, type: actor.type } : null
}

export async function getRunAttempt(
  client: RepositoryClient,
  runId: number,
  attempt: number,
): Promise<ApiRun> {
  const { data } = await client.octokit.rest.actions.getWorkflowRunAttempt({
    ...client.at,
    run_id: runId,
    attempt_number: attempt,
  })
  return data
}

/** All jobs of one attempt. GitHub allows at most 256 jobs from a matrix; more pages than ten are not read. */
export async function listJobs(client: RepositoryClient, runId: number, attempt: number): Promise<ApiJob[]> {
  const jobs: ApiJob[] = []
  for (let page = 1; page <= 10; page++) {
    const { data } = await client.octokit.rest.actions.listJobsForWorkflowRunAttempt({
      ...client.at,
      run_id: runId,
      attempt_number: attempt,
      per_page: 100,
      page,
    })
    jobs.push(...data.jobs)
    if (data.jobs.length < 100) break
  }
  return jobs
}

/** The job with its steps in our words. */
export function toFailedJob(job: ApiJob): FailedJob {
  return {
    id: job.id,
    name: job.name,
    conclusion: job.conclusion,
    htmlUrl: job.html_url,
    steps: (job.steps ?? []).map(({ number, name, status, conclusion }) => ({
      number,
      name,
      status,
      conclusion,
    })),
  }
}

export function toJobResult(job: ApiJob): JobResult {
  return { name: job.name, conclusion: job.conclusion, htmlUrl: job.html_url }
}

/** The newest successful run of the workflow on a branch, or null. */
export async function findLastGreenRun(
  client: RepositoryClient,
  workflowId: number,
  branch: string,
): Promise<ApiRun | null> {
  const { data } = await client.octokit.rest.actions.listWorkflowRuns({
    ...client.at,
    workflow_id: workflowId,
    branch,
    status: 'success',
    per_page: 1,
  })
  return data.workflow_runs[0] ?? null
}

/** Runs of one workflow for one commit, newest first. */
export async function listRunsForCommit(
  client: RepositoryClient,
  workflowId: number,
  headSha: string,
): Promise<ApiRun[]> {
  const { data } = await client.octokit.rest.actions.listWorkflowRuns({
    ...client.at,
    workflow_id: workflowId,
    head_sha: headSha,
    per_page: 20,
  })
  return data.workflow_runs
}

/** The newest failed run on a commit, or null. */
export async function findFailedRun(client: RepositoryClient, headSha: string): Promise<ApiRun | null> {
  const { data } = await client.octokit.rest.actions.listWorkflowRunsForRepo({
    ...client.at,
    head_sha: headSha,
    status: 'failure',
    per_page: 1,
  })
  return data.workflow_runs[0] ?? null
}

/** Completed, failed runs created at or after `since`, newest first, at most 100. */
export async function listFailedRuns(client: RepositoryClient, since: Date): Promise<ApiRun[]> {
  const { data } = await client.octokit.rest.actions.listWorkflowRunsForRepo({
    ...client.at,
    status: 'failure',
    created: `>=${since.toISOString()}`,
    per_page: 100,
  })
  return data.workflow_runs
}
