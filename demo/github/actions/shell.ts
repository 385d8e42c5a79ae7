/** Runs a program of a step in its own process group, line by line into the log. */
import { type ChildProcess, spawn } from 'node:child_process'
import { dirname } from 'node:path'

export interface ProgramOptions {
  cwd: string
  environment: Record<string, string>
  signal: AbortSignal
  onLine: (line: string) => void
}

/** A line longer than this is cut, or one program could fill the memory without a line break. */
const lineCharsMax = 100_000

/** Runs a program to its end and gives its exit code; an abort kills its whole group. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<number> {
  return new Promise((resolve) => {
    if (options.signal.aborted) return resolve(143)
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const kill = () => killGroup(child)
    options.signal.addEventListener('abort', kill)
    const flushes = [child.stdout, child.stderr].map((stream) => readLines(stream, options.onLine))
    child.on('error', (error) => {
      options.onLine(error.message)
      resolve(127)
    })
    child.on('exit', (code, signal) => {
      options.signal.removeEventListener('abort', kill)
      killGroup(child)
      setImmediate(() => {
        for (const flush of flushes) flush()
        resolve(code ?? (signal ? 143 : 1))
      })
    })
  })
}

function killGroup(child: ChildProcess): void {
  if (!child.pid) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // The group has ended already.
  }
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): () => void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n')
    rest = (lines.pop() ?? '').slice(0, lineCharsMax)
    for (const line of lines) onLine(line.slice(0, lineCharsMax))
  })
  return () => {
    if (rest) onLine(rest)
    rest = ''
  }
}

/** The host's search path with this Node first, and without the tools of this project. */
export function hostPath(): string {
  const folders = (process.env.PATH ?? '/usr/bin:/bin').split(':')
  const kept = folders.filter((folder) => !folder.includes('node_modules'))
  return [dirname(process.execPath), ...kept].join(':')
}
