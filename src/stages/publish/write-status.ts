/** Tells the outcome where people look: our check run on the failing commit, and one comment. */
import { type Conclusion, type Repair, repairMarker } from '../../domain/repair.ts'
import type { Report } from '../../domain/report.ts'
import { type CheckRunContent, writeCheckRun } from '../../github/checks.ts'
import { type CommentPlace, writeComment } from '../../github/comments.ts'
import { renderStatusNote } from '../../report/render-status-note.ts'
import type { Services } from '../../services.ts'

/** Outcomes that concern nobody are told nobody. */
const silent: readonly Conclusion[] = ['skipped']

/** Writes check run and comment, each found again before it is made. Returns the effects with their ids. */
export async function writeStatus(
  repair: Repair,
  report: Report,
  services: Services,
): Promise<Repair['effects']> {
  if (repair.conclusion === null || silent.includes(repair.conclusion)) return repair.effects
  // Nothing was said yet, and nothing needs to be.
  if (repair.conclusion === 'superseded' && repair.effects.checkRunId === null) return repair.effects
  const note = renderStatusNote(repair, { now: services.now(), serverUrl: services.github.serverUrl })
  const botLogin = `${await services.github.appSlug()}[bot]`
  const place = placeOf(repair)
  const purpose = 'commitSha' in place ? 'commit-reporter' : 'reporter'
  return services.github.withClient(repair, purpose, async (client) => {
    const commentId = await writeComment(client, {
      place,
      marker: repairMarker(repair),
      botLogin,
      body: note,
      commentId: repair.effects.commentId,
    })
    const checkRunId = await writeCheckRun(client, {
      headSha: repair.run.headSha,
      externalId: repair.id,
      checkRunId: repair.effects.checkRunId,
      content: contentOf(repair.conclusion, report),
    })
    return { ...repair.effects, commentId, checkRunId }
  })
}

function placeOf(repair: Repair): CommentPlace {
  const [number] =
    repair.trigger.kind === 'fix_comment' ? [repair.trigger.pullRequestNumber] : repair.run.pullRequestNumbers
  return number === undefined ? { commitSha: repair.run.headSha } : { pullRequestNumber: number }
}

/** Neutral but for our own faults: the failed run already shows red, and the fix is not merged. */
function contentOf(conclusion: Conclusion | null, report: Report): CheckRunContent {
  return {
    status: 'completed',
    conclusion: conclusion === 'failed' ? 'failure' : conclusion === 'cancelled' ? 'cancelled' : 'neutral',
    title: report.title,
    summary: report.markdown,
  }
}
