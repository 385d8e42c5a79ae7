/** Runs one `run:` step in a real shell. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import {
  environmentLines,
  interpolateFor,
  makeCommandFiles,
  programEnvironment,
  readCommandFiles,
} from './environment.ts'
import { type JobContext, StepFailed } from './job-context.ts'
import { runProgram } from './shell.ts'
import type { StepDefinition } from './workflow-file.ts'

export interface StepRequest {
  context: JobContext
  step: StepDefinition
  environment: Record<string, string>
  signal: AbortSignal
}

/** Runs the script; gives the outputs, or throws `StepFailed`. */
export async function runScript({
  context,
  step,
  environment,
  signal,
}: StepRequest): Promise<Record<string, string>> {
  const script = interpolateFor(context, environment, step.run ?? '')
  const asked = step.shell ?? context.definition.defaults.shell ?? context.workflow.defaults.shell
  const shell = shellFor(asked && interpolateFor(context, environment, asked))
  writeHeader(context, script, shell.shown, environment)
  const file = join(context.temp, `${randomUUID()}.${shell.extension}`)
  await writeFile(file, script.endsWith('\n') ? script : `${script}\n`)
  const files = await makeCommandFiles(context)
  const outputs: Record<string, string> = {}
  const exitCode = await runProgram(shell.command, [...shell.args, file], {
    cwd: workingDirectory(context, step, environment),
    environment: programEnvironment(context, environment, files),
    signal,
    onLine: (line) =>
      context.log.output(line, {
        setOutput: (name, value) => {
          outputs[name] = value
        },
        setEnvironment: (name) =>
          context.log.error(
            `Unable to process command '::set-env name=${name}::' successfully. The \`set-env\` command is disabled. Please upgrade to using Environment Files.`,
          ),
      }),
  })
  Object.assign(outputs, readCommandFiles(context, files))
  if (signal.aborted) throw new StepFailed('The operation was canceled.')
  if (exitCode !== 0) throw new StepFailed(`Process completed with exit code ${exitCode}.`, outputs)
  return outputs
}

function writeHeader(
  context: JobContext,
  script: string,
  shown: string,
  environment: Record<string, string>,
): void {
  const lines = script.trimEnd().split('\n')
  context.log.group(`Run ${lines[0]}`, [
    ...lines.map((line) => `\u001b[36;1m${line}\u001b[0m`),
    `shell: ${shown}`,
    ...environmentLines(environment),
  ])
}

interface Shell {
  command: string
  args: string[]
  shown: string
  extension: string
}

function shellFor(asked: string | undefined): Shell {
  if (asked === undefined)
    return { command: 'bash', args: ['-e'], shown: '/usr/bin/bash -e {0}', extension: 'sh' }
  if (asked === 'bash') {
    const args = ['--noprofile', '--norc', '-e', '-o', 'pipefail']
    return { command: 'bash', args, shown: `/usr/bin/bash ${args.join(' ')} {0}`, extension: 'sh' }
  }
  if (asked === 'sh') return { command: 'sh', args: ['-e'], shown: '/usr/bin/sh -e {0}', extension: 'sh' }
  if (asked === 'python')
    return { command: 'python3', args: [], shown: '/usr/bin/python {0}', extension: 'py' }
  if (/\{0\}/.test(asked)) return customShell(asked)
  throw new StepFailed(`The small GitHub does not model the shell '${asked}'.`)
}

function customShell(template: string): Shell {
  const [command, ...args] = template.trim().split(/\s+/)
  if (args.at(-1) !== '{0}') throw new StepFailed(`The small GitHub does not model the shell '${template}'.`)
  return { command: command!, args: args.slice(0, -1), shown: template, extension: 'sh' }
}

function workingDirectory(
  context: JobContext,
  step: StepDefinition,
  environment: Record<string, string>,
): string {
  const asked =
    step['working-directory'] ??
    context.definition.defaults['working-directory'] ??
    context.workflow.defaults['working-directory']
  if (!asked) return context.workspace
  const path = resolve(context.workspace, interpolateFor(context, environment, asked))
  if (existsSync(path)) return path
  throw new StepFailed(
    `An error occurred trying to start process '/usr/bin/bash' with working directory '${path}'. No such file or directory`,
  )
}
