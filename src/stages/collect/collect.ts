/** Gathers what is known of a failed run. */
import type { Evidence, JobLog } from '../../domain/evidence.ts'
import type { Repair } from '../../domain/repair.ts'
import type { RepositoryClient } from '../../github/access.ts'
import { listAnnotations } from '../../github/checks.ts'
import { compareCommits, listTree, readFileAt } from '../../github/contents.ts'
import { openJobLog } from '../../github/logs.ts'
import { type ApiJob, findLastGreenRun, listJobs, toFailedJob } from '../../github/runs.ts'
import { logKeptBytesMax, workflowBytesMax } from '../../limits.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { readLog } from './read-log.ts'
import { redact } from './redact.ts'

/** Logs of more jobs are not read: legs of a matrix fail alike. */
const logsMax = 10

/** Repair → Evidence. Reads only; every text it keeps of a log is redacted here, once. */
export async function collect(repair: Repair, services: Services): Promise<StageOutcome> {
  return services.github.withClient(repair, 'reader', async (client) => {
    const jobs = await listJobs(client, repair.run.id, repair.run.runAttempt)
    const failed = jobs.filter((job) => job.conclusion === 'failure' || job.conclusion === 'timed_out')
    const read = failed.slice(0, logsMax)
    const logs: JobLog[] = []
    for (const job of read) logs.push(await readJobLog(client, job, logKeptBytesMax / read.length))
    const evidence: Evidence = {
      failedJobs: failed.map(toFailedJob),
      passedJobNames: jobs.filter((job) => job.conclusion === 'success').map((job) => job.name),
      logs,
      annotations: await annotationsOf(client, read),
      workflow: await readWorkflow(client, repair),
      ...(await compareWithGreen(client, repair)),
      ...(await readTree(client, repair)),
    }
    return { kind: 'done', changes: { evidence } }
  })
}

async function readJobLog(client: RepositoryClient, job: ApiJob, keptBytesMax: number): Promise<JobLog> {
  const named = { jobId: job.id, jobName: job.name }
  const stream = await openJobLog(client, job.id)
  if (stream === null) {
    const account = { lines: 0, bytes: 0, keptLines: 0, keptBytes: 0, truncated: false }
    return { ...named, lines: [], account, missing: 'GitHub has no log of this job.' }
  }
  return { ...named, ...(await readLog(stream, redact, keptBytesMax)), missing: null }
}

/** Annotations of the failed jobs: all there is where a job never started. */
async function annotationsOf(
  client: RepositoryClient,
  jobs: readonly ApiJob[],
): Promise<Evidence['annotations']> {
  const all: Evidence['annotations'] = []
  for (const job of jobs) {
    const checkRunId = Number(/\/check-runs\/(?<id>\d{1,15})$/.exec(job.check_run_url)?.groups?.id)
    if (checkRunId > 0) all.push(...(await listAnnotations(client, checkRunId)))
  }
  const messages = await redact(all.map((annotation) => annotation.message.replaceAll('\n', ' ')))
  return all.map((annotation, index) => ({ ...annotation, message: messages[index] ?? '' }))
}

async function readWorkflow(client: RepositoryClient, repair: Repair): Promise<Evidence['workflow']> {
  const path = repair.run.workflowPath
  const text = await readFileAt(client, path, repair.run.headSha)
  return text === null || Buffer.byteLength(text) > workflowBytesMax ? null : { path, text }
}

/** Against the last green run on the same branch, else on the default branch. */
async function compareWithGreen(
  client: RepositoryClient,
  repair: Repair,
): Promise<Pick<Evidence, 'lastGreen' | 'changedFiles' | 'comparedWith'>> {
  const { run, repository } = repair
  const branches = [...new Set([run.headBranch ?? repository.defaultBranch, repository.defaultBranch])]
  for (const branch of branches) {
    const green = await findLastGreenRun(client, run.workflowId, branch)
    if (!green) continue
    return {
      lastGreen: { runId: green.id, headSha: green.head_sha, htmlUrl: green.html_url },
      changedFiles: await compareCommits(client, green.head_sha, run.headSha),
      comparedWith: green.head_sha,
    }
  }
  return { lastGreen: null, changedFiles: [], comparedWith: null }
}

async function readTree(
  client: RepositoryClient,
  repair: Repair,
): Promise<Pick<Evidence, 'tree' | 'treeTruncated'>> {
  const { entries, truncated } = await listTree(client, repair.run.headSha)
  return { tree: entries, treeTruncated: truncated }
}
