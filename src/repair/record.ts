/** Records what came from outside: nothing here works, it only writes rows and tasks. */
import type { Repair, WorkflowRunIdentity } from '../domain/repair.ts'
import type { Session } from '../store/database.ts'
import type { Queue } from '../store/queue.ts'
import {
  findOpenRepairs,
  findRepairByBranch,
  insertRepair,
  requestStop,
  type StopRequest,
} from '../store/repairs.ts'
import { type FixRequest, insertFixRequest } from '../store/requests.ts'

/**
 * Stores a new repair with its first task, in the caller's transaction. Older open repairs of the same
 * workflow on the same branch are asked to stop: their failure is history.
 * Returns false when this run attempt is known already.
 */
export async function recordRepair(session: Session, queue: Queue, repair: Repair): Promise<boolean> {
  if (!(await insertRepair(session, repair))) return false
  const open = await findOpenRepairs(session, identityOf(repair))
  for (const older of open.filter(({ id }) => id !== repair.id)) {
    const reason = `A newer run (${repair.run.id}, attempt ${repair.run.runAttempt}) failed on the same branch.`
    await stop(session, queue, older, { conclusion: 'superseded', reason })
  }
  await wake(session, queue, repair)
  return true
}

/** Ends open repairs of a workflow on a branch that has turned green by itself. */
export async function recordGreenRun(
  session: Session,
  queue: Queue,
  run: WorkflowRunIdentity & { runId: number },
): Promise<void> {
  for (const repair of await findOpenRepairs(session, run)) {
    // GitHub numbers runs upwards: a lower number is an older run, which proves nothing.
    if (run.runId < repair.run.id) continue
    const reason = `The workflow turned green on the branch by itself (run ${run.runId}).`
    await stop(session, queue, repair, { conclusion: 'superseded', reason })
  }
}

/** Wakes the repair that waits for CI on one of our branches. False when the branch is none of ours. */
export async function recordFixRun(
  session: Session,
  queue: Queue,
  at: { repositoryId: number; branch: string },
): Promise<boolean> {
  const repairId = await findRepairByBranch(session, at.repositoryId, at.branch)
  if (repairId === null) return false
  await queue.enqueue(session, { kind: 'advance', repairId, repositoryId: at.repositoryId })
  return true
}

/** Ends the repair whose pull request a person closed unmerged. */
export async function recordDecline(
  session: Session,
  queue: Queue,
  at: { repositoryId: number; branch: string; login: string },
): Promise<void> {
  const id = await findRepairByBranch(session, at.repositoryId, at.branch)
  if (id === null) return
  const reason = `${at.login} closed the pull request.`
  await stop(session, queue, { id, repository: { id: at.repositoryId } }, { conclusion: 'declined', reason })
}

/** Stores a `/fix` comment with its task. A repeated one is left alone. */
export async function recordFixRequest(session: Session, queue: Queue, request: FixRequest): Promise<void> {
  if (!(await insertFixRequest(session, request))) return
  const repositoryId = request.repository.id
  await queue.enqueue(session, { kind: 'resolve', commentId: request.commentId, repositoryId })
}

type Identified = { id: string; repository: { id: number } }

async function stop(session: Session, queue: Queue, repair: Identified, request: StopRequest): Promise<void> {
  if (await requestStop(session, repair.id, request)) await wake(session, queue, repair)
}

function wake(session: Session, queue: Queue, repair: Identified): Promise<void> {
  return queue.enqueue(session, { kind: 'advance', repairId: repair.id, repositoryId: repair.repository.id })
}

function identityOf(repair: Repair): WorkflowRunIdentity {
  return {
    repositoryId: repair.repository.id,
    workflowId: repair.run.workflowId,
    headBranch: repair.run.headBranch,
  }
}
