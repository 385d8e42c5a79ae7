/** Tells whether the author has moved on since the run that failed. */
import type { Repair } from '../domain/repair.ts'
import type { RepositoryClient } from './access.ts'
import { branchHead } from './contents.ts'
import { isFork } from './permissions.ts'

/** Why the failing commit is no longer the branch's head, or null. A newer commit's own run tells the rest. */
export async function whyHeadMoved(client: RepositoryClient, repair: Repair): Promise<string | null> {
  const { headBranch, headSha } = repair.run
  if (headBranch === null || isFork(repair)) return null
  const head = await branchHead(client, headBranch)
  if (head === null) return `The branch ${headBranch} is gone.`
  return head === headSha ? null : `The branch ${headBranch} moved on to ${head.slice(0, 12)}.`
}
