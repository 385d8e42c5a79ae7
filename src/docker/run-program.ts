/** Runs a builder's command with a time limit and without the secrets of our own environment. */
import { type ChildProcess, spawn } from 'node:child_process'

/** What is kept of a program's output; builds of large projects print megabytes. */
const outputCharsMax = 400_000

/** The only variables that a program gets: the rest of our environment may hold tokens. */
const passedVariables = [
  'PATH',
  'HOME',
  'LANG',
  'TMPDIR',
  'DOCKER_HOST',
  'XDG_RUNTIME_DIR',
  'STORAGE_DRIVER',
  'BUILDAH_ISOLATION',
]

/** How a program ended. */
export interface ProgramResult {
  /** Null when the program was ended by the time limit or could not be started. */
  readonly code: number | null
  /** Both streams as they came, the beginning cut when there was too much. */
  readonly output: string
  readonly milliseconds: number
}

/** Where and for how long a program may run. */
export interface ProgramOptions {
  readonly timeoutMs: number
  readonly folder?: string
  readonly signal?: AbortSignal
}

/** Never rejects: a program that cannot be started answers with code null and the reason as output. */
export function runProgram(words: readonly string[], options: ProgramOptions): Promise<ProgramResult> {
  const started = performance.now()
  return new Promise((resolve) => {
    let output = ''
    const child = startProgram(words, options.folder)
    const timer = setTimeout(() => endProgram(child), options.timeoutMs)
    const abort = () => endProgram(child)
    options.signal?.addEventListener('abort', abort)
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-outputCharsMax)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    const end = (code: number | null) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', abort)
      resolve({ code, output, milliseconds: performance.now() - started })
    }
    child.on('error', (error) => {
      output += error.message
      end(null)
    })
    child.on('close', (code) => end(code))
  })
}

/** Starts a program in a process group of its own, so that all it starts can be ended together. */
export function startProgram([program, ...rest]: readonly string[], folder?: string): ChildProcess {
  return spawn(program!, rest, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: Object.fromEntries(
      passedVariables.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
    ),
  })
}

/** Ends the program and all that it started, at once. */
export function endProgram(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended in between.
  }
}
