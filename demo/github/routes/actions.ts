/** Workflows, runs, jobs, logs and re-runs. */
import { z } from 'zod'
import {
  type Answer,
  ApiError,
  type Call,
  created,
  found,
  noContent,
  numberParam,
  ok,
  paginate,
  readBody,
  route,
} from '../api.ts'
import { readCommit } from '../git/objects.ts'
import { resolveCommit } from '../git/refs.ts'
import { logTicket } from '../log-tickets.ts'
import { shapeJob, shapeRun, shapeWorkflow } from '../shapes/actions.ts'
import { repositoryUrl } from '../shapes/users.ts'
import type { Job, RunAttempt, Workflow, WorkflowRun } from '../state.ts'
import { userOf } from '../world.ts'

const actions = 'repos/{owner}/{repo}/actions'
const run = `${actions}/runs/{run_id}`

export const actionsRoutes = [
  route(`GET /${actions}/workflows`, 'actions:read', listWorkflows),
  route(`GET /${actions}/workflows/{workflow_id}`, 'actions:read', (call) =>
    ok(shapeWorkflow(call.world, call.repository, askedWorkflow(call))),
  ),
  route(`GET /${actions}/workflows/{workflow_id}/runs`, 'actions:read', (call) => {
    const workflow = askedWorkflow(call)
    return listRuns(call, (each) => each.workflow === workflow)
  }),
  route(`POST /${actions}/workflows/{workflow_id}/dispatches`, 'actions:write', dispatch),
  route(`GET /${actions}/runs`, 'actions:read', (call) => listRuns(call, () => true)),
  route(`GET /${run}`, 'actions:read', async (call) =>
    ok(await shapeRun(call.world, call.repository, askedRun(call))),
  ),
  route(`GET /${run}/attempts/{attempt_number}`, 'actions:read', async (call) =>
    ok(await shapeRun(call.world, call.repository, askedRun(call), askedAttempt(call))),
  ),
  route(`GET /${run}/jobs`, 'actions:read', listJobs),
  route(`GET /${run}/attempts/{attempt_number}/jobs`, 'actions:read', (call) =>
    pageJobs(call, askedAttempt(call).jobs),
  ),
  route(`GET /${actions}/jobs/{job_id}`, 'actions:read', (call) =>
    ok(shapeJob(call.world, call.repository, askedJob(call))),
  ),
  route(`GET /${actions}/jobs/{job_id}/logs`, 'actions:read', redirectToLog),
  route(`POST /${run}/rerun`, 'actions:write', (call) => rerun(call, false)),
  route(`POST /${run}/rerun-failed-jobs`, 'actions:write', (call) => rerun(call, true)),
  route(`POST /${run}/cancel`, 'actions:write', cancel),
]

function listWorkflows(call: Call): Promise<Answer> {
  const { world, repository } = call
  const workflows = [...repository.workflows.values()]
  return paginate(call, workflows, (each) => shapeWorkflow(world, repository, each), 'workflows')
}

/** A workflow is asked for by its id or its file name. */
function askedWorkflow({ repository, params }: Call): Workflow {
  const name = params.workflow_id!
  const isAsked = ({ id, path }: Workflow) =>
    String(id) === name || path === name || path.endsWith(`/${name}`)
  return found([...repository.workflows.values()].find(isAsked))
}

function askedRun(call: Call): WorkflowRun {
  return found(call.repository.runs.get(numberParam(call, 'run_id')))
}

function askedAttempt(call: Call): RunAttempt {
  return found(askedRun(call).attempts[numberParam(call, 'attempt_number') - 1])
}

function listRuns(call: Call, isOfWorkflow: (run: WorkflowRun) => boolean): Promise<Answer> {
  const { world, repository } = call
  const runs = [...repository.runs.values()]
    .filter((each) => isOfWorkflow(each) && isAskedRun(call, each))
    .reverse()
  return paginate(call, runs, (each) => shapeRun(world, repository, each), 'workflow_runs')
}

function isAskedRun({ query }: Call, each: WorkflowRun): boolean {
  const { status, conclusion } = each.attempts.at(-1)!
  const asked = (name: string, ...values: (string | null)[]) => {
    const wanted = query.get(name)
    return wanted === null || values.includes(wanted)
  }
  return (
    asked('branch', each.headBranch) &&
    asked('event', each.event.name) &&
    asked('status', status, conclusion) &&
    asked('head_sha', each.headSha) &&
    asked('actor', each.actor.login) &&
    asked('check_suite_id', String(each.checkSuiteId)) &&
    isInRange(each.createdAt, query.get('created')) &&
    !(query.get('exclude_pull_requests') === 'true' && each.event.name === 'pull_request')
  )
}

/** GitHub's date ranges: `>=T`, `>T`, `<=T`, `<T`, `A..B` (either may be `*`), or a day or moment. */
function isInRange(at: string, range: string | null): boolean {
  if (!range) return true
  const moment = Date.parse(at)
  const bound = /^(?<operator>[<>]=?)(?<time>.+)$/.exec(range)?.groups
  if (bound) return compareTime(moment, bound.operator!, Date.parse(bound.time!))
  const [from, to] = range.split('..') as [string, string?]
  if (to === undefined) return at.startsWith(range.replace(/\.\d+Z$/, 'Z'))
  return (from === '*' || moment >= Date.parse(from)) && (to === '*' || moment <= Date.parse(to))
}

function compareTime(moment: number, operator: string, bound: number): boolean {
  if (operator === '>=') return moment >= bound
  if (operator === '>') return moment > bound
  return operator === '<=' ? moment <= bound : moment < bound
}

function listJobs(call: Call): Promise<Answer> {
  const { attempts } = askedRun(call)
  const all = [...new Set(attempts.flatMap((attempt) => attempt.jobs))]
  return pageJobs(call, call.query.get('filter') === 'all' ? all : attempts.at(-1)!.jobs)
}

function pageJobs(call: Call, jobs: readonly Job[]): Promise<Answer> {
  const { world, repository } = call
  return paginate(call, jobs, (job) => shapeJob(world, repository, job), 'jobs')
}

function askedJob(call: Call): Job {
  const id = numberParam(call, 'job_id')
  const jobs = [...call.repository.runs.values()].flatMap((each) =>
    each.attempts.flatMap((attempt) => attempt.jobs),
  )
  return found(jobs.find((job) => job.id === id))
}

function redirectToLog(call: Call): Answer {
  const job = askedJob(call)
  if (job.status !== 'completed' || job.log.length === 0) throw new ApiError(404, 'Not Found')
  return { status: 302, headers: { location: `${call.world.logsUrl}/_logs/${logTicket(job)}` } }
}

async function rerun(call: Call, onlyFailed: boolean): Promise<Answer> {
  const { world, repository, actor } = call
  await world.scheduler.rerun(repository, askedRun(call), { onlyFailed, by: userOf(world, actor) })
  return created({})
}

function cancel(call: Call): Answer {
  if (call.world.scheduler.cancel(askedRun(call))) return { status: 202, body: {} }
  throw new ApiError(409, 'Cannot cancel a workflow run that is completed.')
}

const dispatchBody = z.object({
  ref: z.string(),
  inputs: z.record(z.string(), z.coerce.string()).default({}),
})

async function dispatch(call: Call): Promise<Answer> {
  const { world, repository, actor } = call
  const workflow = askedWorkflow(call)
  const { ref, inputs } = readBody(call, dispatchBody)
  const sha = await resolveCommit(repository.directory, ref)
  if (!sha) throw new ApiError(422, `No ref found for: ${ref}`)
  const { sha: headSha } = await readCommit(repository.directory, sha)
  await world.scheduler.dispatch(repository, workflow, {
    name: 'workflow_dispatch',
    action: undefined,
    payload: { ref, workflow: workflow.path, workflow_url: repositoryUrl(world, repository) },
    ref: ref.startsWith('refs/') ? ref : `refs/heads/${ref}`,
    sha: headSha,
    headSha,
    headBranch: ref.replace(/^refs\/heads\//, ''),
    baseBranch: undefined,
    pullNumber: undefined,
    changedPaths: [],
    inputs,
    actor: userOf(world, actor),
  })
  return noContent()
}
