/** Builds images by buildah, and runs them in namespaces of their own, where no container engine is. */
import type { ChildProcess } from 'node:child_process'
import { access, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type ContainerTools,
  type ImageConfiguration,
  type RunningContainer,
  readConfiguration,
} from './container-tools.ts'
import { endProgram, runProgram, startProgram } from './run-program.ts'

/** Questions to buildah about what lies on this machine. */
const commandMsMax = 120_000

/** How often the process is asked whether it has ended: the measured time is exact to this. */
const pollMs = 10

/** The last part of what the program printed. */
const outputCharsMax = 4_000

/** The tools of a buildah that runs as root. */
export function buildahTools(version: string): ContainerTools {
  const layers = new Map<string, readonly string[]>()
  return {
    label: `buildah ${version}`,
    async build(order) {
      const words = [
        ...['buildah', 'build', '--isolation', 'chroot', '--layers', '--format', 'docker', '--pull=false'],
        ...['--file', join(order.folder, order.dockerfile), '--tag', order.image],
        ...(order.target === null ? [] : ['--target', order.target]),
        ...[...order.buildArguments].flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
        join(order.folder, order.context),
      ]
      const { timeoutMs, signal } = order
      const result = await runProgram(words, { timeoutMs, ...(signal ? { signal } : {}) })
      layers.set(order.image, [...(layers.get(order.image) ?? []), ...builtLayers(result.output)])
      return { isBuilt: result.code === 0, milliseconds: result.milliseconds, log: result.output }
    },
    async sizeBytes(image) {
      const { code, output } = await run(['images', '--format', '{{.Size}}', image])
      return code === 0 ? bytesOf(output.trim()) : null
    },
    async configuration(image) {
      const { code, output } = await run(['inspect', '--type', 'image', image])
      return code === 0 ? readConfiguration((JSON.parse(output) as Inspected).Docker?.config) : null
    },
    start: startContainer,
    async removeImage(image) {
      await run(['rmi', '--force', image])
      // Stages before the last one are no parents of the image and would stay; the newest goes first.
      for (const id of (layers.get(image) ?? []).toReversed()) await run(['rmi', id])
      layers.delete(image)
    },
  }
}

interface Inspected {
  readonly Docker?: { readonly config?: unknown }
}

/** Layers that this build made, as its log names them; those it took from the cache belong to others. */
function builtLayers(log: string): string[] {
  return [...log.matchAll(/^--> (?<id>[0-9a-f]{11,64})$/gm)].map(({ groups }) => groups!.id!)
}

function run(words: readonly string[]) {
  return runProgram(['buildah', ...words], { timeoutMs: commandMsMax })
}

/** buildah prints sizes for people, in decimal units. */
function bytesOf(text: string): number | null {
  const match = /^(?<number>[\d.]+) ?(?<unit>B|KB|MB|GB)$/i.exec(text)?.groups
  const factor = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9 }[match?.unit?.toUpperCase() ?? '']
  return match && factor ? Math.round(Number(match.number) * factor) : null
}

/**
 * Mounts the image and runs its command as process 1 of its own process and mount namespaces: as in a real
 * container, SIGTERM then ends it only if it has a handler. The network is this machine's own.
 */
async function startContainer(image: string, configuration: ImageConfiguration): Promise<RunningContainer> {
  const created = await run(['from', '--pull=never', image])
  const container = created.output.trim().split('\n').at(-1) ?? ''
  const mounted = created.code === 0 ? await run(['mount', container]) : created
  const root = mounted.code === 0 ? mounted.output.trim() : null
  const isFree = configuration.port === null || (await isPortFree(configuration.port))
  const child = root !== null && isFree ? await startInside(root, configuration) : null
  const tail = collectOutput(child)
  const reason = root === null ? mounted.output : `Port ${configuration.port} of this machine is taken.`
  return {
    port: child ? configuration.port : null,
    isRunning: async () => child !== null && child.exitCode === null && child.signalCode === null,
    userId: async () => {
      const pid = await firstProcess(child)
      return pid === null ? null : userOf(pid)
    },
    async execute(words, timeoutMs) {
      return root === null
        ? null
        : (await runProgram(await wordsInside(root, configuration, words), { timeoutMs })).code
    },
    terminate: (timeoutMs) => terminate(child, timeoutMs),
    output: async () => (child === null ? reason : tail.text),
    async remove() {
      if (child) endProgram(child)
      if (child && child.exitCode === null && child.signalCode === null) await ended(child, commandMsMax)
      await run(['rm', container])
    },
  }
}

/** The mounts that a program expects, made in a mount namespace that ends with it. */
const mountScript =
  'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && mount --rbind /sys "$1/sys" && shift && exec "$@"'

async function startInside(root: string, configuration: ImageConfiguration): Promise<ChildProcess> {
  const inside = await wordsInside(root, configuration, configuration.command)
  return startProgram([
    ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'],
    ...['sh', '-c', mountScript, 'sh', root, ...inside],
  ])
}

/** The words under the image's root, user, folder and environment. */
async function wordsInside(
  root: string,
  { user, environment, workingDirectory }: ImageConfiguration,
  words: readonly string[],
): Promise<string[]> {
  const { userId, groupId } = await userIds(root, user)
  // `setpriv` drops root's further groups; the inner `env` finds the program on the image's own PATH, as a container runtime does.
  return [
    ...[
      'setpriv',
      '--clear-groups',
      'unshare',
      `--root=${root}`,
      `--wd=${workingDirectory}`,
      `--setgid=${groupId}`,
      `--setuid=${userId}`,
    ],
    ...['/usr/bin/env', '-i', ...environment, ...words],
  ]
}

/** Numbers as they are; a name is looked up in the image. */
async function userIds(root: string, user: string): Promise<{ userId: number; groupId: number }> {
  const [name = '', group] = user.split(':')
  if (/^\d*$/.test(name))
    return { userId: Number(name || 0), groupId: Number(/^\d+$/.test(group ?? '') ? group : name || 0) }
  const accounts = await readFile(join(root, 'etc/passwd'), 'utf8').catch(() => '')
  const fields = accounts
    .split('\n')
    .map((line) => line.split(':'))
    .find(([account]) => account === name)
  return { userId: Number(fields?.[2] ?? 0), groupId: Number(fields?.[3] ?? 0) }
}

function collectOutput(child: ChildProcess | null): { text: string } {
  const tail = { text: '' }
  const keep = (chunk: Buffer) => {
    tail.text = (tail.text + chunk.toString('utf8')).slice(-outputCharsMax)
  }
  child?.stdout?.on('data', keep)
  child?.stderr?.on('data', keep)
  return tail
}

/** `unshare --fork` has one child: process 1 of the new namespace. */
async function firstProcess(child: ChildProcess | null): Promise<number | null> {
  if (child?.pid === undefined) return null
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').catch(() => null)
  const listed = children?.trim().split(' ')[0]
  return listed ? Number(listed) : childOf(child.pid)
}

/** Where the kernel does not list children, the process table tells. */
async function childOf(parent: number): Promise<number | null> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '')
    if (new RegExp(`^PPid:\\s+${parent}$`, 'm').test(status)) return Number(name)
  }
  return null
}

async function userOf(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const id = /^Uid:\s+(?<id>\d+)/m.exec(status)?.groups?.id
  return id === undefined ? null : Number(id)
}

async function terminate(child: ChildProcess | null, timeoutMs: number): Promise<number | null> {
  const pid = await firstProcess(child)
  if (child === null || pid === null) return null
  const started = performance.now()
  process.kill(pid, 'SIGTERM')
  return (await ended(child, timeoutMs, pid)) ? performance.now() - started : null
}

async function ended(child: ChildProcess, timeoutMs: number, pid?: number): Promise<boolean> {
  const started = performance.now()
  while (performance.now() - started < timeoutMs) {
    if (child.exitCode !== null || child.signalCode !== null) return true
    if (pid !== undefined && !(await exists(`/proc/${pid}`))) return true
    await wait(pollMs)
  }
  return false
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)))
  })
}
