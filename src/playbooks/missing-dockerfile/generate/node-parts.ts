/** Lines and facts that all Node images share. */
import type { Fact } from '../../../domain/patch.ts'
import type { Text } from '../../../domain/text.ts'
import type { NodeInstall } from './node-install.ts'
import type { NodeProject } from './node-project.ts'
import { type ProjectFiles, topEntries } from './project-files.ts'
import type { RecipeInput } from './recipe.ts'
import { execForm, isVersion } from './safe-words.ts'

/** What every Node recipe is made of. */
export interface NodeParts {
  readonly input: RecipeInput
  readonly node: NodeProject
  readonly install: NodeInstall
}

/** The base of build and server stages; its suite is named, because the plain tag moves between suites. */
export function nodeBase({ version }: NodeProject): string {
  return `node:${isVersion(version) ? version : '24'}-trixie-slim`
}

/** A health check that Node itself makes: a request where a route is known, else a connection. */
export function nodeHealth(port: string, path: string | null): string[] {
  const code =
    path === null
      ? `require('node:net').connect(${port}, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(1))`
      : `fetch('http://127.0.0.1:${port === 'process.env.PORT' ? "' + process.env.PORT + '" : port}${path}').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`
  return [
    'HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \\',
    `  CMD ${execForm(['node', '-e', code])}`,
  ]
}

/** Facts that every Node recipe gives. */
export function nodeFacts(
  { node }: NodeParts,
  framework: string,
  base: string,
  stages: number,
  user: string,
): Fact[] {
  return [
    { key: 'ecosystem', value: 'Node' },
    { key: 'framework', value: framework },
    { key: 'package-manager', value: node.manager.split('-')[0]! },
    { key: 'base-image', value: base },
    { key: 'stages', value: String(stages) },
    { key: 'user', value: user },
    { key: 'version-source', value: node.versionSource },
  ]
}

/** Steps that follow from how the project is kept, whatever it serves. */
export function nodeNextSteps({ node }: NodeParts): Text[] {
  if (node.hasLock) return []
  return [
    {
      en: 'Commit a lock file, so that two builds install the same versions.',
      ja: 'ロックファイルをコミットすると、いつビルドしても同じバージョンが入ります。',
    },
  ]
}

/** Ignore patterns; what the build reads, such as a committed `.env.production`, is taken back. */
export function nodeIgnored(project: ProjectFiles): string[] {
  const folders = topEntries(project).filter((entry) =>
    /^(tests?|__tests__|e2e|docs?|cypress|playwright)\/$/.test(entry),
  )
  const production = project.files.filter((path) => /^\.env\.production$/.test(path))
  return [
    ...(production.length > 0
      ? ['# read by the build, and committed on purpose', ...production.map((path) => `!${path}`), '']
      : []),
    '# Node',
    '**/node_modules',
    '**/npm-debug.log*',
    '**/.cache',
    '**/coverage',
    '**/.next',
    ...(folders.length > 0
      ? ['', '# Not part of the application', ...folders.map((entry) => entry.slice(0, -1))]
      : []),
  ]
}
