/** Models actions/upload-artifact and actions/download-artifact with folders next to the repositories. */
import { existsSync, globSync, statSync } from 'node:fs'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { StepFailed } from '../job-context.ts'
import type { ActionStep, ModelledAction } from '../modelled-actions.ts'

export const uploadArtifact: ModelledAction = {
  defaults: { name: 'artifact', 'if-no-files-found': 'warn' },
  run: upload,
}

export const downloadArtifact: ModelledAction = { run: download }

function artifactsFolder({ context }: ActionStep): string {
  return join(context.world.directory, 'artifacts', String(context.run.id))
}

function nameOf({ inputs }: ActionStep): string {
  const name = inputs.name ?? 'artifact'
  if (/["*:<>?|\r\n\\/]|^\.+$/.test(name)) throw new StepFailed(`The artifact name is not valid: ${name}.`)
  return name
}

async function upload(step: ActionStep): Promise<void> {
  const { context, inputs } = step
  const paths = (inputs.path ?? '')
    .split('\n')
    .map((path) => path.trim())
    .filter(Boolean)
  if (paths.length === 0) throw new StepFailed('Input required and not supplied: path')
  const target = join(artifactsFolder(step), nameOf(step))
  const found = globSync(paths, { cwd: context.workspace }).map((path) => resolve(context.workspace, path))
  if (found.length === 0) return reportNothing(step, paths)
  if (existsSync(target)) {
    throw new StepFailed(
      'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
    )
  }
  for (const path of found) await copyInto(path, context.workspace, target)
  context.log.write(`Artifact ${nameOf(step)} has been successfully uploaded!`)
}

async function copyInto(path: string, workspace: string, target: string): Promise<void> {
  const inside = relative(workspace, path)
  if (inside.startsWith('..'))
    throw new StepFailed(`The small GitHub uploads only from the workspace: ${path}`)
  const to = statSync(path).isDirectory()
    ? target
    : join(target, inside.split('/').slice(1).join('/') || inside)
  await mkdir(dirname(to), { recursive: true })
  await cp(path, to, { recursive: true })
}

function reportNothing({ context, inputs }: ActionStep, paths: string[]): void {
  const message = `No files were found with the provided path: ${paths.join(' ')}. No artifacts will be uploaded.`
  if (inputs['if-no-files-found'] === 'error') throw new StepFailed(message)
  if (inputs['if-no-files-found'] === 'warn') context.log.warning(message)
}

async function download(step: ActionStep): Promise<void> {
  const { context, inputs } = step
  const target = resolve(context.workspace, inputs.path ?? '.')
  const folder = artifactsFolder(step)
  const names = inputs.name ? [nameOf(step)] : existsSync(folder) ? await readdir(folder) : []
  for (const name of names) {
    const from = join(folder, name)
    if (!existsSync(from))
      throw new StepFailed(`Unable to download artifact(s): Artifact not found for name: ${name}`)
    await cp(from, inputs.name ? target : join(target, name), { recursive: true })
  }
  context.log.write(`Total of ${names.length} artifact(s) downloaded`)
}
