/** The cause of last resort: the file was never written. Writes it, checks it, and explains it. */
import { checkDockerfile } from '../../../docker/check-dockerfile.ts'
import { readCopy, sourceExists } from '../../../docker/copy-sources.ts'
import { dockerignorePath, parseDockerignore } from '../../../docker/dockerignore.ts'
import { parseDockerfile } from '../../../docker/parse-dockerfile.ts'
import type { Fact, FileChange, Patch, RuledOut } from '../../../domain/patch.ts'
import { joinPath } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer } from '../cause.ts'
import { type DevelopmentFile, findDevelopmentFile, isDevelopmentName } from '../development-file.ts'
import { refusedWorkarounds } from '../refused-workarounds.ts'
import type { Situation } from '../situation.ts'
import { workflowFacts } from '../workflow-facts.ts'
import { cacheOffer } from './cache-offer.ts'
import { findComposeService } from './compose.ts'
import { generateNode } from './node.ts'
import { projectFiles } from './project-files.ts'
import { generatePython } from './python.ts'
import type { Recipe, RecipeInput } from './recipe.ts'

/** The production Dockerfile at the wanted path, or a question where the project leaves two answers open. */
export async function writeDockerfile(
  situation: Situation,
  ruledOut: readonly RuledOut[],
): Promise<CauseAnswer> {
  const input = await recipeInput(situation)
  const refusal = refuseWorkflow(input)
  if (refusal) return refusal
  const answer = (await generatePython(input)) ?? (await generateNode(input))
  if (!answer) return unknownEcosystem(situation)
  if (answer.kind === 'human') return { kind: 'found', draft: answer }
  const changes = await fileChanges(situation, answer.recipe)
  const failures = await failedChecks(situation, changes)
  if (failures.length > 0) {
    return askPerson(`${situation.wanted} can be drafted, but the draft would not pass the checks.`, failures)
  }
  return {
    kind: 'found',
    draft: {
      kind: 'patch',
      patch: writePatch(situation, ruledOut, answer.recipe, changes, input.development),
    },
  }
}

async function recipeInput(situation: Situation): Promise<RecipeInput> {
  const project = projectFiles(situation)
  const { build } = situation
  const names = ['runtime', 'production', 'final'].filter((name) => !build.buildContexts.has(name))
  return {
    project,
    build,
    development: await findDevelopmentFile(project),
    compose: await findComposeService(situation),
    stageName: build.target ?? names[0] ?? 'app-runtime',
  }
}

const secretPattern = /(token|secret|passw(or)?d|api_?key|private_?key|credential)/i

/** What the workflow asks for and no good Dockerfile can give. */
function refuseWorkflow({ build, stageName }: RecipeInput): CauseAnswer | null {
  if (!/^[a-z][a-z0-9_.-]{0,60}$/.test(stageName) || isDevelopmentName(stageName)) {
    return askPerson(
      `The build step targets the stage "${/^[\w.-]{1,60}$/.test(stageName) ? stageName : 'with an unusual name'}", which is not one for production.`,
      ['Set `target:` to the production stage, or leave it out.'],
    )
  }
  const secret = [...build.buildArguments.keys()].find((name) => secretPattern.test(name))
  if (secret === undefined) return null
  return askPerson('The build step passes a secret as a build argument, which stays readable in the image.', [
    'Pass it through `secrets:` of the build step and mount it where it is used.',
  ])
}

function unknownEcosystem({ wanted, context }: Situation): CauseAnswer {
  return askPerson(
    `${wanted} was never written, and ${context || 'the root'} holds no project that Regreen has a rule for.`,
    [`Write ${wanted}. Regreen can do so for Python and Node projects.`],
  )
}

async function fileChanges(situation: Situation, recipe: Recipe): Promise<FileChange[]> {
  const { wanted, context } = situation
  const extra = recipe.extraFiles.map(({ path, text, reason }) =>
    created(joinPath(context, path), text, reason),
  )
  const dockerfile = created(
    wanted,
    recipe.dockerfile,
    `The workflow builds ${wanted}, which nobody wrote: ${recipe.summary}.`,
  )
  const ignore = await dockerignoreChange(situation, recipe)
  return [dockerfile, ...(ignore ? [ignore] : []), ...extra]
}

function created(path: string, after: string, reason: string): FileChange {
  return { path, mode: '100644', before: null, after, reason }
}

/** A new `.dockerignore`, or the lines by which an existing one must let through what the build copies. */
async function dockerignoreChange(situation: Situation, recipe: Recipe): Promise<FileChange | null> {
  const path = dockerignorePath(situation.wanted, situation.context, situation.files)
  if (!situation.files.includes(path)) {
    const text = [...groupedPatterns(situation, recipe.ignored), ''].join('\n')
    return created(path, text, 'Keeps environment files, caches and tests out of the build context.')
  }
  const before = await situation.read(path)
  const hidden = before === null ? [] : hiddenSources(situation, recipe, before)
  if (before === null || hidden.length === 0) return null
  const lines = hidden.flatMap((source) => [`!${source}`])
  const after = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}\n# needed by ${situation.wanted}\n${lines.join('\n')}\n`
  return {
    path,
    mode: '100644',
    before,
    after,
    reason: `It hides ${hidden.join(', ')}, which the build copies.`,
  }
}

function groupedPatterns({ context }: Situation, ecosystem: readonly string[]): string[] {
  const secrets = [
    '# Environment and keys',
    '**/.env',
    '**/.env.*',
    '!**/.env.example',
    '**/*.pem',
    '**/*.key',
  ]
  return [
    ...(context === '' ? ['# Version control', '.git', '.github', ''] : []),
    ...secrets,
    '',
    ...ecosystem,
  ]
}

function hiddenSources({ context, files }: Situation, recipe: Recipe, text: string): string[] {
  const ignore = parseDockerignore(text)
  const open = parseDockerignore(null)
  const instructions = parseDockerfile(recipe.dockerfile)?.stages.flatMap((stage) => stage.instructions) ?? []
  const sources = instructions.flatMap((instruction) => {
    const copy = readCopy(instruction)
    return copy && copy.from === null ? copy.sources : []
  })
  return [...new Set(sources)].filter(
    (source) =>
      source !== '.' &&
      !sourceExists(source, context, files, ignore) &&
      sourceExists(source, context, files, open),
  )
}

/** The draft as the builder would see it, judged by the same checks that review uses. */
async function failedChecks(situation: Situation, changes: readonly FileChange[]): Promise<string[]> {
  const after = new Map(changes.map((change) => [change.path, change.after]))
  const files = [...new Set([...situation.files, ...after.keys()])].sort()
  const read = async (path: string) => (after.has(path) ? after.get(path)! : situation.read(path))
  const results = await checkDockerfile({
    path: situation.wanted,
    text: after.get(situation.wanted)!,
    dockerignore: await read(dockerignorePath(situation.wanted, situation.context, files)),
    context: situation.context,
    files,
    read,
    buildStep: situation.build,
  })
  return results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ id, title, detail }) => `${id} ${title}: ${detail}`)
}

function writePatch(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  recipe: Recipe,
  changes: FileChange[],
  development: DevelopmentFile | null,
): Patch {
  const { wanted, context, build } = situation
  const developmentPath = development && joinPath(context, development.path)
  const cache = cacheOffer(situation)
  return {
    author: { kind: 'playbook', name: 'missing-dockerfile' },
    title: `Add ${wanted} for the image that CI builds`,
    rootCause: [
      `${wanted} does not exist.`,
      ...(developmentPath ? [`Only ${developmentPath} exists, which is for development.`] : []),
      `The job "${build.job.id}" builds a production image that nobody has described yet.`,
    ],
    summary: `Adds ${wanted}: ${recipe.summary}.`,
    changes,
    offers: cache ? [cache] : [],
    ruledOut: [...ruledOut],
    refusedWorkarounds: refusedWorkarounds(developmentPath),
    untouched: [
      ...(developmentPath ? [{ path: developmentPath, reason: 'Stays for development.' }] : []),
      { path: situation.workflowPath, reason: 'It names the right path; the file was missing.' },
    ],
    nextSteps: [
      ...recipe.nextSteps,
      ...(cache
        ? [
            'Take the offered build cache if repeated builds are slow; it uses the cache quota of the repository.',
          ]
        : []),
    ],
    facts: [...workflowFacts(situation), ...recipe.facts, ...developmentFacts(development, developmentPath)],
  }
}

function developmentFacts(development: DevelopmentFile | null, path: string | null): Fact[] {
  if (!development || path === null) return []
  return [
    { key: 'development-file', value: path },
    { key: 'development-stages', value: String(development.stages) },
    { key: 'development-hot-reload', value: development.hasHotReload ? 'yes' : 'no' },
  ]
}
