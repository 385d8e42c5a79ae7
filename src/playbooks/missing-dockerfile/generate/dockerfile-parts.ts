/** Lines that the generated Dockerfiles of all ecosystems share. */
import type { RecipeInput } from './recipe.ts'
import { isVariableName } from './safe-words.ts'

/** A fixed group and user without a home and without a shell, for images based on Debian. */
export function userLines(): string[] {
  return [
    'RUN groupadd --gid 1000 app \\',
    ' && useradd --uid 1000 --gid app --no-create-home --shell /usr/sbin/nologin app',
  ]
}

/** One layer that installs the packages and leaves no package lists behind; nothing for no packages. */
export function aptInstall(packages: readonly string[]): string[] {
  if (packages.length === 0) return []
  return [
    '# hadolint ignore=DL3008 -- Debian drops old versions, so a pinned one stops building',
    'RUN apt-get update \\',
    ` && apt-get install -y --no-install-recommends ${packages.join(' ')} \\`,
    ' && rm -rf /var/lib/apt/lists/*',
  ]
}

/** ARG for each build argument of the workflow, so that none is passed in vain. */
export function buildArgumentLines({ build }: RecipeInput): string[] {
  return [...build.buildArguments.keys()].filter(isVariableName).map((name) => `ARG ${name}`)
}

/** The wanted stage name, or one that no named build context of the workflow would overwrite. */
export function freeStageName(
  wanted: string,
  { build, stageName }: Pick<RecipeInput, 'build' | 'stageName'>,
): string {
  const isTaken = (name: string) => build.buildContexts.has(name) || name === stageName
  return [wanted, `${wanted}-stage`, `app-${wanted}`].find((name) => !isTaken(name))!
}
