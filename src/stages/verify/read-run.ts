/** Reads a finished run: jobs, duration, test counts, and what its logs warn of. */
import type { RunResult } from '../../domain/verification.ts'
import type { RepositoryClient } from '../../github/access.ts'
import { openJobLog } from '../../github/logs.ts'
import { type ApiRun, listJobs, toJobResult } from '../../github/runs.ts'
import { readLines } from '../../log/read-lines.ts'
import { newTestCounter } from '../../log/test-count.ts'

/** Logs of more jobs are not read for counts and notices. */
const logsMax = 20

const noticesMax = 10
const noticeCharsMax = 300

/** The run with all its jobs, as the proof of repair needs it. */
export async function readRun(client: RepositoryClient, run: ApiRun): Promise<RunResult> {
  const jobs = await listJobs(client, run.id, run.run_attempt ?? 1)
  const counter = newTestCounter()
  const notices: string[] = []
  for (const job of jobs.slice(0, logsMax)) {
    const stream = await openJobLog(client, job.id)
    if (!stream) continue
    await readLines(stream, (line) => {
      counter.see(line)
      if (line.startsWith('##[warning]')) notices.push(line.slice('##[warning]'.length, noticeCharsMax))
      if (notices.length > noticesMax) notices.shift()
    })
  }
  return {
    runId: run.id,
    runAttempt: run.run_attempt ?? 1,
    workflowId: run.workflow_id,
    headSha: run.head_sha,
    status: run.status,
    conclusion: run.conclusion,
    htmlUrl: run.html_url,
    jobs: jobs.map(toJobResult),
    testCount: counter.total(),
    durationSeconds: durationOf(run),
    notices,
  }
}

function durationOf(run: ApiRun): number | null {
  const started = Date.parse(run.run_started_at ?? run.created_at)
  const ended = Date.parse(run.updated_at)
  return run.status === 'completed' && ended >= started ? (ended - started) / 1000 : null
}
