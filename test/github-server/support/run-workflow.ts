/** Runs one workflow in a fresh repository and tells how it went. */
import type { Fixture } from './fixture.ts'

export interface WorkflowOutcome {
  conclusion: string | null
  /** By job name: its conclusion, its steps with their conclusions, and its log without times. */
  jobs: Record<string, { conclusion: string | null; steps: string[]; log: string }>
}

let count = 0

/** Pushes the workflow with some files, waits, and collects every job of the newest run. */
export async function runWorkflow(
  { github, asApp }: Fixture,
  workflow: string,
  { files = {}, secrets = {} }: { files?: Record<string, string>; secrets?: Record<string, string> } = {},
): Promise<WorkflowOutcome> {
  const repo = `run-${++count}`
  await github.createRepository(`octo/${repo}`, {
    secrets,
    files: { ...files, '.github/workflows/ci.yml': workflow },
  })
  await github.idle()
  return readOutcome({ github, asApp }, repo)
}

/** Collects every job of the newest run of a repository. */
export async function readOutcome(
  { github, asApp }: Pick<Fixture, 'github' | 'asApp'>,
  repo: string,
): Promise<WorkflowOutcome> {
  const octokit = asApp(`octo/${repo}`)
  const at = { owner: 'octo', repo }
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo(at)
  const run = runs.workflow_runs[0]
  if (!run) throw new Error('No workflow ran.')
  const { data } = await octokit.actions.listJobsForWorkflowRun({ ...at, run_id: run.id, per_page: 100 })
  const jobs = data.jobs.map((job) => {
    const steps = (job.steps ?? []).map((step) => `${step.name}: ${step.conclusion}`)
    const log = github.jobLog(`octo/${repo}`, job.id).replace(/^\uFEFF?\d{4}-\S+Z ?/gm, '')
    return [job.name, { conclusion: job.conclusion, steps, log }] as const
  })
  return { conclusion: run.conclusion, jobs: Object.fromEntries(jobs) }
}
