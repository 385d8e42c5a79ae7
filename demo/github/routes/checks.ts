/** Check runs of the App and of jobs. */
import { z } from 'zod'
import { announce } from '../announce.ts'
import {
  type Answer,
  ApiError,
  type Call,
  created,
  found,
  numberParam,
  ok,
  paginate,
  readBody,
  route,
} from '../api.ts'
import { resolveCommit } from '../git/refs.ts'
import { actionsAppId, shapeCheckRun, suiteKey } from '../shapes/actions.ts'
import { repositoryUrl } from '../shapes/users.ts'
import type { CheckRun } from '../state.ts'
import { now, userOf } from '../world.ts'

const repo = 'repos/{owner}/{repo}'

export const checkRoutes = [
  route(`POST /${repo}/check-runs`, 'checks:write', createCheckRun),
  route(`PATCH /${repo}/check-runs/{check_run_id}`, 'checks:write', updateCheckRun),
  route(`GET /${repo}/check-runs/{check_run_id}`, 'checks:read', (call) =>
    ok(shapeCheckRun(call.world, call.repository, askedCheckRun(call))),
  ),
  route(`GET /${repo}/check-runs/{check_run_id}/annotations`, 'checks:read', listAnnotations),
  route(`GET /${repo}/commits/{ref}/check-runs`, 'checks:read', listCheckRuns),
]

const annotation = z.object({
  path: z.string(),
  start_line: z.number().int(),
  end_line: z.number().int(),
  start_column: z.number().int().nullable().default(null),
  end_column: z.number().int().nullable().default(null),
  annotation_level: z.enum(['notice', 'warning', 'failure']),
  message: z.string(),
  title: z.string().max(255).nullable().default(null),
  raw_details: z.string().nullable().default(null),
})

const action = z.object({
  label: z.string().max(20),
  description: z.string().max(40),
  identifier: z.string().max(20),
})

const changeable = z.object({
  name: z.string().min(1).optional(),
  details_url: z.string().optional(),
  external_id: z.string().optional(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: z
    .enum(['success', 'failure', 'cancelled', 'skipped', 'timed_out', 'neutral', 'action_required'])
    .optional(),
  started_at: z.string().optional(),
  completed_at: z.string().optional(),
  output: z
    .object({
      title: z.string().optional(),
      summary: z.string().max(65_535).optional(),
      text: z.string().max(65_535).optional(),
      annotations: z.array(annotation).max(50).optional(),
    })
    .optional(),
  actions: z.array(action).max(3, 'no more than 3 items are allowed').optional(),
})
const newCheckRun = changeable.extend({ name: z.string().min(1), head_sha: z.string() })

async function createCheckRun(call: Call): Promise<Answer> {
  const { world, repository } = call
  requireInstallation(call)
  const asked = readBody(call, newCheckRun)
  const headSha = await resolveCommit(repository.directory, asked.head_sha)
  if (!headSha) throw new ApiError(422, `No commit found for SHA: ${asked.head_sha}`)
  const key = suiteKey(headSha, true)
  if (!repository.checkSuites.has(key)) repository.checkSuites.set(key, world.nextId())
  const check = blankCheckRun(call, asked.name, headSha)
  repository.checkRuns.set(check.id, check)
  applyChange(call, check, asked)
  announceCheck(call, check, 'created')
  return created(shapeCheckRun(world, repository, check))
}

function requireInstallation({ actor }: Call): void {
  if (actor.kind !== 'installation') throw new ApiError(403, 'You must authenticate via a GitHub App.')
}

function blankCheckRun({ world }: Call, name: string, headSha: string): CheckRun {
  return {
    id: world.nextId(),
    name,
    headSha,
    status: 'queued',
    conclusion: null,
    startedAt: now(world),
    completedAt: null,
    externalId: '',
    detailsUrl: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
    isByApp: true,
  }
}

function applyChange({ world }: Call, check: CheckRun, asked: z.infer<typeof changeable>): void {
  check.name = asked.name ?? check.name
  check.externalId = asked.external_id ?? check.externalId
  check.detailsUrl = asked.details_url ?? check.detailsUrl
  check.startedAt = asked.started_at ?? check.startedAt
  check.actions = asked.actions ?? check.actions
  const { annotations = [], ...texts } = asked.output ?? {}
  check.annotations.push(...annotations)
  Object.assign(check.output, texts)
  applyStatus(check, asked, now(world))
}

function applyStatus(check: CheckRun, asked: z.infer<typeof changeable>, at: string): void {
  if (asked.status === 'completed' && !asked.conclusion) {
    throw new ApiError(422, 'Invalid request.\n\nMissing required key "conclusion".')
  }
  const status = asked.conclusion ? 'completed' : asked.status
  if (!status) return
  check.status = status
  check.conclusion = status === 'completed' ? (asked.conclusion ?? null) : null
  check.completedAt = status === 'completed' ? (asked.completed_at ?? at) : null
}

function askedCheckRun(call: Call): CheckRun {
  return found(call.repository.checkRuns.get(numberParam(call, 'check_run_id')))
}

function updateCheckRun(call: Call): Answer {
  requireInstallation(call)
  const check = askedCheckRun(call)
  if (!check.isByApp) throw new ApiError(403, 'Resource not accessible by integration')
  const wasCompleted = check.status === 'completed'
  applyChange(call, check, readBody(call, changeable))
  if (!wasCompleted && check.status === 'completed') announceCheck(call, check, 'completed')
  return ok(shapeCheckRun(call.world, call.repository, check))
}

function announceCheck({ world, repository, actor }: Call, check: CheckRun, what: string): void {
  const check_run = shapeCheckRun(world, repository, check)
  announce(world, repository, { event: 'check_run', action: what, sender: userOf(world, actor), check_run })
}

function listAnnotations(call: Call): Promise<Answer> {
  const check = askedCheckRun(call)
  const blob = `${repositoryUrl(call.world, call.repository)}/blob/${check.headSha}`
  return paginate(call, check.annotations, (each) => ({ ...each, blob_href: `${blob}/${each.path}` }))
}

async function listCheckRuns(call: Call): Promise<Answer> {
  const { world, repository, query, params } = call
  const sha = await resolveCommit(repository.directory, params.ref!)
  if (!sha) throw new ApiError(422, `No commit found for SHA: ${params.ref}`)
  const appId = query.get('app_id')
  const isAsked = (check: CheckRun) =>
    check.headSha === sha &&
    (query.get('check_name') ?? check.name) === check.name &&
    (query.get('status') ?? check.status) === check.status &&
    (appId === null || Number(appId) === (check.isByApp ? world.app.id : actionsAppId))
  const checks = [...repository.checkRuns.values()].filter(isAsked).reverse()
  const kept = query.get('filter') === 'all' ? checks : latestOfEachName(checks)
  return paginate(call, kept, (check) => shapeCheckRun(world, repository, check), 'check_runs')
}

function latestOfEachName(checks: readonly CheckRun[]): CheckRun[] {
  const seen = new Set<string>()
  return checks.filter((check) => {
    const key = `${check.isByApp}:${check.name}`
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew
  })
}
