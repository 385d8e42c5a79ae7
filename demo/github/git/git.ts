/** Runs the git command line on a bare repository, with nothing of the host's configuration. */
import { spawn } from 'node:child_process'

/** What git said when it refused. */
export class GitFailed extends Error {
  readonly exitCode: number
  readonly stderr: string

  constructor(args: readonly string[], exitCode: number, stderr: string) {
    super(`git ${args[0]} ended with ${exitCode}: ${stderr.trim()}`)
    this.name = 'GitFailed'
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

interface GitOptions {
  input?: string | Buffer
  environment?: Record<string, string>
}

/** Runs git in a directory and gives its output; throws `GitFailed` on a non-zero exit. */
export function git(directory: string, args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { cwd: directory, env: gitEnvironment(options.environment) })
    const output: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output))
      else reject(new GitFailed(args, code ?? -1, Buffer.concat(errors).toString()))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}

/** Like `git`, with the output as trimmed text. */
export async function gitText(directory: string, args: readonly string[], options: GitOptions = {}) {
  return (await git(directory, args, options)).toString().trim()
}

/** Like `gitText`, but a refusal of git is `undefined`. */
export async function gitTextIfAny(directory: string, args: readonly string[]): Promise<string | undefined> {
  try {
    return await gitText(directory, args)
  } catch (error) {
    if (error instanceof GitFailed) return undefined
    throw error
  }
}

/** The environment in which every git of the small GitHub runs. */
export function gitEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: '/nonexistent',
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    ...extra,
  }
}
