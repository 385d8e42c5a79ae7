/** What an image trial needs of docker, podman or buildah. */

interface BuildOrder {
  /** Folder with the whole tree; Dockerfile and context are paths below it. */
  readonly folder: string
  readonly dockerfile: string
  readonly context: string
  readonly target: string | null
  readonly buildArguments: ReadonlyMap<string, string>
  readonly image: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/** How a build ended. */
export interface BuildOutcome {
  readonly isBuilt: boolean
  readonly milliseconds: number
  /** The builder's own output. */
  readonly log: string
}

/** What the finished image says of itself. */
export interface ImageConfiguration {
  readonly command: readonly string[]
  readonly user: string
  readonly environment: readonly string[]
  readonly workingDirectory: string
  readonly port: number | null
  /** The health check as words, a shell's included; null when there is none. */
  readonly health: readonly string[] | null
}

/** An image that runs. Every method may be called after the program ended. */
export interface RunningContainer {
  /** Where the program's port is reached from this machine; null when it exposes none. */
  readonly port: number | null
  isRunning(): Promise<boolean>
  /** The user id of the first process; null when it cannot be told. */
  userId(): Promise<number | null>
  /** Runs words inside, as the image's user, and gives the exit code. */
  execute(words: readonly string[], timeoutMs: number): Promise<number | null>
  /** Sends SIGTERM and waits; the milliseconds until it ended, or null when it did not in time. */
  terminate(timeoutMs: number): Promise<number | null>
  /** The last lines that the program printed. */
  output(): Promise<string>
  /** Ends and removes it, however far it got. */
  remove(): Promise<void>
}

/** One builder of this machine. Its methods answer, and do not throw, when the builder says no. */
export interface ContainerTools {
  /** Program and version, such as `buildah 1.28.2`. */
  readonly label: string
  build(order: BuildOrder): Promise<BuildOutcome>
  sizeBytes(image: string): Promise<number | null>
  configuration(image: string): Promise<ImageConfiguration | null>
  start(image: string, configuration: ImageConfiguration): Promise<RunningContainer>
  removeImage(image: string): Promise<void>
}

/** The configuration as docker, podman and buildah print it. */
export function readConfiguration(value: unknown): ImageConfiguration | null {
  if (typeof value !== 'object' || value === null) return null
  const config = value as Record<string, unknown>
  const [port] = Object.keys((config.ExposedPorts ?? {}) as object)
  const health = ((config.Healthcheck ?? {}) as Record<string, unknown>).Test
  return {
    command: [...wordsOf(config.Entrypoint), ...wordsOf(config.Cmd)],
    user: typeof config.User === 'string' ? config.User : '',
    environment: wordsOf(config.Env),
    workingDirectory:
      typeof config.WorkingDir === 'string' && config.WorkingDir !== '' ? config.WorkingDir : '/',
    port: port === undefined ? null : Number.parseInt(port, 10),
    health: healthWords(wordsOf(health)),
  }
}

function healthWords([kind, ...words]: readonly string[]): readonly string[] | null {
  if (kind === 'CMD') return words
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : null
}

function wordsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}
