/** Takes back what is on GitHub when the fix is not wanted, not needed or not right. */
import type { Repair } from '../../domain/repair.ts'
import { deleteBranch } from '../../github/commits.ts'
import { findPullRequest, updatePullRequest } from '../../github/pulls.ts'
import type { Services } from '../../services.ts'

/** Closes our open pull request and deletes our branch while it is still as we left it. */
export async function withdraw(repair: Repair, { github }: Services): Promise<Repair['effects']> {
  const { branch, headSha } = repair.effects
  if (branch === null || headSha === null) return repair.effects
  return github.withClient(repair, 'writer', async (client) => {
    const pull = await findPullRequest(client, branch)
    if (pull?.state === 'open') await updatePullRequest(client, pull.number, { state: 'closed' })
    await deleteBranch(client, branch, headSha)
    return { ...repair.effects, pullRequestNumber: pull?.number ?? repair.effects.pullRequestNumber }
  })
}
