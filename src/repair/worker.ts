/** Takes tasks from the queue, one at a time per repository. */
import { resolveFixRequest } from '../stages/accept/resolve-fix-request.ts'
import type { Task } from '../store/queue.ts'
import { answerFixRequest, loadFixRequest } from '../store/requests.ts'
import { advance, type Machine } from './advance.ts'
import { recordRepair } from './record.ts'

/** Starts working. A rejected task is tried again by the queue, with growing delays. */
export async function startWorker(machine: Machine): Promise<void> {
  await machine.store.queue.start(async (task) => {
    try {
      await work(task, machine)
    } catch (error) {
      machine.services.log.warn({ task, error }, 'a task failed; it is tried again')
      throw error
    }
  })
}

async function work(task: Task, machine: Machine): Promise<void> {
  switch (task.kind) {
    case 'advance':
      return advance(task.repairId, machine)
    case 'resolve':
      return resolve(task, machine)
    default:
      return task satisfies never
  }
}

async function resolve(task: Extract<Task, { kind: 'resolve' }>, machine: Machine): Promise<void> {
  const { database, queue } = machine.store
  const request = await loadFixRequest(database, task.repositoryId, task.commentId)
  if (!request) return
  const resolution = await resolveFixRequest(request, machine.services)
  await database.transaction(async (session) => {
    if (resolution.kind === 'refused') return answerFixRequest(session, request, resolution.reason)
    const isNew = await recordRepair(session, queue, resolution.repair)
    await answerFixRequest(session, request, isNew ? 'accepted' : 'already known')
  })
}
