/** Runs a local composite action, a folder of the repository with an `action.yml`. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { stepEnvironment } from '../environment.ts'
import { evaluateText, isConditionMet, toText, type Value } from '../expressions.ts'
import { type JobContext, jobScope, StepFailed } from '../job-context.ts'
import { executeStep } from '../job-runner.ts'
import type { StepRequest } from '../run-step.ts'
import { parseStep, type StepDefinition } from '../workflow-file.ts'

interface ActionFile {
  inputs?: Record<string, { default?: unknown; required?: boolean }>
  outputs?: Record<string, { value?: unknown }>
  runs?: { using?: string; steps?: Record<string, unknown>[] }
}

/** Runs the steps of the action; gives its outputs. */
export async function runCompositeAction(
  { context, step, environment, signal }: StepRequest,
  given: Record<string, string>,
): Promise<Record<string, string>> {
  const action = readAction(context, step.uses!)
  const inputs = { ...defaultInputs(action), ...given }
  const inner = innerContext(context, inputs)
  for (const [at, raw] of (action.runs?.steps ?? []).entries()) {
    await runInnerStep(inner, parseStep(raw, `runs.steps[${at}]`), { environment, signal })
  }
  const outputs = Object.entries(action.outputs ?? {}).map(([name, { value }]) => [
    name,
    toText(evaluateText(value, jobScope(inner))),
  ])
  return Object.fromEntries(outputs) as Record<string, string>
}

function readAction(context: JobContext, uses: string): ActionFile {
  const folder = join(context.workspace, uses)
  const path = ['action.yml', 'action.yaml'].map((name) => join(folder, name)).find(existsSync)
  if (!path) {
    throw new StepFailed(
      `Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '${folder}'. Did you forget to run actions/checkout before running your local action?`,
    )
  }
  const action = parse(readFileSync(path, 'utf8')) as ActionFile
  if (action.runs?.using !== 'composite') {
    throw new StepFailed(`The small GitHub does not model actions that run with '${action.runs?.using}'.`)
  }
  return action
}

function defaultInputs(action: ActionFile): Record<string, string> {
  const entries = Object.entries(action.inputs ?? {})
  return Object.fromEntries(entries.map(([name, input]) => [name, toText((input?.default ?? '') as Value)]))
}

/** The inner steps share everything with the job but inputs and step outputs. */
function innerContext(context: JobContext, inputs: Record<string, string>): JobContext {
  const event = { ...context.run.event, inputs }
  const inner = Object.create(context) as JobContext
  return Object.assign(inner, { run: { ...context.run, event }, steps: {} })
}

async function runInnerStep(
  context: JobContext,
  step: StepDefinition,
  { environment, signal }: { environment: Record<string, string>; signal: AbortSignal },
): Promise<void> {
  const own = { ...environment, ...stepEnvironment(context, step.env) }
  if (!isConditionMet(step.if, jobScope(context, own))) return
  const outputs = await executeStep(context, step, own, signal)
  if (step.id) context.steps[step.id] = { outputs, outcome: 'success', conclusion: 'success' }
}
