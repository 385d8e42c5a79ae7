/** The work queue: which repair to advance and which request to resolve, through pg-boss. */
import { type Db, PgBoss } from 'pg-boss'
import { UpstreamError } from '../errors.ts'
import type { Database, Session } from './database.ts'

/** What waits in the queue. `tries` counts how often it failed before. */
export type Task = (
  | { kind: 'advance'; repairId: string; repositoryId: number }
  | { kind: 'resolve'; commentId: number; repositoryId: number }
) & { tries?: number }

export interface Queue {
  /** Enqueues in the session's transaction: the task exists exactly when the rows do. */
  enqueue(session: Session, task: Task, options?: { notBefore?: Date }): Promise<void>
  /**
   * Calls `work` for each task until `stop`, one at a time per repository. A task that rejects is tried again
   * after 1, 2, 4 … 60 seconds; that of a process that died, as soon as its silence is noticed.
   */
  start(work: (task: Task) => Promise<void>): Promise<void>
  /** Lets running tasks finish, at most for `timeoutMs`, and takes no new ones. */
  stop(timeoutMs: number): Promise<void>
}

const name = 'tasks'

/** A process that says nothing for this long is taken for dead and its task is given to another. */
const heartbeatSeconds = 10

/** How often silent processes are looked for. The default, a minute, would be added to each recovery. */
const superviseSeconds = 5

/** Tasks that run at once in one process. Stages mostly wait for GitHub. */
const concurrencyMax = 8

/** How often a worker looks for the next task of a repository whose last task has just ended. */
const pollSeconds = 0.5

/** Opens the queue's tables in the same database. `onError` hears of faults that no caller waits for. */
export async function openQueue(
  database: Database,
  connectionString: string | undefined,
  onError: (error: unknown) => void,
): Promise<Queue> {
  const boss = new PgBoss({
    ...(database.engine === 'pglite'
      ? { db: database.forQueue, backend: 'pglite' as const }
      : { connectionString: connectionString ?? '' }),
    useListenNotify: true,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
  })
  boss.on('error', onError)
  await boss.start()
  await createQueue(boss)
  if (database.engine === 'pglite') await releaseAbandoned(boss, database)
  return {
    enqueue: (session, task, options) => send(boss, session.forQueue, task, options?.notBefore),
    start: (work) => startWork(boss, work),
    stop: (timeoutMs) => boss.stop({ graceful: true, timeout: timeoutMs }),
  }
}

async function createQueue(boss: PgBoss): Promise<void> {
  if (await boss.getQueue(name)) return
  await boss.createQueue(name, {
    policy: 'singleton',
    heartbeatSeconds,
    notify: true,
    // Only for processes that died: a task that fails is sent anew with its own delay.
    retryLimit: 100,
    retryDelay: 1,
  })
}

/**
 * On PGlite we hold the only process, so a task that is active at start was abandoned by a killed one. It
 * is sent anew, without the delay of a failed one; between replicas only the missing heartbeat can tell.
 */
async function releaseAbandoned(boss: PgBoss, database: Database): Promise<void> {
  const active = await database.query<{ id: string; data: Task }>(
    `select id, data from pgboss.job where name = $1 and state = 'active'`,
    [name],
  )
  for (const { id, data } of active) {
    // In this order: a crash in between runs the task twice, which is harmless, and never not at all.
    await send(boss, database.forQueue, data)
    await boss.cancel(name, id)
  }
}

async function send(boss: PgBoss, db: Db, task: Task, notBefore?: Date): Promise<void> {
  const id = await boss.send(name, task, {
    db,
    singletonKey: String(task.repositoryId),
    ...(notBefore === undefined ? {} : { startAfter: notBefore }),
  })
  if (id === null) throw queueRefused()
}

function queueRefused(): UpstreamError {
  return new UpstreamError({
    code: 'queue-refused',
    message: 'The queue did not take a task. It is tried again.',
  })
}

async function startWork(boss: PgBoss, work: (task: Task) => Promise<void>): Promise<void> {
  const options = {
    localConcurrency: concurrencyMax,
    pollingIntervalSeconds: pollSeconds,
    notifyPollingIntervalSeconds: pollSeconds,
  }
  await boss.work<Task>(name, options, async ([job]) => {
    if (job) await work(job.data).catch(() => postpone(boss, job.data))
  })
}

/** Longer would keep people waiting after GitHub is back; shorter would hammer it while it is down. */
const delaySecondsMax = 60

/** Sent before the failed job completes: a crash in between runs the task twice, which is harmless. */
async function postpone(boss: PgBoss, task: Task): Promise<void> {
  const tries = (task.tries ?? 0) + 1
  const delaySeconds = Math.min(2 ** (tries - 1), delaySecondsMax)
  const id = await boss.send(
    name,
    { ...task, tries },
    { singletonKey: String(task.repositoryId), startAfter: delaySeconds },
  )
  if (id === null) throw queueRefused()
}
