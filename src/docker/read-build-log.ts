/** Reads from a build's output whether the dependencies were installed or taken from the cache. */
import { isManifestInstall } from './install-command.ts'

/**
 * True when every install step came from the cache, false when one ran, null when the log has no such step.
 * Understands BuildKit's plain progress (`#9 CACHED`) and the steps of buildah and podman (`Using cache`).
 */
export function reusedInstall(log: string): boolean | null {
  const lines = log.split('\n')
  const results = [...buildKitSteps(lines), ...plainSteps(lines)]
  return results.length === 0 ? null : results.every((isCached) => isCached)
}

function buildKitSteps(lines: readonly string[]): boolean[] {
  const steps = lines.flatMap((line) => {
    const step = /^#(?<number>\d+) \[[^\]]*\] RUN (?<command>.*)$/.exec(line)?.groups
    return step && isManifestInstall(step.command!) ? [step.number!] : []
  })
  return [...new Set(steps)].map((number) => lines.some((line) => line === `#${number} CACHED`))
}

function plainSteps(lines: readonly string[]): boolean[] {
  return lines.flatMap((line, at) => {
    const command = /^(?:\[\d+\/\d+\] )?STEP \d+\/\d+: RUN (?<command>.*)$/.exec(line)?.groups?.command
    if (command === undefined || !isManifestInstall(command)) return []
    const next = lines.slice(at + 1).find((one) => /^(-->|(\[\d+\/\d+\] )?STEP )/.test(one))
    return [/^--> Using cache /.test(next ?? '')]
  })
}
