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

/** Removes an image that nobody asked to keep. */
export async function removeImage(builder: ContainerBuilder, tag: string): Promise<void> {
  const options = builder.command.slice(1).filter((word) => word === '--storage-driver' || word === 'vfs')
  await promisify(execFile)(builder.name, [...options, 'rmi', tag], { env: builderEnvironment({}) }).catch(
    () => {},
  )
}

/** The failure of a command in BuildKit's words, where podman or buildah said it in theirs. */
export function wordFailure(lines: readonly string[]): string | undefined {
  const pattern =
    /building at STEP "RUN (?<command>.*)": (?:while running runtime: )?exit status (?<code>\d+)/
  const groups = lines.map((line) => pattern.exec(line)?.groups).find((each) => each)
  if (!groups) return undefined
  return `failed to solve: process "/bin/sh -c ${groups.command}" did not complete successfully: exit code: ${groups.code}`
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
