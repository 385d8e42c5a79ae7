/** Models actions/setup-node and actions/setup-python with what the host has on its search path. */
import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { StepFailed } from '../job-context.ts'
import type { ActionStep, ModelledAction } from '../modelled-actions.ts'
import { hostPath } from '../shell.ts'

export const setupNode: ModelledAction = { defaults: { 'check-latest': 'false' }, run: setUpNode }
export const setupPython: ModelledAction = { defaults: { 'check-latest': 'false' }, run: setUpPython }

async function setUpNode(step: ActionStep): Promise<void> {
  const asked = versionAsked(step, 'node-version')
  await reportVersion(step, 'node', asked)
  requireLockFile(step)
  addPost(step)
}

async function setUpPython(step: ActionStep): Promise<void> {
  const asked = versionAsked(step, 'python-version')
  refuseUnknownPython(asked)
  await reportVersion(step, 'python3', asked)
  await providePython(step)
  requireRequirements(step)
  addPost(step)
}

/** On hosts that know only `python3`, the plain names lead there, as they do on GitHub. */
async function providePython({ context }: ActionStep): Promise<void> {
  if (await hostVersion('python')) return
  const folder = join(context.root, 'tools', 'python')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'python'), '#!/bin/sh\nexec python3 "$@"\n', { mode: 0o755 })
  await writeFile(join(folder, 'pip'), '#!/bin/sh\nexec python3 -m pip "$@"\n', { mode: 0o755 })
  context.paths.unshift(folder)
}

function versionAsked({ context, inputs }: ActionStep, input: string): string {
  const file = inputs[`${input}-file`]
  if (!file) return inputs[input] ?? ''
  const path = join(context.workspace, file)
  if (!existsSync(path))
    throw new StepFailed(`The specified ${input.split('-')[0]} version file at: ${path} does not exist`)
  return readFileSync(path, 'utf8').trim()
}

const pythonVersions = ['3.7', '3.8', '3.9', '3.10', '3.11', '3.12', '3.13', '3.14', '3.15']

function refuseUnknownPython(asked: string): void {
  const minor = /^(?<minor>\d+\.\d+)(\.\d+)?$/.exec(asked)?.groups?.minor
  if (!minor || pythonVersions.includes(minor)) return
  throw new StepFailed(
    `The version '${asked}' with architecture 'x64' was not found for Ubuntu 24.04.\nThe list of all available versions can be found here: https://raw.githubusercontent.com/actions/python-versions/main/versions-manifest.json`,
  )
}

async function reportVersion(
  { context, outputs }: ActionStep,
  command: string,
  asked: string,
): Promise<void> {
  const version = await hostVersion(command)
  if (!version) throw new StepFailed(`The small GitHub found no ${command} on this host.`)
  outputs[command === 'node' ? 'node-version' : 'python-version'] = version
  context.log.write(`Found ${command} ${version} on the host`)
  const isSame = asked === '' || version.startsWith(asked.replace(/^v|\.x$/g, ''))
  if (!isSame) context.log.write(`The small GitHub uses it although ${asked} was asked for.`)
}

async function hostVersion(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ['--version'], {
      env: { PATH: hostPath(), HOME: process.env.HOME ?? '/' },
      timeout: 10_000,
    })
    return stdout.trim().replace(/^(v|Python )/, '')
  } catch {
    return undefined
  }
}

function requireLockFile({ context, inputs }: ActionStep): void {
  const tool = inputs.cache ?? ''
  if (tool === '') return
  const files: Record<string, string[]> = {
    npm: ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock'],
    yarn: ['yarn.lock'],
    pnpm: ['pnpm-lock.yaml'],
  }
  const known = files[tool]
  if (!known) throw new StepFailed(`Caching for '${tool}' is not supported`)
  const patterns = inputs['cache-dependency-path'] ? inputs['cache-dependency-path'].split('\n') : known
  if (globSync(patterns, { cwd: context.workspace }).length > 0) return
  throw new StepFailed(
    inputs['cache-dependency-path']
      ? 'Some specified paths were not resolved, unable to cache dependencies.'
      : `Dependencies lock file is not found in ${context.workspace}. Supported file patterns: ${known.join(',')}`,
  )
}

function requireRequirements({ context, inputs }: ActionStep): void {
  if (inputs.cache !== 'pip') return
  const patterns = inputs['cache-dependency-path']?.split('\n') ?? [
    '**/requirements.txt',
    '**/pyproject.toml',
  ]
  if (globSync(patterns, { cwd: context.workspace }).length > 0) return
  throw new StepFailed(
    `No file in ${context.workspace} matched to [${patterns.join(' or ')}], make sure you have checked out the target repository`,
  )
}

function addPost({ context, step }: ActionStep): void {
  context.posts.push({ name: step.name ?? `Run ${step.uses}`, run: () => {} })
}
