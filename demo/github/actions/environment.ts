/** The environment of a step, and the files through which steps pass values on. */
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { evaluateText, interpolate, toText } from './expressions.ts'
import { type JobContext, jobScope, runGithubContext, StepFailed } from './job-context.ts'
import { hostPath } from './shell.ts'

/** The values of `env:` blocks, the inner over the outer, evaluated in order. */
function evaluateEnvironment(context: JobContext, blocks: readonly Record<string, unknown>[]) {
  const environment: Record<string, string> = {}
  for (const block of blocks) {
    const scope = jobScope(context, environment)
    for (const [name, value] of Object.entries(block)) environment[name] = toText(evaluateText(value, scope))
  }
  return environment
}

/** What a step's `env:` shows in the log and in expressions. */
export function stepEnvironment(context: JobContext, own: Record<string, unknown>): Record<string, string> {
  const outer = evaluateEnvironment(context, [context.workflow.env, context.definition.env])
  const inner = { ...outer, ...context.environment }
  const scope = jobScope(context, inner)
  const values = Object.entries(own).map(([name, value]) => [name, toText(evaluateText(value, scope))])
  return { ...inner, ...Object.fromEntries(values) }
}

/** Everything a program of a step sees. Nothing of the host's environment but the search path. */
export function programEnvironment(
  context: JobContext,
  own: Record<string, string>,
  files: CommandFiles,
): Record<string, string> {
  const github = Object.entries(runGithubContext(context.world, context.repository, context.run))
    .filter(([name]) => !['event', 'token'].includes(name))
    .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, toText(value)])
  return {
    LANG: 'C.UTF-8',
    HOME: context.root,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    ...(Object.fromEntries(github) as Record<string, string>),
    GITHUB_JOB: context.job.key,
    GITHUB_WORKSPACE: context.workspace,
    GITHUB_EVENT_PATH: join(context.temp, 'event.json'),
    GITHUB_ENV: files.environment,
    GITHUB_OUTPUT: files.output,
    GITHUB_PATH: files.path,
    GITHUB_STATE: files.state,
    GITHUB_STEP_SUMMARY: files.summary,
    RUNNER_OS: 'Linux',
    RUNNER_ARCH: 'X64',
    RUNNER_NAME: 'small-github',
    RUNNER_TEMP: context.temp,
    RUNNER_TOOL_CACHE: join(context.root, 'tools'),
    ...context.settings.environment,
    ...own,
    PATH: [...context.paths, own.PATH ?? hostPath()].join(':'),
  }
}

export interface CommandFiles {
  environment: string
  output: string
  path: string
  state: string
  summary: string
}

/** Makes the empty files that a step may write to. */
export async function makeCommandFiles(context: JobContext): Promise<CommandFiles> {
  const folder = join(context.temp, '_runner_file_commands')
  await mkdir(folder, { recursive: true })
  const make = async (kind: string) => {
    const path = join(folder, `${kind}_${randomUUID()}`)
    await writeFile(path, '')
    return path
  }
  return {
    environment: await make('set_env'),
    output: await make('set_output'),
    path: await make('add_path'),
    state: await make('save_state'),
    summary: await make('step_summary'),
  }
}

/** Takes over what the step wrote, and gives its outputs. */
export function readCommandFiles(context: JobContext, files: CommandFiles): Record<string, string> {
  Object.assign(context.environment, readPairs(files.environment))
  const added = readFileIfAny(files.path).split('\n').filter(Boolean)
  context.paths.unshift(...added.reverse())
  return readPairs(files.output)
}

function readFileIfAny(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : ''
}

function readPairs(path: string): Record<string, string> {
  const pairs: Record<string, string> = {}
  const lines = readFileIfAny(path).split('\n')
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!
    if (line === '') continue
    const start = /^(?<name>[^=]+?)<<(?<mark>.+)$/.exec(line)?.groups
    if (!start) {
      const equals = line.indexOf('=')
      if (equals < 1) throw new StepFailed(`Invalid format '${line}'`)
      pairs[line.slice(0, equals)] = line.slice(equals + 1)
      continue
    }
    const end = lines.indexOf(start.mark!, at + 1)
    if (end < 0) throw new StepFailed(`Invalid value. Matching delimiter not found '${start.mark}'`)
    pairs[start.name!] = lines.slice(at + 1, end).join('\n')
    at = end
  }
  return pairs
}

/** The lines that show an environment in a step's header. */
export function environmentLines(environment: Record<string, string>): string[] {
  const entries = Object.entries(environment)
  return entries.length === 0 ? [] : ['env:', ...entries.map(([name, value]) => `  ${name}: ${value}`)]
}

/** Interpolates a text of a step. */
export function interpolateFor(
  context: JobContext,
  environment: Record<string, string>,
  text: string,
): string {
  return interpolate(text, jobScope(context, environment))
}
