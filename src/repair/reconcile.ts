/** Finds what webhooks and tasks have lost: at start, and every few minutes. */
import { randomUUID } from 'node:crypto'
import { isFixBranch } from '../domain/fix-branch.ts'
import { newRepair } from '../domain/repair.ts'
import type { Repository } from '../domain/workflow-run.ts'
import { listFailedRuns, toWorkflowRun } from '../github/runs.ts'
import { findStuckRepairs } from '../store/repairs.ts'
import type { Machine } from './advance.ts'
import { recordRepair } from './record.ts'

/** How often. Shorter costs requests of every installation, longer delays a repair whose webhook is lost. */
export const reconcileEveryMs = 5 * 60 * 1000

/** A repair untouched this long, though it should move, has lost its task. */
const stuckAfterMs = 2 * 60 * 1000

/** How far back failed runs are looked for. GitHub redelivers webhooks for three days; so long we also look. */
const lookBackMs = 3 * 24 * 60 * 60 * 1000

/** One pass. A repository that cannot be read is logged and left for the next pass. */
export async function reconcile(machine: Machine): Promise<{ woken: number; found: number }> {
  const woken = await wakeStuckRepairs(machine)
  let found = 0
  for (const { installationId, repository } of await machine.services.github.listRepositories()) {
    try {
      found += await findMissedRuns(machine, installationId, repository)
    } catch (error) {
      machine.services.log.warn(
        { repositoryId: repository.id, error },
        'reconcile could not read a repository',
      )
    }
  }
  return { woken, found }
}

async function wakeStuckRepairs({ store, services }: Machine): Promise<number> {
  const before = new Date(services.now().getTime() - stuckAfterMs)
  const stuck = await findStuckRepairs(store.database, before)
  for (const { id, repositoryId } of stuck) {
    await store.queue.enqueue(store.database, { kind: 'advance', repairId: id, repositoryId })
  }
  return stuck.length
}

async function findMissedRuns(
  machine: Machine,
  installationId: number,
  repository: Repository,
): Promise<number> {
  const { store, services } = machine
  const since = new Date(services.now().getTime() - lookBackMs)
  const runs = await services.github.withClient({ installationId, repository }, 'reader', (client) =>
    listFailedRuns(client, since),
  )
  let found = 0
  for (const run of runs.map((apiRun) => toWorkflowRun(apiRun, repository)).reverse()) {
    if (isFixBranch(run.headBranch)) continue
    const trigger = { kind: 'workflow_run' as const }
    const repair = newRepair({
      id: randomUUID(),
      installationId,
      repository,
      run,
      trigger,
      now: services.now(),
    })
    const isNew = await store.database.transaction((session) => recordRepair(session, store.queue, repair))
    if (isNew) found++
  }
  return found
}
