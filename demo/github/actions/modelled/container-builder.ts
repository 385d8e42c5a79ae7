/** Finds a program on the host that can build images, and builds with it. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { runProgram } from '../shell.ts'

export interface ContainerBuilder {
  name: 'docker' | 'podman' | 'buildah'
  /** What comes before the options of a build. */
  command: string[]
}

export interface ImageBuild {
  contextDirectory: string
  dockerfile: string
  target: string | undefined
  buildArguments: Record<string, string>
  tags: string[]
  environment: Record<string, string>
  signal: AbortSignal
  onLine: (line: string) => void
}

/** The probe's time limit: a docker client without an engine can hang for minutes. */
const probeMsMax = 10_000

const probes: { builder: ContainerBuilder; args: string[] }[] = [
  {
    builder: { name: 'docker', command: ['docker', 'build'] },
    args: ['version', '--format', '{{.Server.Version}}'],
  },
  { builder: { name: 'podman', command: ['podman', 'build'] }, args: ['info'] },
  { builder: { name: 'buildah', command: ['buildah', 'build', '--isolation', 'chroot'] }, args: ['info'] },
  {
    builder: {
      name: 'buildah',
      command: ['buildah', '--storage-driver', 'vfs', 'build', '--isolation', 'chroot'],
    },
    args: ['--storage-driver', 'vfs', 'info'],
  },
]

/** The first builder that answers, or undefined. */
export async function findContainerBuilder(): Promise<ContainerBuilder | undefined> {
  for (const { builder, args } of probes) {
    try {
      await promisify(execFile)(builder.name, args, { env: builderEnvironment({}), timeout: probeMsMax })
      return builder
    } catch {
      // Not installed, or its engine does not answer.
    }
  }
  return undefined
}

function builderEnvironment(extra: Record<string, string>): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: process.env.HOME ?? '/',
    LANG: 'C.UTF-8',
    ...extra,
  }
}

/** Builds an image; gives the exit code. */
export function buildImage(builder: ContainerBuilder, build: ImageBuild): Promise<number> {
  const [program, ...start] = builder.command as [string, ...string[]]
  const args = [
    ...start,
    '--file',
    build.dockerfile,
    ...(build.target ? ['--target', build.target] : []),
    ...Object.entries(build.buildArguments).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...build.tags.flatMap((tag) => ['--tag', tag]),
    build.contextDirectory,
  ]
  return runProgram(program, args, {
    cwd: build.contextDirectory,
    environment: builderEnvironment(build.environment),
    signal: build.signal,
    onLine: build.onLine,
  })
}

const unavailableBase =
  /no such host|connection refused|i\/o timeout|network is unreachable|pinging container registry|initializing source docker|failed to resolve source metadata|TLS handshake|proxyconnect|creating build container/i

/** Whether a build stopped only because its base image could not be fetched. */
export function isBaseImageMissing(lines: readonly string[]): boolean {
  return lines.some((line) => unavailableBase.test(line))
}
