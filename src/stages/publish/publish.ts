/** Delivers the outcome: a pull request, a diagnosis, or the withdrawal. */
import { strict as assert } from 'node:assert'
import { currentAttempt, type Repair } from '../../domain/repair.ts'
import type { Report } from '../../domain/report.ts'
import { renderReport } from '../../report/render-report.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { deliverPullRequest } from './deliver-pull-request.ts'
import { withdraw } from './withdraw.ts'
import { writeStatus } from './write-status.ts'

/** Repair → Report. Needs the conclusion. Repeating it repeats no effect. */
export async function publish(repair: Repair, services: Services): Promise<StageOutcome> {
  assert(repair.conclusion, 'publish needs a conclusion')
  const report = renderReport(repair, { now: services.now(), serverUrl: services.github.serverUrl })
  const delivered = await deliver({ ...repair, report }, report, services)
  const effects = await writeStatus({ ...repair, report, effects: delivered }, report, services)
  return { kind: 'done', changes: { report, effects } }
}

function deliver(repair: Repair, report: Report, services: Services): Promise<Repair['effects']> {
  const outcome = currentAttempt(repair)?.verification?.outcome
  if (repair.conclusion === 'repaired' && outcome === 'green') {
    return deliverPullRequest(repair, report, { isReady: true }, services)
  }
  if (repair.conclusion === 'diagnosed' && outcome === 'unverified') {
    return deliverPullRequest(repair, report, { isReady: false }, services)
  }
  return withdraw(repair, services)
}
