/** Runs one job: sets it up, runs its steps and post steps, and writes its log. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Conclusion, Step } from '../state.ts'
import { now } from '../world.ts'
import { stepEnvironment } from './environment.ts'
import {
  ExpressionError,
  evaluateText,
  interpolate,
  isConditionMet,
  isTruthy,
  toText,
  type Value,
} from './expressions.ts'
import { type JobContext, jobScope, StepFailed } from './job-context.ts'
import { resolveActions, runAction } from './modelled-actions.ts'
import { runScript } from './run-step.ts'
import type { StepDefinition } from './workflow-file.ts'

/** GitHub ends a job after six hours; a demo has no patience for that. */
const jobMinutesDefault = 30

/** Runs the job to its end and gives its conclusion. Its workspace is gone afterwards. */
export async function runJob(context: JobContext): Promise<Conclusion> {
  await mkdir(context.workspace, { recursive: true })
  await mkdir(context.temp, { recursive: true })
  await writeFile(join(context.temp, 'event.json'), JSON.stringify(context.run.event.payload))
  try {
    const isReady = await recordStep(context, 'Set up job', () => setUp(context))
    if (isReady) await runSteps(context)
    await completeJob(context)
  } finally {
    await rm(context.root, { recursive: true, force: true, maxRetries: 3 })
  }
  return conclusionOf(context)
}

function conclusionOf(context: JobContext): Conclusion {
  if (context.status === 'cancelled') return 'cancelled'
  return context.status
}

function setUp(context: JobContext): void {
  const { log } = context
  log.mask(context.token)
  log.write("Current runner version: '2.330.0'")
  log.group('Runner Image Provisioner', ['Hosted Compute Agent', 'Version: small-github'])
  log.group('Operating System', ['Ubuntu', '24.04.3', 'LTS'])
  log.group('Runner Image', ['Image: ubuntu-24.04', 'Version: small-github (stand-in)'])
  log.group('GITHUB_TOKEN Permissions', permissionLines(context))
  log.write('Secret source: Actions')
  log.write('Prepare workflow directory')
  log.write('Prepare all required actions')
  refuseUnmodelled(context)
  nameIgnored(context)
  resolveActions(context, context.definition.steps)
  log.write(`Complete job name: ${context.job.name}`)
}

function permissionLines(context: JobContext): string[] {
  const asked = context.definition.permissions ?? context.workflow.permissions
  if (asked && typeof asked === 'object') {
    return Object.entries({ metadata: 'read', ...asked }).map(
      ([scope, access]) => `${capitalised(scope)}: ${access}`,
    )
  }
  return ['Contents: read', 'Metadata: read', 'Packages: read']
}

function capitalised(scope: string): string {
  return scope
    .split('-')
    .map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`)
    .join('')
}

const modelledLabels = /^ubuntu-(latest|slim|2[2-9]\.04)$/

function refuseUnmodelled(context: JobContext): void {
  const { definition, job } = context
  if (definition.uses)
    throw new StepFailed(`The small GitHub does not model reusable workflows ('${definition.uses}').`)
  if (definition.container) throw new StepFailed('The small GitHub does not model job containers.')
  if (definition.services) throw new StepFailed('The small GitHub does not model service containers.')
  const label = job.labels.find((each) => !modelledLabels.test(each))
  if (label) throw new StepFailed(`The small GitHub does not model the runner label '${label}'.`)
}

/** What changes nothing about the commands of a job is left out, but not silently. */
function nameIgnored({ definition, log }: JobContext): void {
  for (const key of ['environment', 'concurrency'] as const) {
    if (definition[key] !== undefined)
      log.write(`The small GitHub does not model '${key}' of a job: it is ignored.`)
  }
}

/** Runs something as a step of the job; a failure is written and noted. */
async function recordStep(
  context: JobContext,
  name: string,
  act: () => Promise<void> | void,
): Promise<boolean> {
  const step = addStep(context, name)
  try {
    await act()
    endStep(context, step, 'success')
    return true
  } catch (error) {
    context.log.error(messageOf(error))
    context.status = 'failure'
    endStep(context, step, 'failure')
    return false
  }
}

function addStep(context: JobContext, name: string): Step {
  const step: Step = {
    number: context.job.steps.length + 1,
    name,
    status: 'in_progress',
    conclusion: null,
    startedAt: now(context.world),
    completedAt: null,
  }
  context.job.steps.push(step)
  return step
}

function endStep(context: JobContext, step: Step, conclusion: Conclusion): void {
  step.status = 'completed'
  step.conclusion = conclusion
  step.completedAt = now(context.world)
}

function messageOf(error: unknown): string {
  if (error instanceof StepFailed) return error.message
  if (error instanceof ExpressionError) return `The template is not valid. ${error.message}`
  return `The small GitHub failed: ${(error as Error).message}`
}

async function runSteps(context: JobContext): Promise<void> {
  const timeout = timeoutSignal(context, context.definition['timeout-minutes'], jobMinutesDefault)
  for (const definition of context.definition.steps) {
    await runStep(context, definition, AbortSignal.any([context.signal, timeout]))
    if (timeout.aborted && context.status !== 'cancelled') {
      const minutes = context.definition['timeout-minutes'] ?? jobMinutesDefault
      context.log.error(`The job has exceeded the maximum execution time of ${minutes}m0s`)
      context.status = 'cancelled'
    }
  }
  for (const post of context.posts.reverse()) {
    await recordStep(context, `Post ${post.name}`, async () => {
      context.log.write('Post job cleanup.')
      await post.run(context.log)
    })
  }
}

function timeoutSignal(context: JobContext, asked: unknown, fallback: number): AbortSignal {
  const minutes = asked === undefined ? fallback : Number(toText(evaluateText(asked, jobScope(context))))
  return AbortSignal.timeout(Math.min(minutes || fallback, fallback) * 60_000)
}

async function runStep(context: JobContext, definition: StepDefinition, signal: AbortSignal): Promise<void> {
  const record = addStep(context, definition.name ?? defaultName(definition))
  if (context.signal.aborted) context.status = 'cancelled'
  const result = await attemptStep(context, definition, record, signal)
  endStep(context, record, result.conclusion)
  if (definition.id) {
    const { outputs, outcome, conclusion } = result
    context.steps[definition.id] = { outputs, outcome, conclusion }
  }
}

function defaultName(definition: StepDefinition): string {
  return `Run ${definition.uses ?? definition.run?.trim().split('\n')[0]}`
}

interface StepResult {
  outputs: Record<string, Value>
  outcome: Conclusion
  conclusion: Conclusion
}

/** After a cancellation only steps run whose condition asks for it; nothing but the end of all stops those. */
async function attemptStep(
  context: JobContext,
  definition: StepDefinition,
  record: Step,
  signal: AbortSignal,
): Promise<StepResult> {
  const isAfterCancel = context.status === 'cancelled'
  const limit = timeoutSignal(context, definition['timeout-minutes'], jobMinutesDefault)
  const stop = AbortSignal.any([limit, isAfterCancel ? context.settings.closing : signal])
  try {
    const environment = stepEnvironment(context, definition.env)
    const scope = jobScope(context, environment)
    record.name = interpolate(record.name, scope)
    if (!isConditionMet(definition.if, scope))
      return { outputs: {}, outcome: 'skipped', conclusion: 'skipped' }
    const outputs = await executeStep(context, definition, environment, stop)
    return { outputs, outcome: 'success', conclusion: 'success' }
  } catch (error) {
    const minutes = definition['timeout-minutes']
    const reason = limit.aborted
      ? `The action '${record.name}' has timed out after ${minutes} minutes.`
      : messageOf(error)
    context.log.error(reason)
    return failStep(context, definition, error, isAfterCancel)
  }
}

function failStep(
  context: JobContext,
  definition: StepDefinition,
  error: unknown,
  isAfterCancel: boolean,
): StepResult {
  const outputs = error instanceof StepFailed ? error.outputs : {}
  if (context.signal.aborted && !isAfterCancel) {
    context.status = 'cancelled'
    return { outputs, outcome: 'cancelled', conclusion: 'cancelled' }
  }
  const isTolerated = isTruthy(evaluateText(definition['continue-on-error'], jobScope(context)))
  if (!isTolerated && context.status === 'success') context.status = 'failure'
  return { outputs, outcome: 'failure', conclusion: isTolerated ? 'success' : 'failure' }
}

/** Runs a step of a job or of a composite action. */
export function executeStep(
  context: JobContext,
  step: StepDefinition,
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<Record<string, string>> {
  const request = { context, step, environment, signal }
  return step.uses ? runAction(request) : runScript(request)
}

async function completeJob(context: JobContext): Promise<void> {
  await recordStep(context, 'Complete job', () => {
    evaluateOutputs(context)
    context.log.write('Cleaning up orphan processes')
  })
}

function evaluateOutputs(context: JobContext): void {
  const { job, definition } = context
  for (const [name, value] of Object.entries(definition.outputs)) {
    job.outputs[name] = toText(evaluateText(value, jobScope(context)))
  }
}
