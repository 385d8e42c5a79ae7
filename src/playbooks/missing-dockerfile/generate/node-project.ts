/** What the manifests of a Node project say: runtime, package manager, dependencies, scripts. */
import type { ProjectFiles } from './project-files.ts'

/** A package manager; the two generations of Yarn share no option. */
export type NodeManager = 'npm' | 'pnpm' | 'yarn-classic' | 'yarn-berry'

/** A Node project's own statements. */
export interface NodeProject {
  readonly manager: NodeManager
  /** Exact version from `packageManager`, or the major that reads the lock. */
  readonly managerVersion: string | null
  readonly hasLock: boolean
  /** Major version of Node. */
  readonly version: string
  readonly versionSource: string
  readonly dependencies: ReadonlySet<string>
  readonly developmentDependencies: ReadonlySet<string>
  readonly scripts: ReadonlyMap<string, string>
  readonly main: string | null
  readonly hasWorkspaces: boolean
}

/** Node when the project allows it: the long-term release of its time. */
const defaultVersion = 24

/** Code names of long-term releases, as `.nvmrc` may give them. */
const codeNames: Readonly<Record<string, number>> = { iron: 20, jod: 22, krypton: 24 }

/** Null when there is no readable package.json. */
export async function readNodeProject(project: ProjectFiles): Promise<NodeProject | null> {
  const manifest = readJson(await project.read('package.json'))
  if (!manifest) return null
  const stated = /^(?<name>npm|pnpm|yarn)@(?<version>\d{1,3}\.\d{1,3}\.\d{1,3})(?:\+|$)/.exec(
    String(manifest.packageManager ?? ''),
  )?.groups
  const manager = await managerOf(project, stated?.name, stated?.version)
  return {
    manager,
    managerVersion: stated?.version ?? (manager === 'pnpm' ? await pnpmMajor(project, manifest) : null),
    hasLock: lockFile(manager, project) !== null,
    ...(await versionOf(project, manifest)),
    dependencies: new Set(Object.keys(tableOf(manifest.dependencies))),
    developmentDependencies: new Set(Object.keys(tableOf(manifest.devDependencies))),
    scripts: stringEntries(manifest.scripts),
    main: typeof manifest.main === 'string' ? manifest.main : null,
    hasWorkspaces: manifest.workspaces !== undefined,
  }
}

/** The lock that the package manager reads, where the project has it. */
export function lockFile(manager: NodeManager, project: ProjectFiles): string | null {
  const names = {
    npm: ['package-lock.json', 'npm-shrinkwrap.json'],
    pnpm: ['pnpm-lock.yaml'],
    'yarn-classic': ['yarn.lock'],
    'yarn-berry': ['yarn.lock'],
  }
  return names[manager].find((name) => project.has(name)) ?? null
}

async function managerOf(
  project: ProjectFiles,
  name: string | undefined,
  version: string | undefined,
): Promise<NodeManager> {
  const isYarn = name === 'yarn' || (name === undefined && project.has('yarn.lock'))
  if (isYarn) {
    const isBerry = version
      ? Number(version.split('.')[0]) > 1
      : /^__metadata:/m.test((await project.read('yarn.lock')) ?? '')
    return isBerry ? 'yarn-berry' : 'yarn-classic'
  }
  if (name !== undefined) return name as 'npm' | 'pnpm'
  return project.has('pnpm-lock.yaml') ? 'pnpm' : 'npm'
}

/** The major that wrote the lock. Version 9.0 is written by 9 and later; settings of 10 tell them apart. */
async function pnpmMajor(project: ProjectFiles, manifest: Record<string, unknown>): Promise<string> {
  const lock = ((await project.read('pnpm-lock.yaml')) ?? '').slice(0, 1_000)
  const version = /^lockfileVersion:\s*['"]?(?<major>\d+)\./m.exec(lock)?.groups?.major
  const workspace = (await project.read('pnpm-workspace.yaml')) ?? ''
  const hasNewSettings =
    /^(onlyBuiltDependencies|ignoredBuiltDependencies|allowBuilds):/m.test(workspace) ||
    tableOf(manifest.pnpm).onlyBuiltDependencies !== undefined
  return { '5': '7', '6': '8', '9': hasNewSettings ? '10' : '9' }[version ?? '9'] ?? '10'
}

async function versionOf(
  project: ProjectFiles,
  manifest: Record<string, unknown>,
): Promise<{ version: string; versionSource: string }> {
  for (const file of ['.nvmrc', '.node-version']) {
    const major = majorOf(((await project.read(file)) ?? '').trim())
    if (major !== null) return { version: major, versionSource: file }
  }
  const volta = majorOf(String(tableOf(manifest.volta).node ?? ''))
  if (volta !== null) return { version: volta, versionSource: 'volta in package.json' }
  const engines = enginesMajor(String(tableOf(manifest.engines).node ?? ''))
  if (engines !== null) return { version: engines, versionSource: 'engines in package.json' }
  return { version: String(defaultVersion), versionSource: 'no file of the project' }
}

function majorOf(text: string): string | null {
  const name = /^lts\/(?<name>\*|\w{1,20})$/.exec(text)?.groups?.name?.toLowerCase()
  if (name !== undefined) return String(codeNames[name] ?? defaultVersion)
  return /^v?(?<major>\d{1,2})(\.[\dx]{1,3}){0,2}$/.exec(text)?.groups?.major ?? null
}

/** A lower bound allows the long-term release; everything else names its own major. */
function enginesMajor(range: string): string | null {
  const first = /^(?<operator>>=|\^|~|=)?\s*v?(?<major>\d{1,2})\b/.exec(range.trim())?.groups
  if (!first) return null
  const upper = /<\s*=?\s*(?<major>\d{1,2})/.exec(range)?.groups?.major
  const isOpen = first.operator === '>=' && (upper === undefined || Number(upper) > defaultVersion)
  return String(isOpen ? Math.max(Number(first.major), defaultVersion) : Number(first.major))
}

function readJson(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // A manifest that is no JSON installs nothing; there is no project to write an image for.
    return null
  }
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {}
}

function stringEntries(value: unknown): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(tableOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
