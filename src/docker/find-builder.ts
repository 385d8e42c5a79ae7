/** Finds a program on this machine that can build and run an image. */
import { buildahTools } from './buildah-tools.ts'
import type { ContainerTools } from './container-tools.ts'
import { engineTools } from './engine-tools.ts'
import { runProgram } from './run-program.ts'

/** An engine that takes longer to say its version will not build in a reasonable time. */
const answerMsMax = 10_000

/** A builder, or the reason why there is none. */
export type FoundBuilder = { tools: ContainerTools; reason: null } | { tools: null; reason: string }

/** Docker or podman where an engine answers, else buildah; else the reason why nothing can be built. */
export async function findBuilder(): Promise<FoundBuilder> {
  const docker = await versionOf(['docker', 'version', '--format', '{{.Server.Version}}'])
  if (docker !== null) return { tools: engineTools('docker', docker), reason: null }
  const podman = await versionOf(['podman', 'info', '--format', '{{.Version.Version}}'])
  if (podman !== null) return { tools: engineTools('podman', podman), reason: null }
  const buildah = await versionOf(['buildah', '--version'])
  if (buildah === null)
    return { tools: null, reason: 'Neither docker (with a running engine), podman nor buildah is here.' }
  if (process.getuid?.() !== 0)
    return { tools: null, reason: 'buildah is here, but runs images only as root.' }
  return { tools: buildahTools(buildah), reason: null }
}

async function versionOf(words: readonly string[]): Promise<string | null> {
  const { code, output } = await runProgram(words, { timeoutMs: answerMsMax })
  return code === 0 ? (/\d+\.\d+(\.\d+)?/.exec(output)?.[0] ?? null) : null
}
