/** Models actions/checkout: a real clone of the bare repository at the run's commit. */
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { git, gitText } from '../../git/git.ts'
import { isPlainRevision, resolveCommit } from '../../git/refs.ts'
import type { Repository } from '../../state.ts'
import { findRepository } from '../../world.ts'
import { StepFailed } from '../job-context.ts'
import type { ActionStep, ModelledAction } from '../modelled-actions.ts'

export const checkout: ModelledAction = {
  defaults: { 'fetch-depth': '1', 'persist-credentials': 'true', clean: 'true' },
  run: checkOut,
}

async function checkOut(step: ActionStep): Promise<void> {
  refuseUnmodelled(step)
  const repository = askedRepository(step)
  const { ref, sha } = await askedCommit(step, repository)
  const directory = resolve(step.context.workspace, step.inputs.path ?? '.')
  if (!`${directory}/`.startsWith(`${step.context.workspace}/`)) {
    throw new StepFailed(`Repository path '${directory}' is not under '${step.context.workspace}'`)
  }
  await emptyDirectory(directory)
  const url = `${step.context.world.url}/${repository.fullName}`
  step.context.log.write(`Syncing repository: ${repository.fullName}`)
  await fetchCommit(step, repository, { directory, sha, url })
  await checkOutRef(step, directory, ref, sha)
  step.outputs.ref = ref
  step.outputs.commit = sha
  step.context.posts.push({
    name: step.step.name ?? `Run ${step.step.uses}`,
    run: (log) => log.write('[command]/usr/bin/git version'),
  })
}

function refuseUnmodelled({ inputs }: ActionStep): void {
  for (const name of ['submodules', 'lfs', 'sparse-checkout']) {
    const value = inputs[name] ?? ''
    if (value !== '' && value !== 'false') {
      throw new StepFailed(`The small GitHub does not model the input '${name}' of actions/checkout.`)
    }
  }
}

function askedRepository({ context, inputs }: ActionStep): Repository {
  const name = inputs.repository ?? context.repository.fullName
  const repository = findRepository(context.world, name)
  if (repository && (!repository.isPrivate || repository === context.repository)) return repository
  context.log.error(`fatal: repository '${context.world.url}/${name}/' not found`)
  throw new StepFailed("The process '/usr/bin/git' failed with exit code 128")
}

async function askedCommit({ context, inputs }: ActionStep, repository: Repository) {
  const asked = inputs.ref ?? ''
  if (asked === '' && repository === context.repository) {
    return { ref: context.run.event.ref, sha: context.run.event.sha }
  }
  const name = asked === '' ? repository.defaultBranch : asked
  const sha = isPlainRevision(name) ? await resolveCommit(repository.directory, name) : undefined
  if (!sha) throw new StepFailed(`A branch or tag with the name '${name}' could not be found`)
  return { ref: /^[0-9a-f]{40}$|^refs\//.test(name) ? name : `refs/heads/${name}`, sha }
}

async function emptyDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  for (const name of await readdir(directory))
    await rm(join(directory, name), { recursive: true, force: true })
}

async function fetchCommit(
  { context, inputs }: ActionStep,
  repository: Repository,
  { directory, sha, url }: { directory: string; sha: string; url: string },
): Promise<void> {
  const { log } = context
  log.group('Getting Git version info', [
    `Working directory is '${directory}'`,
    '[command]/usr/bin/git version',
    await gitText(directory, ['version']),
  ])
  log.write(`Deleting the contents of '${directory}'`)
  log.group('Initializing the repository', [
    `[command]/usr/bin/git init ${directory}`,
    `Initialized empty Git repository in ${join(directory, '.git')}/`,
    `[command]/usr/bin/git remote add origin ${url}`,
  ])
  await git(directory, ['init', '--quiet', '--initial-branch=main', '.'])
  await git(directory, ['remote', 'add', 'origin', url])
  const depth = inputs['fetch-depth'] ?? '1'
  const depthOption = depth === '0' ? [] : [`--depth=${Number(depth) || 1}`]
  log.group('Fetching the repository', [
    `[command]/usr/bin/git -c protocol.version=2 fetch --no-tags --prune --no-recurse-submodules ${depthOption.join(' ')} origin +${sha}`,
  ])
  const refspecs =
    depth === '0' ? ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*', sha] : [sha]
  await git(directory, [
    'fetch',
    '--quiet',
    '--no-tags',
    ...depthOption,
    `file://${repository.directory}`,
    ...refspecs,
  ])
}

async function checkOutRef(
  { context }: ActionStep,
  directory: string,
  ref: string,
  sha: string,
): Promise<void> {
  const branch = /^refs\/heads\/(?<name>.+)$/.exec(ref)?.groups?.name
  const args = branch ? ['checkout', '--force', '-B', branch, sha] : ['checkout', '--force', '--detach', sha]
  await git(directory, args)
  context.log.group('Checking out the ref', [
    `[command]/usr/bin/git checkout --progress --force ${branch ? `-B ${branch} refs/remotes/origin/${branch}` : ref}`,
  ])
  context.log.write('[command]/usr/bin/git log -1 --format=%H')
  context.log.write(sha)
}
