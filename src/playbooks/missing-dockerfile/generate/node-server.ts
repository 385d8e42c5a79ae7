/** A Node server: Express, Fastify, Koa, Nest, Nuxt, Astro on Node, or a plain program. */
import { isDevelopmentCommand } from '../development-file.ts'
import { aptInstall, buildArgumentLines, freeStageName } from './dockerfile-parts.ts'
import { migrationsOf } from './migrations.ts'
import { type NodeParts, nodeBase, nodeFacts, nodeHealth, nodeIgnored, nodeNextSteps } from './node-parts.ts'
import { type NodeSourceFacts, readNodeSources } from './node-source.ts'
import { type ProjectFiles, topEntries } from './project-files.ts'
import { ask, type HumanAnswer, type RecipeAnswer, tell } from './recipe.ts'
import { execForm, isPlainPath } from './safe-words.ts'
import { plainWords, statedStarts, wordsOf } from './start-evidence.ts'

interface ServerStart {
  readonly words: readonly string[]
  /** The file that Node runs, without `./`. */
  readonly file: string
  readonly source: string
}

/** Where a framework's build puts the server. */
const builtServers: Readonly<Record<string, string>> = {
  Astro: 'dist/server/entry.mjs',
  Nuxt: '.output/server/index.mjs',
  Nest: 'dist/main.js',
}

/** Ports that frameworks take when nothing else is said. */
const defaultPorts: Readonly<Record<string, number>> = { Astro: 4321 }

/** The recipe, or a question when two entry points fit equally. */
export async function generateNodeServer(parts: NodeParts, framework: string): Promise<RecipeAnswer> {
  const { input, node } = parts
  const early = await readNodeSources(input.project, null)
  const isServer = framework !== 'plain Node' || early.listens
  const port = early.port ?? input.compose?.port ?? input.development?.port ?? defaultPorts[framework] ?? 3000
  const start = await findStart(parts, framework, port)
  if ('kind' in start) return start
  const isBuilt = isBuiltFile(start.file, input.project)
  if (isBuilt && !node.scripts.has('build')) {
    return tell(
      `The start command runs ${start.file}, which is neither in the repository nor made by a build script.`,
      ['Add a `build` script that makes it, or start a file of the repository.'],
    )
  }
  const sources = isBuilt ? [] : copiedSources(input.project, start.file)
  if (sources.some((source) => !isPlainPath(source)))
    return tell('A source folder has a name that is not safe to write into a Dockerfile.', [
      'Rename it, or write the Dockerfile by hand.',
    ])
  const facts = await readNodeSources(input.project, start.file)
  return {
    kind: 'recipe',
    recipe: recipe({ parts, framework, start, isBuilt, sources, facts, port: isServer ? port : null }),
  }
}

async function findStart(
  parts: NodeParts,
  framework: string,
  port: number,
): Promise<ServerStart | HumanAnswer> {
  const { input, node } = parts
  const stated = await statedStarts(input, port)
  const scripts = ['start:prod', 'start'].map((name) => ({
    words: scriptWords(node.scripts.get(name), port),
    source: `scripts.${name} of package.json`,
  }))
  for (const { words, source } of [...stated, ...scripts]) {
    const file = words && nodeFile(words)
    if (words && file) return { words, file, source }
  }
  const built = builtServers[framework]
  if (built !== undefined) return { words: ['node', built], file: built, source: framework }
  return byConvention(parts, port)
}

/** A script without the variables that the image sets itself; null when it is more than one Node program. */
function scriptWords(script: string | undefined, port: number): readonly string[] | null {
  const command = script?.replace(/^(cross-env\s+)?(NODE_ENV=production\s+)?/, '')
  return command === undefined ? null : wordsOf(command, port)
}

/** The file that `node …` runs. */
function nodeFile(words: readonly string[]): string | null {
  if (words[0] !== 'node') return null
  const file = words
    .slice(1)
    .find((word) => !word.startsWith('-'))
    ?.replace(/^\.\//, '')
  return file !== undefined && isPlainPath(file) ? file : null
}

/** `main`, then the usual names; the development image's command settles a tie, or is the last resort. */
function byConvention({ input, node }: NodeParts, port: number): ServerStart | HumanAnswer {
  const { project, development } = input
  const main = node.main?.replace(/^\.\//, '')
  const usual = project.files.filter((path) => /^(src\/)?(index|server|app|main)\.[cm]?js$/.test(path))
  const command =
    development?.command && !isDevelopmentCommand(development.command.join(' '))
      ? plainWords(development.command, port)
      : null
  const developed = command && nodeFile(command)
  const candidates = main !== undefined && isPlainPath(main) && project.has(main) ? [main] : usual
  const file =
    candidates.length === 1
      ? candidates[0]!
      : (candidates.find((path) => path === developed) ?? (candidates.length === 0 ? developed : null))
  if (file)
    return {
      words: ['node', file],
      file,
      source: candidates.includes(file) ? file : (development?.path ?? file),
    }
  if (candidates.length > 1)
    return ask(
      'The project has more than one file that could be started.',
      'Which one should the image start?',
      candidates,
    )
  return tell('Nothing in the project says how it starts in production.', [
    'Add a `start` script such as `node dist/index.js` to package.json.',
  ])
}

/** The file comes from the build when no file of the repository has its name. */
function isBuiltFile(file: string, { files, has }: ProjectFiles): boolean {
  return ![file, `${file}.js`, `${file}/index.js`].some((path) => has(path)) && !files.includes(file)
}

const leftOut =
  /^(tests?|__tests__|e2e|docs?|scripts|examples?|benchmarks?|coverage|node_modules|infra|terraform|deploy|k8s|helm|docker|cypress|playwright|\..*)\/$/

/** The application alone: modules and the folders that they load from. */
function copiedSources(project: ProjectFiles, file: string): readonly string[] {
  const entry = file.includes('/') ? `${file.split('/')[0]}/` : file
  const chosen = topEntries(project).filter((name) => {
    if (name === entry || name === `${entry}.js`) return true
    if (name.endsWith('/')) return !leftOut.test(name)
    return /\.[cm]?js$/.test(name) && !/(^\.|\.config\.|\.(test|spec)\.)/.test(name)
  })
  return chosen.sort(
    (one, other) => Number(one.endsWith('/')) - Number(other.endsWith('/')) || (one < other ? -1 : 1),
  )
}

interface RecipeParts {
  readonly parts: NodeParts
  readonly framework: string
  readonly start: ServerStart
  readonly isBuilt: boolean
  readonly sources: readonly string[]
  readonly facts: NodeSourceFacts
  readonly port: number | null
}

function recipe(all: RecipeParts) {
  const { parts, framework, start, facts, port } = all
  const migrations = migrationsOf(parts.input.project, 'node')
  return {
    dockerfile: render(all),
    extraFiles: [],
    ignored: nodeIgnored(parts.input.project),
    facts: [
      ...nodeFacts(parts, framework, nodeBase(parts.node), builderName(all) === null ? 1 : 2, '1000:1000'),
      { key: 'start-command', value: execForm(start.words) },
      { key: 'start-command-source', value: start.source },
      ...(port === null
        ? []
        : [
            { key: 'port', value: String(port) },
            { key: 'health-check', value: facts.healthPath ?? 'tcp' },
          ]),
      ...(migrations === null ? [] : [{ key: 'migrations', value: migrations }]),
    ],
    nextSteps: nextSteps(all, migrations),
    summary: `a Node image that ${all.isBuilt ? 'builds the application, ships the result with the' : 'ships the sources with the'} production dependencies and runs ${start.file} as user 1000`,
  }
}

function render(all: RecipeParts): string {
  const { parts, start, facts, port, framework } = all
  const { input, node } = parts
  const base = nodeBase(node)
  const builder = builderName(all)
  const setsPort = port !== null && (facts.readsPort || framework === 'Astro' || framework === 'Nuxt')
  const variables = [
    'NODE_ENV=production',
    ...(setsPort ? [`PORT=${port}`] : []),
    ...(framework === 'Astro' ? ['HOST=0.0.0.0'] : []),
  ]
  const lines = [
    '# syntax=docker/dockerfile:1',
    ...(builder === null ? [] : [`FROM ${base} AS ${builder}`, ...buildLines(all), '']),
    `FROM ${base} AS ${input.stageName}`,
    `ENV ${variables.join(' ')}`,
    ...(facts.handlesSigterm ? [] : aptInstall(['tini'])),
    'WORKDIR /app',
    ...shippedLines(all, builder),
    ...(all.isBuilt ? [] : buildArgumentLines(input)),
    'USER 1000:1000',
    ...(port === null
      ? []
      : [`EXPOSE ${port}`, ...nodeHealth(setsPort ? 'process.env.PORT' : String(port), facts.healthPath)]),
    ...(facts.handlesSigterm
      ? []
      : [
          '# Node as the first process ignores SIGTERM without a handler',
          'ENTRYPOINT ["/usr/bin/tini", "--"]',
        ]),
    `CMD ${execForm(start.words)}`,
  ]
  return `${lines.join('\n')}\n`
}

/** Null when there is nothing to install and nothing to build. */
function builderName({ parts, isBuilt }: RecipeParts): string | null {
  if (isBuilt) return freeStageName('builder', parts.input)
  return parts.node.dependencies.size > 0 ? freeStageName('dependencies', parts.input) : null
}

function buildLines({ parts, isBuilt }: RecipeParts): string[] {
  return isBuilt ? builtLines(parts) : dependencyLines(parts)
}

function builtLines({ input, install }: NodeParts): string[] {
  return [
    ...install.setup,
    'WORKDIR /app',
    install.copyManifests,
    ...install.installAll,
    ...buildArgumentLines(input),
    'COPY . .',
    install.build,
    ...install.prune,
  ]
}

function dependencyLines({ install }: NodeParts): string[] {
  return [...install.setup, 'WORKDIR /app', install.copyManifests, ...install.installProduction]
}

function shippedLines(
  { parts, start, isBuilt, sources, framework }: RecipeParts,
  builder: string | null,
): string[] {
  const hasDependencies = parts.node.dependencies.size > 0 && framework !== 'Nuxt'
  const modules = hasDependencies ? [`COPY --from=${builder} /app/node_modules ./node_modules`] : []
  const manifest = 'COPY package.json ./'
  if (!isBuilt)
    return [
      ...modules,
      manifest,
      ...sources.map((source) =>
        source.endsWith('/') ? `COPY ${source.slice(0, -1)} ./${source.slice(0, -1)}` : `COPY ${source} ./`,
      ),
    ]
  const folder = start.file.split('/')[0]!
  const data = ['public/', 'views/', 'migrations/', 'prisma/', 'drizzle/'].filter(
    (name) => framework !== 'Astro' && framework !== 'Nuxt' && topEntries(parts.input.project).includes(name),
  )
  return [
    ...modules,
    manifest,
    ...data.map((name) => `COPY ${name.slice(0, -1)} ./${name.slice(0, -1)}`),
    `COPY --from=${builder} /app/${folder} ./${folder}`,
  ]
}

function nextSteps({ parts, facts, port, framework }: RecipeParts, migrations: string | null): string[] {
  const isLoopback = facts.isLoopbackOnly || (framework === 'Fastify' && port !== null)
  return [
    ...(migrations === null
      ? []
      : [`Run \`${migrations}\` as a step of each release; the image does not do it at start.`]),
    ...(isLoopback
      ? [
          'Make sure that the server listens on 0.0.0.0: on localhost nobody outside the container reaches it.',
        ]
      : []),
    ...(port !== null && facts.healthPath === null
      ? ['Add a health route such as `/health`; the health check now only opens a connection.']
      : []),
    ...nodeNextSteps(parts),
  ]
}
