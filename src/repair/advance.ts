/** Moves one repair along its stages until it waits or ends. */
import type { Conclusion, Repair, Stage } from '../domain/repair.ts'
import { isCodedError, OperatorError, UpstreamError } from '../errors.ts'
import { verifyWaitMsMax } from '../limits.ts'
import { renderReport } from '../report/render-report.ts'
import type { Services } from '../services.ts'
import { accept } from '../stages/accept/accept.ts'
import { collect } from '../stages/collect/collect.ts'
import { draft } from '../stages/draft/draft.ts'
import { publish } from '../stages/publish/publish.ts'
import { review } from '../stages/review/review.ts'
import type { StageOutcome } from '../stages/stage-outcome.ts'
import { triage } from '../stages/triage/triage.ts'
import { verify } from '../stages/verify/verify.ts'
import type { Store } from '../store/open-store.ts'
import { loadRepair, type StopRequest, saveRepair } from '../store/repairs.ts'
import { type Transition, transition } from './transitions.ts'

const run: Record<Stage, (repair: Repair, services: Services) => Promise<StageOutcome>> = {
  accept,
  collect,
  triage,
  draft,
  review,
  verify,
  publish,
}

/** What the machine needs beside the services of the stages. */
export interface Machine {
  store: Store
  services: Services
  /** The operator's kill switch, read before every stage. */
  isStopped: () => boolean
  /** Called after each stage is stored, for progress and for tests that end the process there. */
  onStage?: (repair: Repair, ran: { stage: Stage; milliseconds: number }) => void | Promise<void>
}

/** A fault of GitHub or the network is tried this long; then the repair ends as failed, with the reason. */
const retryMsMax = 60 * 60 * 1000

/**
 * Runs stages, each stored with its journal entry before the next begins. A crash loses at most the stage
 * that was running; it runs again. Rejects with UpstreamError when the step should be tried later.
 */
export async function advance(repairId: string, machine: Machine): Promise<void> {
  for (;;) {
    const loaded = await loadRepair(machine.store.database, repairId)
    if (!loaded || loaded.repair.status === 'completed') return
    const next = await step(loaded.repair, loaded.stop, machine)
    if (next.status === 'waiting' || next.status === 'completed') return
  }
}

async function step(repair: Repair, stop: StopRequest | null, machine: Machine): Promise<Repair> {
  const startedAt = machine.services.now()
  const stopping = repair.stage === 'publish' ? null : (stop ?? killSwitch(machine))
  const outcome: StageOutcome = stopping
    ? { kind: 'conclude', changes: {}, ...stopping }
    : await runStage(repair, machine)
  const endedAt = machine.services.now()
  const changed = { ...repair, ...outcome.changes }
  const next = transition(changed, outcome)
  const moved = move(changed, next, outcome, endedAt)
  await save(moved, repair, next, { startedAt, endedAt }, machine)
  await machine.onStage?.(moved, {
    stage: repair.stage,
    milliseconds: endedAt.getTime() - startedAt.getTime(),
  })
  return moved
}

function killSwitch(machine: Machine): StopRequest | null {
  return machine.isStopped() ? { conclusion: 'cancelled', reason: 'The operator stopped Regreen.' } : null
}

/** Faults that pass are thrown on, for the queue to try again; all others end the repair as failed. */
async function runStage(repair: Repair, machine: Machine): Promise<StageOutcome> {
  const { log, now } = machine.services
  try {
    return await run[repair.stage](repair, machine.services)
  } catch (error) {
    const age = now().getTime() - new Date(repair.updatedAt).getTime()
    log.warn({ repairId: repair.id, stage: repair.stage, error }, 'a stage failed')
    if (error instanceof UpstreamError && age < retryMsMax) throw error
    if (repair.stage === 'publish') return undelivered(repair, machine)
    return { kind: 'conclude', changes: {}, conclusion: conclusionFor(error), reason: reasonFor(error) }
  }
}

/** GitHub took nothing: the repair ends all the same, with its report in the store. */
function undelivered(repair: Repair, { services }: Machine): StageOutcome {
  const report = renderReport(repair, { now: services.now(), serverUrl: services.github.serverUrl })
  return { kind: 'done', changes: { report } }
}

/** A missing permission is a person's to grant; anything else is our fault. */
function conclusionFor(error: unknown): Conclusion {
  return error instanceof OperatorError ? 'diagnosed' : 'failed'
}

function reasonFor(error: unknown): string {
  return isCodedError(error)
    ? error.message
    : 'A stage of Regreen broke. The operator finds the details in its log.'
}

function move(repair: Repair, next: Transition, outcome: StageOutcome, at: Date): Repair {
  const moved: Repair = { ...repair, updatedAt: at.toISOString() }
  switch (next.to) {
    case 'stage':
      return { ...moved, stage: next.stage, status: 'in_progress', deadline: null, reason: reasonOf(outcome) }
    case 'conclusion':
      return {
        ...moved,
        stage: 'publish',
        status: 'in_progress',
        deadline: null,
        conclusion: next.conclusion,
        reason: next.reason,
      }
    case 'wait': {
      const deadline = repair.deadline ?? new Date(at.getTime() + verifyWaitMsMax).toISOString()
      return { ...moved, status: 'waiting', deadline, reason: next.reason }
    }
    case 'end':
      return { ...moved, status: 'completed' }
    default:
      return next satisfies never
  }
}

function reasonOf(outcome: StageOutcome): string | null {
  return outcome.kind === 'done' ? (outcome.reason ?? null) : outcome.reason
}

/** The row, the journal and the wake-up are one transaction. */
async function save(
  moved: Repair,
  from: Repair,
  next: Transition,
  times: { startedAt: Date; endedAt: Date },
  { store }: Machine,
): Promise<void> {
  const wakeAt = next.to === 'wait' ? next.wakeAt : null
  await store.database.transaction(async (session) => {
    await saveRepair(session, moved, wakeAt, {
      stage: from.stage,
      nextStage: moved.stage,
      status: moved.status,
      conclusion: moved.conclusion,
      reason: moved.reason,
      ...times,
    })
    if (wakeAt) {
      const task = { kind: 'advance' as const, repairId: moved.id, repositoryId: moved.repository.id }
      await store.queue.enqueue(session, task, { notBefore: wakeAt })
    }
  })
}
