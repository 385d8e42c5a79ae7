/** Builds and runs images by docker or podman, whose commands are the same here. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import {
  type ContainerTools,
  type ImageConfiguration,
  type RunningContainer,
  readConfiguration,
} from './container-tools.ts'
import { runProgram } from './run-program.ts'

/** Questions to the engine; a longer silence means that it hangs. */
const commandMsMax = 60_000

/** How often a container is asked whether it has ended: the measured time is exact to this. */
const pollMs = 20

/** The tools of a docker or podman engine that answered. */
export function engineTools(program: 'docker' | 'podman', version: string): ContainerTools {
  const run = (words: readonly string[], timeoutMs = commandMsMax) =>
    runProgram([program, ...words], { timeoutMs })
  return {
    label: `${program} ${version}`,
    async build(order) {
      const words = [
        ...[
          'build',
          '--progress=plain',
          '--file',
          join(order.folder, order.dockerfile),
          '--tag',
          order.image,
        ],
        ...(order.target === null ? [] : ['--target', order.target]),
        ...[...order.buildArguments].flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
        join(order.folder, order.context),
      ].filter((word) => program === 'docker' || word !== '--progress=plain')
      const { timeoutMs, signal } = order
      const result = await runProgram([program, ...words], { timeoutMs, ...(signal ? { signal } : {}) })
      return { isBuilt: result.code === 0, milliseconds: result.milliseconds, log: result.output }
    },
    async sizeBytes(image) {
      const { code, output } = await run(['image', 'inspect', '--format', '{{.Size}}', image])
      return code === 0 ? Number(output.trim()) : null
    },
    async configuration(image) {
      const { code, output } = await run(['image', 'inspect', '--format', '{{json .Config}}', image])
      return code === 0 ? readConfiguration(JSON.parse(output)) : null
    },
    start: (image, configuration) => startContainer(run, image, configuration),
    async removeImage(image) {
      await run(['image', 'rm', '--force', image])
    },
  }
}

type Run = (words: readonly string[], timeoutMs?: number) => ReturnType<typeof runProgram>

async function startContainer(
  run: Run,
  image: string,
  { port }: ImageConfiguration,
): Promise<RunningContainer> {
  const publish = port === null ? [] : ['--publish', `127.0.0.1::${port}`]
  const { code, output } = await run(['run', '--detach', '--memory', '2g', ...publish, image])
  const id = code === 0 ? output.trim().split('\n').at(-1)! : null
  const inspect = async (format: string) =>
    id === null ? '' : (await run(['inspect', '--format', format, id])).output.trim()
  const isRunning = async () => (await inspect('{{.State.Running}}')) === 'true'
  return {
    port: id === null || port === null ? null : await publishedPort(run, id, port),
    isRunning,
    async userId() {
      return (await processUser(await inspect('{{.State.Pid}}'))) ?? (await idInside(run, id))
    },
    async execute(words, timeoutMs) {
      return id === null ? null : (await run(['exec', id, ...words], timeoutMs)).code
    },
    async terminate(timeoutMs) {
      if (id === null) return null
      const started = performance.now()
      await run(['kill', '--signal', 'TERM', id])
      while (performance.now() - started < timeoutMs) {
        if (!(await isRunning())) return performance.now() - started
        await wait(pollMs)
      }
      return null
    },
    async output() {
      return id === null ? output : (await run(['logs', '--tail', '20', id])).output
    },
    async remove() {
      if (id !== null) await run(['rm', '--force', '--volumes', id])
    },
  }
}

async function publishedPort(run: Run, id: string, port: number): Promise<number | null> {
  const { output } = await run(['port', id, String(port)])
  const published = /:(?<port>\d+)\s*$/m.exec(output)?.groups?.port
  return published === undefined ? null : Number(published)
}

/** The engine's process is visible where the engine runs on this machine. */
async function processUser(pid: string): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${Number(pid)}/status`, 'utf8')
    return Number(/^Uid:\s+(?<id>\d+)/m.exec(status)?.groups?.id)
  } catch {
    return null
  }
}

async function idInside(run: Run, id: string | null): Promise<number | null> {
  if (id === null) return null
  const { code, output } = await run(['exec', id, 'id', '-u'])
  return code === 0 && /^\d+$/.test(output.trim()) ? Number(output.trim()) : null
}
