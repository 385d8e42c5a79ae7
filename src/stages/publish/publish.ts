/** Delivers the outcome: a pull request, a diagnosis, or the withdrawal. */
import { strict as assert } from 'node:assert'
import { currentAttempt, type Repair } from '../../domain/repair.ts'
import type { Report } from '../../domain/report.ts'
import { OperatorError } from '../../errors.ts'
import { renderReport } from '../../report/render-report.ts'
import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { deliverPullRequest } from './deliver-pull-request.ts'
import { withdraw } from './withdraw.ts'
import { writeStatus } from './write-status.ts'

/**
 * Repair → Report. Needs the conclusion. Repeating it repeats no effect. A permission that is missing takes
 * away one way of telling, never the report: what cannot be opened as a pull request is told as a diagnosis.
 */
export async function publish(repair: Repair, services: Services): Promise<StageOutcome> {
  assert(repair.conclusion, 'publish needs a conclusion')
  const report = renderReport(repair, { now: services.now(), serverUrl: services.github.serverUrl })
  const delivered = await unlessForbidden(() => deliver({ ...repair, report }, report, services), services)
  if (delivered instanceof OperatorError && repair.conclusion === 'repaired') {
    return { kind: 'conclude', changes: {}, conclusion: 'diagnosed', reason: delivered.message }
  }
  const effects = delivered instanceof OperatorError ? repair.effects : delivered
  const told = await unlessForbidden(
    () => writeStatus({ ...repair, report, effects }, report, services),
    services,
  )
  return { kind: 'done', changes: { report, effects: told instanceof OperatorError ? effects : told } }
}

async function unlessForbidden(
  work: () => Promise<Repair['effects']>,
  { log }: Services,
): Promise<Repair['effects'] | OperatorError> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error
    log.warn({ error }, 'a permission is missing; the outcome is told without it')
    return error
  }
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
