/** What may not happen to the jobs of a workflow. */
import type { Finding } from '../../../../domain/verdict.ts'
import { block } from '../gate.ts'
import { matchSteps } from './match-steps.ts'
import { permissionFindings, secretFindings } from './right-findings.ts'
import {
  addedStep,
  changedStep,
  conditionFindings,
  continueOnError,
  laxDefaultShell,
  removedStep,
  type StepContext,
  timeLimitFindings,
  usesFindings,
} from './step-findings.ts'
import { asList, asMapping, asText, isSame, type Mapping, type WorkflowJob } from './workflow-model.ts'

/** Findings over all jobs, paired by their ids. */
export function jobFindings(
  before: readonly WorkflowJob[],
  after: readonly WorkflowJob[],
  path: string,
  knownOwners: ReadonlySet<string>,
): Finding[] {
  const fresh = new Map(after.map((job) => [job.id, job]))
  const old = new Map(before.map((job) => [job.id, job]))
  const kept = before.flatMap((job) => {
    const partner = fresh.get(job.id)
    return partner ? changedJob(job, partner, { path, jobId: job.id, knownOwners }) : [removedJob(job, path)]
  })
  const added = after
    .filter(({ id }) => !old.has(id))
    .flatMap((job) => addedJob(job, { path, jobId: job.id, knownOwners }))
  return [...kept, ...added]
}

function removedJob({ id, line }: WorkflowJob, path: string): Finding {
  const message =
    `The job \`${id.replaceAll('`', "'").slice(0, 80)}\` would be removed or renamed. ` +
    'Then nothing checks what it checked, and required checks by its name never report. Keep the job and mend what makes it fail.'
  return block('workflow/job-removed', path, line, message)
}

function addedJob(job: WorkflowJob, context: StepContext): Finding[] {
  return [
    ...permissionFindings(undefined, job.value.permissions, context.path, job.line, job.id),
    ...secretFindings({}, job.value, context.path, job.line),
    ...jobUses({}, job, context),
    ...job.steps.flatMap((step) => addedStep(step, context)),
  ]
}

function changedJob(before: WorkflowJob, after: WorkflowJob, context: StepContext): Finding[] {
  if (isSame(before.value, after.value)) return []
  return [...jobKeys(before, after, context), ...steps(before, after, context)]
}

function jobKeys(before: WorkflowJob, after: WorkflowJob, context: StepContext): Finding[] {
  const { path, jobId } = context
  const { line } = after
  const what = `The job \`${jobId.replaceAll('`', "'").slice(0, 80)}\``
  const [old, fresh] = [before.value, after.value]
  return [
    ...jobContinues(old, fresh, path, line, what),
    ...conditionFindings(old.if, fresh.if, path, line, what),
    ...timeLimitFindings(old, fresh, path, line, `the job \`${jobId}\``),
    ...permissionFindings(old.permissions, fresh.permissions, path, line, jobId),
    ...secretFindings(withoutSteps(old), withoutSteps(fresh), path, line),
    ...matrixFindings(asMapping(old.strategy), asMapping(fresh.strategy), path, line),
    ...runnerFindings(old, fresh, path, line, what),
    ...jobUses(old, after, context),
    ...laxDefaultShell(old.defaults, fresh.defaults, path, line),
  ]
}

function jobContinues(
  old: Mapping,
  fresh: Mapping,
  path: string,
  line: number | null,
  what: string,
): Finding[] {
  const value = fresh['continue-on-error']
  const isOff = value === undefined || value === null || value === false
  return isOff || isSame(old['continue-on-error'], value) ? [] : [continueOnError(path, line, what)]
}

function withoutSteps({ steps: _, ...rest }: Mapping): Mapping {
  return rest
}

function jobUses(old: Mapping, after: WorkflowJob, { path, knownOwners }: StepContext): Finding[] {
  const uses = asText(after.value.uses)
  return uses === '' || uses === asText(old.uses)
    ? []
    : usesFindings(asText(old.uses), uses, path, after.line, knownOwners)
}

function steps(before: WorkflowJob, after: WorkflowJob, context: StepContext): Finding[] {
  const { pairs, removed, added } = matchSteps(before.steps, after.steps)
  return [
    ...removed.map((step) => removedStep(step, context)),
    ...pairs.flatMap((pair) => [
      ...changedStep(pair.before, pair.after, context),
      ...secretFindings(pair.before.value, pair.after.value, context.path, pair.after.line),
    ]),
    ...added.flatMap((step) => [
      ...addedStep(step, context),
      ...secretFindings({}, step.value, context.path, step.line),
    ]),
  ]
}

function matrixFindings(old: Mapping, fresh: Mapping, path: string, line: number | null): Finding[] {
  const findings: Finding[] = []
  if (fresh['fail-fast'] === false && old['fail-fast'] !== false) {
    const message =
      'The matrix would get `fail-fast: false`. Failing legs then only fail later, and the cause stays. Mend the leg that fails.'
    findings.push(block('workflow/fail-fast-off', path, line, message))
  }
  const lost = isSame(old.matrix, fresh.matrix) ? null : lostLeg(old.matrix, fresh.matrix)
  if (lost !== null) {
    const message = `The matrix would lose a leg (${lost}). What it tested is tested no more. Keep the leg, and mend what makes it fail.`
    findings.push(block('workflow/matrix-leg-removed', path, line, message))
  }
  return findings
}

/** Which key lost a value, gained an exclusion or became unreadable; null when no leg is lost. */
function lostLeg(before: unknown, after: unknown): string | null {
  if (before === undefined) return null
  if (typeof before !== typeof after || typeof before === 'string') return '`matrix`'
  const [old, fresh] = [asMapping(before), asMapping(after)]
  if (asList(fresh.exclude).length > asList(old.exclude).length) return '`exclude`'
  const shrunk = Object.keys(old).find((key) => key !== 'exclude' && isShrunk(old[key], fresh[key]))
  return shrunk === undefined ? null : `\`${shrunk.replaceAll('`', "'").slice(0, 60)}\``
}

function isShrunk(before: unknown, after: unknown): boolean {
  if (Array.isArray(before) !== Array.isArray(after)) return true
  const distinct = new Set(asList(after).map((item) => JSON.stringify(item)))
  return distinct.size < new Set(asList(before).map((item) => JSON.stringify(item))).size
}

function runnerFindings(
  old: Mapping,
  fresh: Mapping,
  path: string,
  line: number | null,
  what: string,
): Finding[] {
  const isOwn = (value: unknown) =>
    JSON.stringify(value ?? '')
      .toLowerCase()
      .includes('self-hosted')
  if (!isOwn(fresh['runs-on']) || isOwn(old['runs-on'])) return []
  const message = `${what} would move to a self-hosted runner. Its machine keeps state and reaches the network of its owner. Stay on the runner in use, or let a person decide.`
  return [block('workflow/runner-changed', path, line, message)]
}
