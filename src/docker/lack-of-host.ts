/** Tells a build that failed for want of what this machine lacks from one that failed by its own fault. */

const baseImageMissing =
  /creating build container|initializing source docker|pinging container registry|failed to resolve source metadata/i
const networkMissing =
  /Temporary failure in name resolution|Name or service not known|Could not resolve host|no such host|EAI_AGAIN|ENOTFOUND|Failed to establish a new connection|Temporary failure resolving/i

/** What this machine lacks that GitHub's runners have, if a build stopped because of it. */
export function lackOfHost(lines: readonly string[]): 'base image' | 'network' | undefined {
  if (lines.some((line) => baseImageMissing.test(line))) return 'base image'
  return lines.some((line) => networkMissing.test(line)) ? 'network' : undefined
}
