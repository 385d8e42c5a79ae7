/** Builds the drafted image and runs it as CI's next job would: run checks R1 to R8. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { FileChange, Patch } from '../domain/patch.ts'
import type { Check } from '../domain/verdict.ts'
import type { ImageTrial, Measurement } from '../domain/verification.ts'
import { joinPath, repositoryPath } from '../workflow/repository-path.ts'
import type { BuildOutcome, ContainerTools, ImageConfiguration, RunningContainer } from './container-tools.ts'
import { readCopy } from './copy-sources.ts'
import { findBuilder } from './find-builder.ts'
import { isManifestInstall } from './install-command.ts'
import { lackOfHost } from './lack-of-host.ts'
import { parseDockerfile } from './parse-dockerfile.ts'
import { reusedInstall } from './read-build-log.ts'
import { copyTree, findSource, insidePath } from './trial-tree.ts'

/** A build that takes longer would also be too slow for CI. */
const buildMsMax = 20 * 60_000

/** An image that does not answer within this does not start; slow ones took 4 s. */
const startMsMax = 60_000

/** Docker's own patience between SIGTERM and SIGKILL. */
const terminateMsMax = 10_000

/** One request, and the health check's own limit. */
const requestMsMax = 5_000

/** How often the port is asked until the first answer: the start-up time is exact to this. */
const startPollMs = 25

/** A program that runs this long after its start has not failed at once. */
const settleMs = 1_500

/** What is tried, by which builder. */
export interface ImageTrialInput {
  readonly tools: ContainerTools
  /** Folder with the repository at the failing commit; it is copied, never changed. */
  readonly folder: string
  /** The files to copy, as git lists them; without a list all but `.git` and `node_modules`. */
  readonly files?: readonly string[]
  /** The draft, applied to the copy. */
  readonly changes: readonly FileChange[]
  readonly dockerfile: string
  /** The build context; the root is the empty text. */
  readonly context: string
  readonly target?: string | null
  readonly buildArguments?: ReadonlyMap<string, string>
  /** A path that must answer 200; without one, any answer below 500 counts. */
  readonly healthPath?: string | null
  /** The development Dockerfile, whose image is built only to compare the sizes. */
  readonly developmentFile?: string | null
  /** Told before every step that may take longer than two seconds. */
  readonly onProgress?: (message: string) => void
  readonly signal?: AbortSignal
}

const titles = {
  R1: 'The image builds',
  R2: 'It starts and stays up',
  R3: 'The endpoint answers',
  R4: 'The health check succeeds',
  R5: 'The process is not root',
  R6: 'SIGTERM ends it in under 10 s',
  R7: 'The image size is measured',
  R8: 'A rebuild after a source edit reuses the dependency layer',
} as const

type RunCheckId = keyof typeof titles

/** The trial that did not take place, with the reason on every check. */
export function untriedImage(reason: string): ImageTrial {
  const checks = (Object.keys(titles) as RunCheckId[]).map((id) => check(id, 'not_run', reason))
  return { builder: 'none', checks, measurements: [] }
}

/**
 * Builds, runs and rebuilds the draft in a folder of its own. Never throws for what the draft does wrong; what
 * could not be run says so. Containers, images and the folder are gone afterwards.
 *
 * This runs the repository's code: under docker and podman in a container, under buildah in namespaces of its own
 * but with this machine's network. It is for machines that may run such code, as a CI runner does.
 */
export async function tryImage(input: ImageTrialInput): Promise<ImageTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'image-trial-'))
  const trial = new Trial(input, folder)
  try {
    await copyTree(input, folder)
    for (const path of [input.dockerfile, joinPath(input.context, 'any')]) await insidePath(folder, path)
    return await trial.run()
  } catch (error) {
    // A path that leaves the repository, through a link or `..`, is not built.
    if (error instanceof RangeError) return untriedImage(error.message)
    throw error
  } finally {
    await trial.cleanUp()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A repository on disk with the list of its tracked files. */
export interface TrialTree {
  readonly root: string
  list(): Promise<readonly string[]>
}

/**
 * Tries the Dockerfile that a patch writes, by whatever builder this machine has. Null when the patch writes
 * none; a trial of checks that were not run when there is no builder.
 */
export async function tryPatchedImage(
  patch: Patch,
  tree: TrialTree,
  onProgress?: (message: string) => void,
): Promise<ImageTrial | null> {
  const fact = (key: string) => patch.facts.find((each) => each.key === key)?.value
  const dockerfile = fact('dockerfile')
  const isWritten = patch.changes.some(({ path, after }) => path === dockerfile && after !== null)
  if (dockerfile === undefined || !isWritten) return null
  const { tools, reason } = await findBuilder()
  if (tools === null) return untriedImage(reason)
  const health = fact('health-check')
  return tryImage({
    tools,
    folder: tree.root,
    files: await tree.list(),
    changes: patch.changes,
    dockerfile,
    context: repositoryPath(fact('context') ?? '.') ?? '',
    target: fact('target') ?? null,
    developmentFile: fact('development-file') ?? null,
    healthPath: health?.startsWith('/') ? health : null,
    ...(onProgress ? { onProgress } : {}),
  })
}

function check(id: RunCheckId, outcome: Check['outcome'], detail: string): Check {
  return { id, title: titles[id], outcome, detail }
}

class Trial {
  readonly #input: ImageTrialInput
  readonly #folder: string
  readonly #image = `localhost/regreen-trial-${randomUUID()}:latest`
  readonly #checks: Check[] = []
  readonly #measurements: Measurement[] = []
  #container: RunningContainer | null = null
  #measuredOn = ''

  constructor(input: ImageTrialInput, folder: string) {
    this.#input = input
    this.#folder = folder
  }

  async run(): Promise<ImageTrial> {
    const { tools } = this.#input
    this.#measuredOn = await this.#describeMachine()
    const first = await this.#build('building the image')
    if (first.isBuilt) {
      this.#add('R1', 'passed', `built in ${seconds(first.milliseconds)} s`)
      this.#measure('build-time-first', Number(seconds(first.milliseconds)), 'seconds')
      await this.#size()
      await this.#runChecks()
      await this.#rebuild()
      await this.#developmentSize()
    } else {
      this.#addUnbuilt(first.log)
    }
    for (const id of Object.keys(titles) as RunCheckId[]) {
      if (!this.#checks.some((done) => done.id === id)) this.#add(id, 'not_run', 'The image was not built.')
    }
    this.#checks.sort((one, other) => (one.id < other.id ? -1 : 1))
    return { builder: tools.label, checks: this.#checks, measurements: this.#measurements }
  }

  /** Without base image or network nothing is said of the Dockerfile: the checks were not run. */
  #addUnbuilt(log: string): void {
    const lack = lackOfHost(log.split('\n'))
    if (lack === undefined) this.#add('R1', 'failed', lastLines(log))
    else this.#add('R1', 'not_run', `The ${lack} could not be had on this machine.`)
  }

  async cleanUp(): Promise<void> {
    await this.#container?.remove()
    await this.#input.tools.removeImage(this.#image)
  }

  #add(id: RunCheckId, outcome: Check['outcome'], detail: string): void {
    this.#checks.push(check(id, outcome, detail))
  }

  #measure(metric: string, value: number, unit: Measurement['unit']): void {
    this.#measurements.push({ metric, value, unit, measuredOn: this.#measuredOn })
  }

  /** Figures compare only with those of the same builder, base and machine. */
  async #describeMachine(): Promise<string> {
    const text = await readFile(join(this.#folder, this.#input.dockerfile), 'utf8').catch(() => '')
    const base = parseDockerfile(text)?.stages.at(-1)?.base ?? 'unknown base'
    return `${this.#input.tools.label}, ${base}, ${availableParallelism()} cores, ${process.platform}/${process.arch}`
  }

  #build(progress: string): Promise<BuildOutcome> {
    const { tools, dockerfile, context, target, buildArguments, onProgress, signal } = this.#input
    onProgress?.(progress)
    return tools.build({
      folder: this.#folder,
      dockerfile,
      context,
      target: target ?? null,
      buildArguments: buildArguments ?? new Map(),
      image: this.#image,
      timeoutMs: buildMsMax,
      signal,
    })
  }

  async #size(): Promise<void> {
    const bytes = await this.#input.tools.sizeBytes(this.#image)
    if (bytes === null) return this.#add('R7', 'not_run', 'The builder did not tell the size.')
    const megabytes = Math.round(bytes / 1e6)
    this.#add('R7', 'passed', `${megabytes} MB uncompressed`)
    this.#measure('image-size', megabytes, 'megabytes')
  }

  async #runChecks(): Promise<void> {
    const { tools, onProgress } = this.#input
    const configuration = await tools.configuration(this.#image)
    if (!configuration || configuration.command.length === 0) {
      return this.#notRun(['R2', 'R3', 'R4', 'R5', 'R6'], 'The image has no start command.')
    }
    onProgress?.('starting the image')
    const started = performance.now()
    const container = await tools.start(this.#image, configuration)
    this.#container = container
    const isUp = await this.#awaitStart(container, configuration, started)
    if (!isUp) return
    await this.#health(container, configuration)
    await this.#user(container)
    await this.#end(container)
  }

  /** R2 and R3; false when the program is gone and nothing more can be asked. */
  async #awaitStart(
    container: RunningContainer,
    configuration: ImageConfiguration,
    started: number,
  ): Promise<boolean> {
    if (configuration.port !== null && container.port === null) {
      this.#notRun(['R2', 'R3', 'R4', 'R5', 'R6'], lastLines(await container.output()))
      return false
    }
    const answer = container.port === null ? null : await this.#firstAnswer(container, container.port)
    const elapsed = performance.now() - started
    if (container.port === null) await wait(settleMs)
    if (!(await container.isRunning())) {
      this.#add('R2', 'failed', `It ended: ${lastLines(await container.output())}`)
      this.#notRun(['R3', 'R4', 'R5', 'R6'], 'The program did not stay up.')
      return false
    }
    this.#add('R2', 'passed', 'running')
    this.#endpoint(answer, elapsed, container)
    return true
  }

  #endpoint(answer: number | null, elapsed: number, { port }: RunningContainer): void {
    const { healthPath } = this.#input
    const path = healthPath ?? '/'
    if (port === null) {
      this.#add('R3', 'not_applicable', 'The image exposes no port.')
      return
    }
    if (answer === null) {
      this.#add('R3', 'failed', `${path} did not answer within ${startMsMax / 1000} s.`)
      return
    }
    const isGood = answer === 200 || (!healthPath && answer < 500)
    this.#add('R3', isGood ? 'passed' : 'failed', `GET ${path} answers ${answer}`)
    if (isGood) this.#measure('start-up-time', Math.round(elapsed), 'milliseconds')
  }

  /** The status of the first answer; null when none came in time or the program ended. */
  async #firstAnswer(container: RunningContainer, port: number): Promise<number | null> {
    const url = `http://127.0.0.1:${port}${this.#input.healthPath ?? '/'}`
    const until = performance.now() + startMsMax
    while (performance.now() < until && (await container.isRunning())) {
      const status = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(requestMsMax) }).then(
        (response) => response.status,
        () => null,
      )
      if (status !== null) return status
      await wait(startPollMs)
    }
    return null
  }

  async #health(container: RunningContainer, { health }: ImageConfiguration): Promise<void> {
    if (health === null) return this.#add('R4', 'not_applicable', 'The image has no health check.')
    const code = await container.execute(health, requestMsMax)
    this.#add(
      'R4',
      code === 0 ? 'passed' : 'failed',
      code === null ? 'The health check did not end.' : `exit code ${code}`,
    )
  }

  async #user(container: RunningContainer): Promise<void> {
    const id = await container.userId()
    if (id === null) return this.#add('R5', 'not_run', "The process's user could not be told.")
    this.#add('R5', id === 0 ? 'failed' : 'passed', `uid ${id}`)
    this.#measure('user', id, 'id')
  }

  async #end(container: RunningContainer): Promise<void> {
    this.#input.onProgress?.('stopping the image')
    const elapsed = await container.terminate(terminateMsMax)
    if (elapsed === null)
      return this.#add('R6', 'failed', `SIGTERM was ignored for ${terminateMsMax / 1000} s.`)
    this.#add('R6', 'passed', `ended after ${Math.round(elapsed)} ms`)
    this.#measure('stop-time', Math.round(elapsed), 'milliseconds')
  }

  async #rebuild(): Promise<void> {
    const edited = await this.#editSource()
    if (edited === null)
      return this.#add(
        'R8',
        'not_applicable',
        'No dependencies are installed, or no source file is copied after them.',
      )
    const second = await this.#build('rebuilding after a source edit')
    if (!second.isBuilt) return this.#add('R8', 'failed', `The rebuild failed: ${lastLines(second.log)}`)
    this.#measure('build-time-cached', Number(seconds(second.milliseconds)), 'seconds')
    const isReused = reusedInstall(second.log)
    const detail = `after an edit of ${edited}, ${seconds(second.milliseconds)} s`
    if (isReused === null)
      return this.#add('R8', 'not_run', 'The builder did not tell which layers it reused.')
    this.#add(
      'R8',
      isReused ? 'passed' : 'failed',
      isReused ? `reused ${detail}` : `dependencies were installed again ${detail}`,
    )
  }

  /** Adds a comment to one source file of the context; null when there is none or nothing is installed. */
  async #editSource(): Promise<string | null> {
    const { dockerfile, context } = this.#input
    const parsed = parseDockerfile(await readFile(join(this.#folder, dockerfile), 'utf8'))
    const instructions = parsed?.stages.flatMap((stage) => stage.instructions) ?? []
    if (!instructions.some(({ keyword, text }) => keyword === 'RUN' && isManifestInstall(text))) return null
    const sources = instructions.flatMap((instruction) => {
      const copy = readCopy(instruction)
      return copy && copy.from === null ? copy.sources : []
    })
    const path = await findSource(join(this.#folder, context), sources)
    if (path === null) return null
    const file = join(this.#folder, context, path)
    const comment = path.endsWith('.py')
      ? '# edited'
      : path.endsWith('.html')
        ? '<!-- edited -->'
        : '// edited'
    await writeFile(file, `${await readFile(file, 'utf8')}\n${comment}\n`)
    return path
  }

  /** One unlike baseline would mislead: the size is told only when the development image really builds. */
  async #developmentSize(): Promise<void> {
    const { tools, context, developmentFile, onProgress, signal } = this.#input
    if (!developmentFile) return
    onProgress?.('building the development image, to compare its size')
    const image = `${this.#image.slice(0, -':latest'.length)}:development`
    const order = { folder: this.#folder, dockerfile: developmentFile, context, target: null, image, signal }
    const { isBuilt } = await tools.build({ ...order, buildArguments: new Map(), timeoutMs: buildMsMax })
    const bytes = isBuilt ? await tools.sizeBytes(image) : null
    if (bytes !== null) this.#measure('image-size-development', Math.round(bytes / 1e6), 'megabytes')
    await tools.removeImage(image)
  }

  #notRun(ids: readonly RunCheckId[], reason: string): void {
    for (const id of ids) this.#add(id, 'not_run', reason)
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1)
}

function lastLines(log: string): string {
  return log.trim().split('\n').slice(-5).join(' ⏎ ').slice(-600) || 'no output'
}
