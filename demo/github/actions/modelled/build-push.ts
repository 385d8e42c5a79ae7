/** Models docker/build-push-action: builds for real where it can, else checks the Dockerfile and says so. */

import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { lackOfHost } from '../../../../src/docker/lack-of-host.ts'
import { git } from '../../git/git.ts'
import { StepFailed } from '../job-context.ts'
import type { ActionStep, ModelledAction } from '../modelled-actions.ts'
import {
  buildImage,
  type ContainerBuilder,
  findContainerBuilder,
  type ImageBuild,
  removeImage,
  wordFailure,
} from './container-builder.ts'
import { type IgnoreRules, parseDockerIgnore } from './docker-ignore.ts'
import { type BuildProblem, baseImages, checkDockerfile, type DockerfileCheck } from './dockerfile-check.ts'

export const buildPush: ModelledAction = { defaults: { load: 'false', push: 'false' }, run: build }

const unmodelledInputs = [
  'outputs',
  'secrets',
  'secret-files',
  'ssh',
  'build-contexts',
  'call',
  'network',
  'platforms',
]

async function build(step: ActionStep): Promise<void> {
  const { context, inputs } = step
  refuseUnmodelled(step)
  const contextDirectory = await askedContext(step)
  const dockerfile = askedDockerfile(step, contextDirectory)
  requireFolder(step, dirname(dockerfile))
  writeBuildStart(step, dockerfile)
  requireDockerfile(step, dockerfile)
  const check = describeCheck(step, contextDirectory, dockerfile)
  const problem = checkDockerfile(check)
  if (problem) failBuild(step, check, problem)
  await buildForReal(step, check, dockerfile)
  if (inputs.push === 'true') context.log.write('not pushed: the small GitHub has no registry')
  context.posts.push({ name: step.step.name ?? `Run ${step.step.uses}`, run: () => {} })
}

function refuseUnmodelled({ inputs }: ActionStep): void {
  const name = unmodelledInputs.find((each) => (inputs[each] ?? '') !== '' && inputs[each] !== 'linux/amd64')
  if (name)
    throw new StepFailed(`The small GitHub does not model the input '${name}' of docker/build-push-action.`)
}

/** Without the input the action builds from git, not from the workspace. */
async function askedContext(step: ActionStep): Promise<string> {
  const { context, inputs } = step
  const asked = inputs.context ?? ''
  if (/^(https?|git|ssh):|^git@/.test(asked)) {
    throw new StepFailed('The small GitHub does not model a remote build context.')
  }
  if (asked === '') return exportCommit(step)
  const path = resolve(context.workspace, asked)
  if (existsSync(path) && statSync(path).isDirectory()) return path
  return failWith(step, `unable to prepare context: path "${asked}" not found`)
}

async function exportCommit({ context }: ActionStep): Promise<string> {
  const directory = join(context.temp, `git-context-${randomUUID()}`)
  await mkdir(directory)
  const environment = { GIT_INDEX_FILE: join(context.temp, `index-${randomUUID()}`) }
  const args = [`--git-dir=${context.repository.directory}`, `--work-tree=${directory}`]
  await git(directory, [...args, 'read-tree', context.run.event.sha], { environment })
  await git(directory, [...args, 'checkout-index', '--all', '--force'], { environment })
  return directory
}

function askedDockerfile({ context, inputs }: ActionStep, contextDirectory: string): string {
  const asked = inputs.file ?? ''
  if (asked === '') return join(contextDirectory, 'Dockerfile')
  const isFromGit = (inputs.context ?? '') === ''
  return resolve(isFromGit ? contextDirectory : context.workspace, asked)
}

function writeBuildStart({ context, inputs }: ActionStep, dockerfile: string): void {
  const { log } = context
  const tags = listInput(inputs.tags).map((tag) => ` --tag ${tag}`)
  const shown = inputs.file ? ` --file ${inputs.file}` : ''
  const target = inputs.target ? ` --target ${inputs.target}` : ''
  log.write(
    `[command]/usr/bin/docker buildx build${shown}${tags.join('')}${target} ${inputs.context || context.world.url}`,
  )
  log.write('#0 building with "builder-small-github" instance using docker-container driver')
  log.write('')
  log.write(`#1 [internal] load build definition from ${basename(dockerfile)}`)
}

function listInput(text: string | undefined): string[] {
  return (text ?? '')
    .split(/[\n,]/)
    .map((each) => each.trim())
    .filter(Boolean)
}

/** buildx looks for the folder itself, before BuildKit is asked; it names the first part that is missing. */
function requireFolder(step: ActionStep, folder: string): void {
  const parts = relative(step.context.workspace, folder).split('/')
  const missing = parts.findIndex(
    (_, at) => !existsSync(join(step.context.workspace, ...parts.slice(0, at + 1))),
  )
  if (missing < 0) return
  failWith(step, `resolve : lstat ${parts.slice(0, missing + 1).join('/')}: no such file or directory`)
}

function requireDockerfile(step: ActionStep, dockerfile: string): void {
  const { log } = step.context
  const isThere = existsSync(dockerfile) && statSync(dockerfile).isFile()
  log.write(`#1 transferring dockerfile: ${isThere ? statSync(dockerfile).size : 2}B done`)
  log.write('#1 DONE 0.0s')
  if (!isThere) {
    failWith(
      step,
      `failed to solve: failed to read dockerfile: open ${basename(dockerfile)}: no such file or directory`,
    )
  }
}

function failWith(step: ActionStep, reason: string): never {
  const message = `ERROR: failed to build: ${reason}`
  step.context.log.write(message)
  throw new StepFailed(`buildx failed with: ${message}`)
}

function describeCheck(
  { inputs }: ActionStep,
  contextDirectory: string,
  dockerfile: string,
): DockerfileCheck {
  const pairs = (inputs['build-args'] ?? '').split('\n').filter((line) => line.includes('='))
  return {
    text: readFileSync(dockerfile, 'utf8'),
    fileName: basename(dockerfile),
    contextDirectory,
    ignoreRules: readIgnoreRules(contextDirectory, dockerfile),
    target: inputs.target || undefined,
    buildArguments: Object.fromEntries(
      pairs.map((line) => [
        line.slice(0, line.indexOf('=')).trim(),
        line.slice(line.indexOf('=') + 1).trim(),
      ]),
    ),
  }
}

function readIgnoreRules(contextDirectory: string, dockerfile: string): IgnoreRules {
  const candidates = [`${dockerfile}.dockerignore`, join(contextDirectory, '.dockerignore')]
  const path = candidates.find((candidate) => existsSync(candidate))
  return path ? parseDockerIgnore(readFileSync(path, 'utf8')) : []
}

function failBuild(step: ActionStep, check: DockerfileCheck, { message, line }: BuildProblem): never {
  if (line !== undefined) writeExcerpt(step, check, line)
  failWith(step, `failed to solve: ${message}`)
}

function writeExcerpt({ context }: ActionStep, check: DockerfileCheck, line: number): void {
  const lines = check.text.split('\n')
  const first = Math.max(1, line - 2)
  const last = Math.min(lines.length, line + 2)
  context.log.write(`${check.fileName}:${line}`)
  context.log.write('--------------------')
  for (let number = first; number <= last; number++) {
    const mark = number === line ? '>>>' : '   '
    context.log.write(`${String(number).padStart(4)} | ${mark} ${lines[number - 1]}`)
  }
  context.log.write('--------------------')
}

async function buildForReal(step: ActionStep, check: DockerfileCheck, dockerfile: string): Promise<void> {
  const { context, inputs } = step
  const builder = context.settings.containerBuilder === 'auto' ? await findContainerBuilder() : undefined
  if (!builder) return reportStatic(step, 'no container builder found')
  const throwaway = `small-github-build:${randomUUID()}`
  const tags = inputs.load === 'true' ? listInput(inputs.tags) : [throwaway]
  const { exitCode, lines } = await buildInto(step, builder, { ...check, dockerfile, tags })
  if (tags.includes(throwaway)) await removeImage(builder, throwaway)
  if (exitCode === 0) {
    context.log.write(`built with ${builder.name}`)
    return
  }
  const lack = lackOfHost(lines)
  if (lack === 'network') reportStatic(step, 'a command of the Dockerfile found no network')
  else if (lack)
    reportStatic(
      step,
      `the base image ${[...new Set(baseImages(check.text, check.target))].join(', ')} could not be had`,
    )
  else
    failWith(step, wordFailure(lines) ?? `${builder.name} ended with exit code ${exitCode}: ${lines.at(-1)}`)
}

async function buildInto(
  { context, signal }: ActionStep,
  builder: ContainerBuilder,
  build: Pick<ImageBuild, 'contextDirectory' | 'dockerfile' | 'target' | 'buildArguments' | 'tags'>,
): Promise<{ exitCode: number; lines: string[] }> {
  const lines: string[] = []
  const onLine = (line: string) => {
    lines.push(line)
    context.log.write(line)
  }
  const exitCode = await buildImage(builder, {
    ...build,
    environment: context.settings.environment,
    signal,
    onLine,
  })
  return { exitCode, lines }
}

function reportStatic({ context }: ActionStep, reason: string): void {
  context.log.warning(`not built: ${reason}`)
  context.log.write('The Dockerfile was checked statically: its stages, its copied files and its target.')
}
