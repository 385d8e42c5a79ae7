/** Reads a workflow file into what the runner needs, and names what is wrong with it. */
import { type Document, isMap, parseDocument } from 'yaml'

export interface ParsedWorkflow {
  name: string | undefined
  runName: string | undefined
  triggers: Record<string, Trigger>
  env: Record<string, unknown>
  defaults: RunDefaults
  permissions: unknown
  concurrency: { group: string; cancelInProgress: unknown } | undefined
  jobs: Record<string, JobDefinition>
}

/** The filters of one event; `null` in YAML means none. */
export type Trigger = Partial<Record<TriggerFilter, string[]>> & {
  inputs?: Record<string, { default?: unknown; required?: boolean }>
}
type TriggerFilter =
  | 'branches'
  | 'branches-ignore'
  | 'tags'
  | 'tags-ignore'
  | 'paths'
  | 'paths-ignore'
  | 'types'

interface RunDefaults {
  shell?: string
  'working-directory'?: string
}

export interface JobDefinition {
  name?: string
  needs: string[]
  if?: string
  'runs-on'?: unknown
  env: Record<string, unknown>
  defaults: RunDefaults
  strategy?: { matrix?: unknown; 'fail-fast'?: unknown; 'max-parallel'?: unknown }
  outputs: Record<string, unknown>
  steps: StepDefinition[]
  'continue-on-error'?: unknown
  'timeout-minutes'?: unknown
  permissions?: unknown
  uses?: string
  container?: unknown
  services?: unknown
  environment?: unknown
  concurrency?: unknown
}

export interface StepDefinition {
  id?: string
  name?: string
  if?: string
  uses?: string
  run?: string
  with: Record<string, unknown>
  env: Record<string, unknown>
  shell?: string
  'working-directory'?: string
  'continue-on-error'?: unknown
  'timeout-minutes'?: unknown
}

/** A workflow file that GitHub would not start. */
export class InvalidWorkflow extends Error {
  readonly line: number

  constructor(message: string, line = 1) {
    super(message)
    this.name = 'InvalidWorkflow'
    this.line = line
  }
}

/** Parses a workflow file, or throws `InvalidWorkflow`. */
export function parseWorkflow(text: string): ParsedWorkflow {
  const document = parseDocument(text, { version: '1.2', merge: true })
  const [error] = document.errors
  if (error)
    throw new InvalidWorkflow(
      `You have an error in your yaml syntax: ${error.message}`,
      error.linePos?.[0].line,
    )
  if (!isMap(document.contents)) throw new InvalidWorkflow('The workflow must be a mapping.')
  const root = plainValue(document)
  refuseUnknownKeys(root, rootKeys, '(root)')
  const jobs = parseJobs(root.jobs)
  refuseUnknownNeeds(jobs)
  return {
    name: textOf(root.name),
    runName: textOf(root['run-name']),
    triggers: parseTriggers(root.on),
    env: mapping(root.env, 'env'),
    defaults: runDefaults(root.defaults),
    permissions: root.permissions,
    concurrency: parseConcurrency(root.concurrency),
    jobs,
  }
}

/** More aliases than this are an attack, not a workflow. */
const aliasesMax = 1_000

function plainValue(document: Document.Parsed): Record<string, unknown> {
  try {
    return document.toJS({ maxAliasCount: aliasesMax }) as Record<string, unknown>
  } catch (error) {
    throw new InvalidWorkflow(`You have an error in your yaml syntax: ${(error as Error).message}`)
  }
}

const rootKeys = ['name', 'run-name', 'on', 'env', 'defaults', 'permissions', 'concurrency', 'jobs']
const jobKeys = [
  'name',
  'needs',
  'if',
  'runs-on',
  'env',
  'defaults',
  'strategy',
  'outputs',
  'steps',
  'continue-on-error',
  'timeout-minutes',
  'permissions',
  'uses',
  'with',
  'secrets',
  'container',
  'services',
  'environment',
  'concurrency',
]
const stepKeys = [
  'id',
  'name',
  'if',
  'uses',
  'run',
  'with',
  'env',
  'shell',
  'working-directory',
  'continue-on-error',
  'timeout-minutes',
]

function refuseUnknownKeys(value: Record<string, unknown>, known: readonly string[], where: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key))
  if (unknown) throw new InvalidWorkflow(`${where}: Unexpected value '${unknown}'`)
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value)
}

function mapping(value: unknown, where: string): Record<string, unknown> {
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new InvalidWorkflow(`${where}: A mapping was expected`)
  return value as Record<string, unknown>
}

function list(value: unknown): string[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).map(String)
}

function parseTriggers(value: unknown): Record<string, Trigger> {
  if (value === undefined || value === null) throw new InvalidWorkflow('No event triggers defined in `on`')
  if (typeof value === 'string' || Array.isArray(value)) {
    return Object.fromEntries(list(value).map((name) => [name, {}]))
  }
  const entries = Object.entries(mapping(value, 'on'))
  return Object.fromEntries(
    entries.map(([name, filters]) => [name, name === 'schedule' ? {} : parseTrigger(filters, name)]),
  )
}

function parseTrigger(value: unknown, name: string): Trigger {
  const { inputs, ...filters } = mapping(value, `on.${name}`)
  const lists = Object.entries(filters).map(([key, filter]) => [key, list(filter)])
  return { ...Object.fromEntries(lists), ...(inputs ? { inputs } : {}) } as Trigger
}

function parseConcurrency(value: unknown): ParsedWorkflow['concurrency'] {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return { group: value, cancelInProgress: false }
  const { group, 'cancel-in-progress': cancelInProgress = false } = mapping(value, 'concurrency')
  return { group: String(group), cancelInProgress }
}

function runDefaults(value: unknown): RunDefaults {
  return mapping(mapping(value, 'defaults').run, 'defaults.run') as RunDefaults
}

function parseJobs(value: unknown): Record<string, JobDefinition> {
  const jobs = mapping(value, 'jobs')
  if (Object.keys(jobs).length === 0) throw new InvalidWorkflow('Required property is missing: jobs')
  return Object.fromEntries(
    Object.entries(jobs).map(([key, job]) => [key, parseJob(key, mapping(job, `jobs.${key}`))]),
  )
}

function parseJob(key: string, job: Record<string, unknown>): JobDefinition {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) throw new InvalidWorkflow(`The identifier '${key}' is invalid.`)
  refuseUnknownKeys(job, jobKeys, `jobs.${key}`)
  if (!job['runs-on'] && !job.uses)
    throw new InvalidWorkflow(`jobs.${key}: Required property is missing: runs-on`)
  if (!job.uses && !Array.isArray(job.steps)) {
    throw new InvalidWorkflow(`jobs.${key}: Required property is missing: steps`)
  }
  const steps = (job.steps ?? []) as unknown[]
  return {
    ...job,
    needs: list(job.needs),
    ...(job.if === undefined ? {} : { if: String(job.if) }),
    env: mapping(job.env, `jobs.${key}.env`),
    defaults: runDefaults(job.defaults),
    outputs: mapping(job.outputs, `jobs.${key}.outputs`),
    steps: steps.map((step, at) =>
      parseStep(mapping(step, `jobs.${key}.steps[${at}]`), `jobs.${key}.steps[${at}]`),
    ),
  } as JobDefinition
}

/** Reads one step of a job or of a composite action. */
export function parseStep(step: Record<string, unknown>, where: string): StepDefinition {
  refuseUnknownKeys(step, stepKeys, where)
  const kinds = ['run', 'uses'].filter((key) => step[key] !== undefined)
  if (kinds.length !== 1)
    throw new InvalidWorkflow(
      `${where}: Required property is missing: ${kinds.length ? 'only one of run, uses' : 'run'}`,
    )
  return {
    ...step,
    ...(step.if === undefined ? {} : { if: String(step.if) }),
    with: mapping(step.with, `${where}.with`),
    env: mapping(step.env, `${where}.env`),
  } as StepDefinition
}

function refuseUnknownNeeds(jobs: Record<string, JobDefinition>): void {
  for (const [key, job] of Object.entries(jobs)) {
    const unknown = job.needs.find((need) => !jobs[need])
    if (unknown) throw new InvalidWorkflow(`Job '${key}' depends on unknown job '${unknown}'.`)
    if (reaches(jobs, job.needs, key, new Set())) throw new InvalidWorkflow(`Job '${key}' depends on itself.`)
  }
}

function reaches(
  jobs: Record<string, JobDefinition>,
  needs: string[],
  goal: string,
  seen: Set<string>,
): boolean {
  return needs.some((need) => {
    if (need === goal) return true
    if (seen.has(need)) return false
    seen.add(need)
    return reaches(jobs, jobs[need]?.needs ?? [], goal, seen)
  })
}
