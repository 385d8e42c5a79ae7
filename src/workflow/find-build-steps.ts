/** Finds the steps of a workflow that build a container image, and which files they read. */
import type { Workflow, WorkflowJob, WorkflowStep, WorkflowValue } from './parse-workflow.ts'
import { joinPath, repositoryPath } from './repository-path.ts'
import { type ExpressionScope, resolveExpressions } from './resolve-expressions.ts'
import { type ShellCommand, type ShellWord, splitCommands } from './split-command.ts'

/** A step that builds an image. Paths are relative to the repository's root; null means not known. */
export interface DockerBuildStep {
  readonly kind: 'action' | 'command'
  readonly job: WorkflowJob
  readonly step: WorkflowStep
  /** The root is the empty text. */
  readonly context: string | null
  /** `git` when the builder fetches the commit itself, so that no checkout is needed. */
  readonly contextSource: 'path' | 'git' | 'remote'
  /** The Dockerfile that the step reads. */
  readonly file: string | null
  /** Where the file is named: an input, or a word of the command; null when it is the default. */
  readonly fileValue: WorkflowValue | null
  /** The Dockerfile's path as written; null when it is the default. */
  readonly fileText: string | null
  /** The folder that a written path is relative to. */
  readonly fileBase: string
  readonly target: string | null
  readonly buildArguments: ReadonlyMap<string, string>
  readonly buildContexts: ReadonlyMap<string, string>
  readonly platforms: readonly string[]
  readonly hasCache: boolean
}

/** All build steps of the workflow in order; `jobDisplayName` tells matrix values of one job apart. */
export function findBuildSteps(
  workflow: Workflow,
  job: WorkflowJob,
  jobDisplayName: string | null,
): readonly DockerBuildStep[] {
  return job.steps.flatMap((step) => {
    const scope = { workflow, job, step, jobDisplayName }
    if (isBuildAction(step)) return [readAction(scope)]
    return step.run ? readCommands(scope, step.run) : []
  })
}

function isBuildAction({ uses }: WorkflowStep): boolean {
  return uses !== null && /^docker\/build-push-action(@|$)/i.test(uses.value)
}

function readAction(scope: ExpressionScope): DockerBuildStep {
  const input = (name: string) => scope.step.with.get(name) ?? null
  const resolved = (name: string) => resolveInput(input(name), scope)
  const contextText = resolved('context')
  const { context, contextSource } = actionContext(input('context'), contextText)
  const fileValue = input('file')
  const fileText = resolved('file')
  // A builder that fetches a folder of the commit by itself looks for the file inside that folder.
  const fileBase = contextSource === 'git' ? (context ?? '') : ''
  return {
    kind: 'action',
    job: scope.job,
    step: scope.step,
    context,
    contextSource,
    file: fileValue ? fileText && repositoryPath(fileBase, fileText) : defaultFile(context),
    fileValue,
    fileText,
    fileBase,
    target: resolved('target'),
    buildArguments: assignments(lines(input('build-args'), scope)),
    buildContexts: assignments(lines(input('build-contexts'), scope)),
    platforms: listOf(resolved('platforms')),
    hasCache: input('cache-from') !== null || input('cache-to') !== null,
  }
}

function defaultFile(context: string | null): string | null {
  return context === null ? null : joinPath(context, 'Dockerfile')
}

function actionContext(value: WorkflowValue | null, text: string | null) {
  if (!value) return { context: '', contextSource: 'git' as const }
  const git = /^\{\{\s*defaultContext\s*\}\}(?::(?<folder>.*))?$/.exec(text ?? '')
  if (git) return { context: repositoryPath(git.groups?.folder ?? ''), contextSource: 'git' as const }
  if (text === null) return { context: null, contextSource: 'path' as const }
  if (isRemote(text)) return { context: null, contextSource: 'remote' as const }
  return { context: repositoryPath(text), contextSource: 'path' as const }
}

function isRemote(context: string): boolean {
  return /^(https?|git|ssh):\/\/|^git@|^-$/.test(context)
}

function resolveInput(value: WorkflowValue | null, scope: ExpressionScope): string | null {
  const text = value && resolveExpressions(value.value, scope)?.trim()
  return text ? text : null
}

/** The lines of an input; one whose expression stays unknown is kept as written, for its name is known. */
function lines(value: WorkflowValue | null, scope: ExpressionScope): string[] {
  const written = (value?.value ?? '').split('\n').map((line) => line.trim())
  return written.filter((line) => line !== '').map((line) => resolveExpressions(line, scope) ?? line)
}

function listOf(text: string | null): string[] {
  return (text ?? '')
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function assignments(list: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    list.map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1 || line.length)]),
  )
}

function readCommands(scope: ExpressionScope, run: WorkflowValue): DockerBuildStep[] {
  const stepFolder = scope.step.workingDirectory?.value ?? scope.job.workingDirectory ?? ''
  let folder = resolveFolder('', stepFolder, scope)
  const builds: DockerBuildStep[] = []
  for (const command of splitCommands(run.value)) {
    const [program, target] = command.words
    if (program?.text === 'cd') folder = folder === null ? null : nextFolder(folder, target, scope)
    const words = buildWords(command)
    if (words) builds.push(readCommand(words, folder, run, scope))
  }
  return builds
}

function nextFolder(folder: string, word: ShellWord | undefined, scope: ExpressionScope): string | null {
  return word && !word.isDynamic ? resolveFolder(folder, word.text, scope) : null
}

function resolveFolder(folder: string, text: string, scope: ExpressionScope): string | null {
  const resolved = resolveExpressions(text, scope)
  return resolved === null ? null : repositoryPath(folder, resolved)
}

/** The words after `docker build`, `docker buildx build`, `docker image build`, `podman build`, `buildah bud`. */
function buildWords({ words }: ShellCommand): readonly ShellWord[] | null {
  const texts = words.map(({ text }) => text)
  const program = texts.findIndex((text) => /^(?:docker|podman|buildah)$/.test(text))
  const isPrefix = texts
    .slice(0, Math.max(program, 0))
    .every((text) => /^(sudo|time|exec|\w+=.*)$/.test(text))
  if (program === -1 || !isPrefix) return null
  const rest = texts.slice(program + 1)
  const verb = rest[0] === 'buildx' || rest[0] === 'image' ? 1 : 0
  return rest[verb] === 'build' || rest[verb] === 'bud' ? words.slice(program + 2 + verb) : null
}

/** Options of the build commands that take a value as the next word. */
const optionsWithValue = new Set(
  (
    '-f --file -t --tag --target --build-arg --build-context --platform --cache-from --cache-to --label ' +
    '--network --secret --ssh --output -o --progress --builder --iidfile --metadata-file --add-host ' +
    '--shm-size --ulimit --attest --annotation --memory -m --cpuset-cpus --isolation --pull-policy'
  ).split(' '),
)

interface ReadWords {
  readonly options: { name: string; value: ShellWord }[]
  readonly operands: ShellWord[]
}

function readWords(words: readonly ShellWord[]): ReadWords {
  const read: ReadWords = { options: [], operands: [] }
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!
    const joined = /^(?<name>--[\w-]+)=(?<value>.*)$/s.exec(word.text)?.groups
    if (joined) read.options.push({ name: joined.name!, value: { ...word, text: joined.value! } })
    else if (optionsWithValue.has(word.text) && words[at + 1]) {
      read.options.push({ name: word.text, value: words[at + 1]! })
      at += 1
    } else if (!word.text.startsWith('-') || word.text === '-') read.operands.push(word)
  }
  return read
}

function readCommand(
  words: readonly ShellWord[],
  folder: string | null,
  run: WorkflowValue,
  scope: ExpressionScope,
): DockerBuildStep {
  const { options, operands } = readWords(words)
  const known = (word: ShellWord | undefined) =>
    word && !word.isDynamic ? resolveExpressions(word.text, scope) : null
  const all = (...names: string[]) =>
    options.filter(({ name }) => names.includes(name)).map(({ value }) => value)
  const values = (name: string) => all(name).map((word) => known(word) ?? word.text)
  const fileWord = all('-f', '--file').at(-1)
  const contextText = known(operands[0])
  const remote = contextText !== null && isRemote(contextText)
  const context =
    contextText === null || remote || folder === null ? null : repositoryPath(folder, contextText)
  const fileText = known(fileWord)
  const written = fileText !== null && folder !== null ? repositoryPath(folder, fileText) : null
  return {
    kind: 'command',
    job: scope.job,
    step: scope.step,
    context,
    contextSource: remote ? 'remote' : 'path',
    file: fileWord ? written : defaultFile(context),
    fileValue: fileWord ? run : null,
    fileText,
    fileBase: folder ?? '',
    target: known(all('--target').at(-1)),
    buildArguments: assignments(values('--build-arg')),
    buildContexts: assignments(values('--build-context')),
    platforms: values('--platform').flatMap(listOf),
    hasCache: all('--cache-from', '--cache-to').length > 0,
  }
}
