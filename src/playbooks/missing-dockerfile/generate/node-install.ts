/** The Dockerfile lines by which each package manager installs, builds and prunes. */
import { lockFile, type NodeProject } from './node-project.ts'
import type { ProjectFiles } from './project-files.ts'
import { isPlainPath, isVersion } from './safe-words.ts'

/** Commands of one package manager. */
export interface NodeInstall {
  /** Installs the manager itself; empty where the image has it. */
  readonly setup: readonly string[]
  /** Copies the manifest and the lock, and nothing that changes with the source. */
  readonly copyManifests: string
  readonly installAll: readonly string[]
  readonly installProduction: readonly string[]
  readonly build: string
  /** Removes development dependencies after a full install. */
  readonly prune: readonly string[]
}

/** Null when the manager links packages in a way that a copied `node_modules` does not have. */
export async function nodeInstall(project: ProjectFiles, node: NodeProject): Promise<NodeInstall | null> {
  if (node.manager === 'npm') return npmInstall(project, node)
  if (node.manager === 'pnpm') return pnpmInstall(project, node)
  return node.manager === 'yarn-classic' ? yarnClassic(project, node) : yarnBerry(project)
}

function cached(target: string, command: string): string[] {
  return [`RUN --mount=type=cache,target=${target} \\`, `    ${command}`]
}

function copyLine(project: ProjectFiles, names: readonly (string | null)[]): string {
  const present = names.filter((name): name is string => name !== null && project.has(name))
  return `COPY ${present.join(' ')} ./`
}

function npmInstall(project: ProjectFiles, node: NodeProject): NodeInstall {
  const verb = node.hasLock ? 'npm ci' : 'npm install'
  // `prepare` sets up development tools, which a production install does not have.
  const guard = node.scripts.has('prepare') ? 'npm pkg delete scripts.prepare && ' : ''
  return {
    setup: [],
    copyManifests: copyLine(project, ['package.json', lockFile('npm', project)]),
    installAll: cached('/root/.npm', verb),
    installProduction: cached('/root/.npm', `${guard}${verb} --omit=dev`),
    build: 'RUN npm run build',
    prune: ['RUN npm prune --omit=dev'],
  }
}

function pnpmInstall(project: ProjectFiles, { managerVersion, hasLock }: NodeProject): NodeInstall {
  const version = managerVersion !== null && isVersion(managerVersion) ? managerVersion : '10'
  const frozen = hasLock ? ' --frozen-lockfile' : ''
  return {
    setup: [`RUN npm install --global pnpm@${version}`, 'ENV CI=true npm_config_store_dir=/pnpm/store'],
    copyManifests: copyLine(project, ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']),
    installAll: cached('/pnpm/store', `pnpm install${frozen}`),
    installProduction: cached('/pnpm/store', `pnpm install${frozen} --prod`),
    build: 'RUN pnpm run build',
    prune: cached('/pnpm/store', 'pnpm prune --prod --ignore-scripts'),
  }
}

function yarnClassic(project: ProjectFiles, { hasLock }: NodeProject): NodeInstall {
  const frozen = hasLock ? ' --frozen-lockfile' : ''
  const cache = '/usr/local/share/.cache/yarn'
  return {
    setup: [],
    copyManifests: copyLine(project, ['package.json', 'yarn.lock']),
    installAll: cached(cache, `yarn install${frozen}`),
    installProduction: cached(cache, `yarn install${frozen} --production`),
    build: 'RUN yarn build',
    prune: cached(cache, `yarn install${frozen} --production --ignore-scripts --prefer-offline`),
  }
}

async function yarnBerry(project: ProjectFiles): Promise<NodeInstall | null> {
  const settings = (await project.read('.yarnrc.yml')) ?? ''
  if (!/^nodeLinker:\s*["']?node-modules["']?\s*$/m.test(settings)) return null
  const release = project.files.find(
    (path) => /^\.yarn\/releases\/yarn-[\d.]+\.cjs$/.test(path) && isPlainPath(path),
  )
  const yarn = release === undefined ? 'yarn' : `node ${release}`
  const lines = [copyLine(project, ['package.json', 'yarn.lock', '.yarnrc.yml'])]
  if (release !== undefined) lines.push('COPY .yarn/releases ./.yarn/releases')
  return {
    setup: release === undefined ? ['RUN corepack enable'] : [],
    copyManifests: lines.join('\n'),
    installAll: cached('/root/.yarn/berry/cache', `${yarn} install --immutable`),
    installProduction: cached('/root/.yarn/berry/cache', `${yarn} workspaces focus --production`),
    build: `RUN ${yarn} build`,
    prune: cached('/root/.yarn/berry/cache', `${yarn} workspaces focus --production`),
  }
}
