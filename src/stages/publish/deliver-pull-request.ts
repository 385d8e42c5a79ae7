/** Opens the pull request with its report, as a draft; ready only when CI was green. */
import { strict as assert } from 'node:assert'
import { currentAttempt, type Repair } from '../../domain/repair.ts'
import type { Report } from '../../domain/report.ts'
import { markReadyForReview, openDraftPullRequest, updatePullRequest } from '../../github/pulls.ts'
import type { Services } from '../../services.ts'

/** Each call is looked up or harmless to repeat. Returns the effects with the pull request's number. */
export async function deliverPullRequest(
  repair: Repair,
  report: Report,
  { isReady }: { isReady: boolean },
  { github }: Services,
): Promise<Repair['effects']> {
  const patch = currentAttempt(repair)?.patch
  const { branch } = repair.effects
  const base = repair.run.headBranch
  assert(patch && branch !== null && base !== null, 'a pull request needs a patch on a branch')
  return github.withClient(repair, 'writer', async (client) => {
    const input = { branch, base, title: report.title, body: report.markdown }
    const pull = await openDraftPullRequest(client, input)
    if (pull.state === 'open') {
      await updatePullRequest(client, pull.number, { title: report.title, body: report.markdown })
      if (isReady && pull.isDraft) await markReadyForReview(client, pull.nodeId)
    }
    return { ...repair.effects, pullRequestNumber: pull.number }
  })
}
