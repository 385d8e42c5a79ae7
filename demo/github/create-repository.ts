/** Makes repositories: bare ones on disk, with a first commit, and the App installed on them. */
import { appendFile, mkdir, readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { announceInstallation } from './announce.ts'
import { git } from './git/git.ts'
import { installHook } from './git/http.ts'
import { writeBlob, writeCommit } from './git/objects.ts'
import { readRef, zeroSha } from './git/refs.ts'
import { findEntry, type TreeChange, treeOf, writeTree } from './git/trees.ts'
import { changeRef } from './ref-changes.ts'
import { shapeMinimalRepository } from './shapes/users.ts'
import type { Installation, Repository, Role, User } from './state.ts'
import { ensureUser, findRepository, now, signatureOf, type World } from './world.ts'

export interface RepositoryOptions {
  private?: boolean
  defaultBranch?: string
  files?: Record<string, string>
  collaborators?: Record<string, Role>
  /** What `secrets.*` gives in workflows. */
  secrets?: Record<string, string>
  /** The message of the first commit. */
  message?: string
  /** Without the App, the repository is invisible to it. */
  install?: boolean
}

/** Creates a repository; with files it has a first commit, which starts workflows as a push does. */
export async function createRepository(
  world: World,
  fullName: string,
  options: RepositoryOptions,
): Promise<Repository> {
  const repository = await makeRepository(world, fullName, options)
  if (options.install !== false) install(world, repository)
  if (options.files) {
    const entries = Object.entries(options.files).map(([path, content]) => ({
      path,
      content,
      mode: '100644',
    }))
    await firstCommit(world, repository, entries, options.message)
  }
  return repository
}

/** Creates a repository from a folder, with its executable bits and links. */
export async function importDirectory(
  world: World,
  fullName: string,
  directory: string,
  options: RepositoryOptions,
): Promise<Repository> {
  const repository = await makeRepository(world, fullName, options)
  if (options.install !== false) install(world, repository)
  await firstCommit(world, repository, await readFolder(directory), options.message)
  return repository
}

async function makeRepository(
  world: World,
  fullName: string,
  options: RepositoryOptions,
): Promise<Repository> {
  const [ownerName, name] = fullName.split('/') as [string, string]
  if (!/^[A-Za-z0-9-]+\/(?!\.+$)[\w.-]+$/.test(fullName) || name.endsWith('.git')) {
    throw new Error(`'${fullName}' is not a name for a repository.`)
  }
  if (findRepository(world, fullName)) throw new Error(`The repository ${fullName} exists already.`)
  const repository = blankRepository(world, ensureUser(world, ownerName), name, options)
  for (const login of Object.keys(options.collaborators ?? {})) ensureUser(world, login)
  await initialise(repository)
  world.repositories.set(fullName.toLowerCase(), repository)
  return repository
}

function blankRepository(world: World, owner: User, name: string, options: RepositoryOptions): Repository {
  const id = world.nextId()
  const at = now(world)
  const collaborators = Object.entries(options.collaborators ?? {}).map(
    ([login, role]) => [login.toLowerCase(), role] as const,
  )
  return {
    id,
    owner,
    name,
    fullName: `${owner.login}/${name}`,
    directory: join(world.directory, 'repositories', `${id}.git`),
    isPrivate: options.private ?? false,
    parent: undefined,
    defaultBranch: options.defaultBranch ?? 'main',
    collaborators: new Map(collaborators),
    secrets: options.secrets ?? {},
    createdAt: at,
    pushedAt: at,
    nextNumber: 1,
    pulls: new Map(),
    issueComments: new Map(),
    commitComments: new Map(),
    reviewComments: new Map(),
    reviews: new Map(),
    labels: new Map(),
    checkRuns: new Map(),
    checkSuites: new Map(),
    workflows: new Map(),
    runs: new Map(),
  }
}

/** Added to each bare repository: pushes over HTTP, partial clones, any commit by its sha. */
const repositorySettings = `[http]
\treceivepack = true
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[receive]
\thideRefs = refs/pull
[gc]
\tauto = 0
`

async function initialise({ directory, defaultBranch }: Repository): Promise<void> {
  await mkdir(directory, { recursive: true })
  await git(directory, ['init', '--quiet', '--bare', '--template=', `--initial-branch=${defaultBranch}`, '.'])
  await appendFile(join(directory, 'config'), repositorySettings)
  installHook(directory)
}

/** Installs the App on a repository, in the installation of its owner. */
function install(world: World, repository: Repository): Installation {
  const known = [...world.installations.values()].find(({ account }) => account === repository.owner)
  if (known) return addToInstallation(world, known, repository)
  const installation: Installation = {
    id: world.nextId(),
    account: repository.owner,
    permissions: { ...world.app.permissions },
    repositoryIds: new Set([repository.id]),
    createdAt: now(world),
    suspendedAt: null,
  }
  world.installations.set(installation.id, installation)
  const repositories = [shortForm(world, repository)]
  announceInstallation(world, installation, { event: 'installation', action: 'created', repositories })
  return installation
}

function addToInstallation(world: World, installation: Installation, repository: Repository): Installation {
  installation.repositoryIds.add(repository.id)
  announceInstallation(world, installation, {
    event: 'installation_repositories',
    action: 'added',
    repository_selection: 'selected',
    repositories_added: [shortForm(world, repository)],
    repositories_removed: [],
  })
  return installation
}

function shortForm(world: World, repository: Repository) {
  const { id, node_id, name, full_name } = shapeMinimalRepository(world, repository)
  return { id, node_id, name, full_name, private: repository.isPrivate }
}

/** Makes a fork: another repository with the same commits, from which pull requests can come. */
export async function forkRepository(world: World, parent: Repository, login: string): Promise<Repository> {
  const owner = ensureUser(world, login)
  const fork = blankRepository(world, owner, parent.name, {
    private: parent.isPrivate,
    defaultBranch: parent.defaultBranch,
  })
  fork.parent = parent
  await initialise(fork)
  await git(fork.directory, ['fetch', '--quiet', parent.directory, '+refs/heads/*:refs/heads/*'])
  world.repositories.set(fork.fullName.toLowerCase(), fork)
  return fork
}

interface FolderFile {
  path: string
  content: string | Buffer
  mode: string
}

async function readFolder(directory: string): Promise<FolderFile[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  const files: FolderFile[] = []
  for (const entry of entries) {
    const full = join(entry.parentPath, entry.name)
    const path = full.slice(directory.replace(/\/+$/, '').length + 1)
    if (entry.isDirectory() || path.split('/').includes('.git')) continue
    if (entry.isSymbolicLink()) files.push({ path, content: await readlink(full), mode: '120000' })
    else
      files.push({
        path,
        content: await readFile(full),
        mode: (await stat(full)).mode & 0o100 ? '100755' : '100644',
      })
  }
  return files
}

async function firstCommit(
  world: World,
  repository: Repository,
  files: FolderFile[],
  message = 'Initial commit',
) {
  const changes: TreeChange[] = []
  for (const { path, content, mode } of files) {
    changes.push({ path, mode, sha: await writeBlob(repository.directory, content) })
  }
  const tree = await writeTree(repository.directory, undefined, changes)
  const author = signatureOf(world, repository.owner)
  const after = await writeCommit(repository.directory, {
    tree,
    parents: [],
    author,
    committer: author,
    message,
  })
  const ref = `refs/heads/${repository.defaultBranch}`
  await changeRef(world, repository, { ref, before: zeroSha, after, actor: repository.owner })
}

export interface PersonalPush {
  branch: string
  /** Content by path; `null` deletes. A file keeps its mode, a new one is not executable. */
  files: Record<string, string | null>
  message?: string
  author?: string
  /** Where a new branch starts; default is the default branch. */
  from?: string
}

/** A person's push of one commit. */
export async function pushAsPerson(
  world: World,
  repository: Repository,
  push: PersonalPush,
): Promise<{ sha: string }> {
  const { directory } = repository
  const actor = push.author ? ensureUser(world, push.author) : repository.owner
  const ref = `refs/heads/${push.branch}`
  const before = await readRef(directory, ref)
  const start = before ?? (await readRef(directory, `refs/heads/${push.from ?? repository.defaultBranch}`))
  const changes: TreeChange[] = []
  for (const [path, content] of Object.entries(push.files)) {
    const known = start ? await findEntry(directory, start.sha, path) : undefined
    const sha = content === null ? null : await writeBlob(directory, content)
    changes.push({ path, mode: known?.type === 'blob' ? known.mode : '100644', sha })
  }
  const tree = await writeTree(directory, start && (await treeOf(directory, start.sha)), changes)
  const author = signatureOf(world, actor)
  const message = push.message ?? `Update ${Object.keys(push.files).join(', ')}`
  const sha = await writeCommit(directory, {
    tree,
    parents: start ? [start.sha] : [],
    author,
    committer: author,
    message,
  })
  await changeRef(world, repository, { ref, before: before?.sha ?? zeroSha, after: sha, actor })
  return { sha }
}
