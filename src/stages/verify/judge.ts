/** The proof of repair: compares the run that failed with the run on the fix. Pure. */
import type { Check } from '../../domain/verdict.ts'
import type { JobResult, RunResult } from '../../domain/verification.ts'

/** Every part of the proof, and whether all of it holds. */
export interface Judgement {
  isGreen: boolean
  checks: Check[]
}

/** Believes only what GitHub's API says of the same workflow; never a log's words. */
export function judge(before: RunResult, after: RunResult): Judgement {
  const checks = [
    sameWorkflow(before, after),
    runSucceeded(after),
    failedJobsSucceed(before, after),
    noJobLost(before, after),
    testsKept(before, after),
  ]
  return { isGreen: checks.every((check) => check.outcome !== 'failed'), checks }
}

function sameWorkflow(before: RunResult, after: RunResult): Check {
  return {
    id: 'same-workflow',
    title: 'The same workflow ran on the fix commit',
    outcome: before.workflowId === after.workflowId ? 'passed' : 'failed',
    detail: `run ${after.runId}, attempt ${after.runAttempt}, commit ${after.headSha.slice(0, 12)}`,
  }
}

function runSucceeded(after: RunResult): Check {
  return {
    id: 'run-succeeded',
    title: 'The run succeeded',
    outcome: after.conclusion === 'success' ? 'passed' : 'failed',
    detail: `conclusion: ${after.conclusion ?? 'none'}`,
  }
}

function failedJobsSucceed(before: RunResult, after: RunResult): Check {
  const failed = before.jobs.filter((job) => job.conclusion !== 'success' && job.conclusion !== 'skipped')
  const still = failed.filter((job) => conclusionOf(after, job) !== 'success')
  return {
    id: 'failed-jobs-succeed',
    title: 'The jobs that failed now succeed',
    outcome: failed.length === 0 ? 'not_applicable' : still.length === 0 ? 'passed' : 'failed',
    detail: (still.length === 0 ? failed : still)
      .map((job) => `${job.name}: ${job.conclusion ?? 'none'} → ${conclusionOf(after, job) ?? 'not run'}`)
      .join('; '),
  }
}

function noJobLost(before: RunResult, after: RunResult): Check {
  const passed = before.jobs.filter((job) => job.conclusion === 'success')
  const lost = passed.filter((job) => conclusionOf(after, job) !== 'success')
  return {
    id: 'no-job-lost',
    title: 'No job that passed before fails, is skipped or is gone',
    outcome: passed.length === 0 ? 'not_applicable' : lost.length === 0 ? 'passed' : 'failed',
    detail:
      lost.length === 0
        ? `${passed.length} passed before`
        : lost.map((job) => `${job.name}: ${conclusionOf(after, job) ?? 'gone'}`).join('; '),
  }
}

function testsKept(before: RunResult, after: RunResult): Check {
  const title = 'No fewer tests ran than before'
  if (before.testCount === null) {
    const detail =
      after.testCount === null ? 'no log shows a count' : `before: no count; after: ${after.testCount}`
    return { id: 'tests-kept', title, outcome: 'not_applicable', detail }
  }
  return {
    id: 'tests-kept',
    title,
    outcome: after.testCount !== null && after.testCount >= before.testCount ? 'passed' : 'failed',
    detail: `${before.testCount} before, ${after.testCount ?? 'none'} after`,
  }
}

/** Two jobs of one name are told apart by nothing; the worse one counts. */
function conclusionOf(run: RunResult, job: JobResult): string | null | undefined {
  const same = run.jobs.filter((other) => other.name === job.name)
  return (same.find((other) => other.conclusion !== 'success') ?? same[0])?.conclusion
}
