import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/store/migrate.ts'
import { openStore, type Store } from '../../src/store/open-store.ts'
import type { Task } from '../../src/store/queue.ts'
import {
  findOpenRepairs,
  findRepairByBranch,
  findStuckRepairs,
  insertRepair,
  loadRepair,
  readJournal,
  requestStop,
  saveRepair,
} from '../../src/store/repairs.ts'
import { engines, newDatabase } from '../support/databases.ts'
import { repairWith, runWith } from '../support/repairs.ts'

const failOn = (error: unknown) => {
  throw error
}

describe.each(engines)('the store on $engine', ({ engine, isThere }) => {
  let store: Store

  beforeAll(async () => {
    if (isThere) store = await openStore(await newDatabase(engine), failOn)
  }, 60_000)

  afterAll(async () => {
    await store?.close()
  })

  it.skipIf(!isThere)('keeps a repair to the letter, once per run attempt', async () => {
    const repair = repairWith({ id: id(1), run: runWith({ id: 1 }) })

    expect(await insertRepair(store.database, repair)).toBe(true)
    expect(await insertRepair(store.database, { ...repair, id: id(2) })).toBe(false)
    expect(await loadRepair(store.database, id(1))).toEqual({ repair, stop: null })
    expect(await loadRepair(store.database, id(9))).toBeNull()
  })

  it.skipIf(!isThere)('writes a stage and its journal together, in order', async () => {
    const repair = repairWith({ id: id(3), run: runWith({ id: 3 }) })
    await insertRepair(store.database, repair)
    const entry = {
      stage: 'accept',
      nextStage: 'collect',
      status: 'in_progress',
      conclusion: null,
      reason: null,
      startedAt: new Date('2026-01-02T03:04:05Z'),
      endedAt: new Date('2026-01-02T03:04:06Z'),
    }

    await saveRepair(store.database, { ...repair, stage: 'collect', status: 'in_progress' }, null, entry)
    await saveRepair(store.database, { ...repair, stage: 'triage' }, null, {
      ...entry,
      stage: 'collect',
      nextStage: 'triage',
    })

    expect(await readJournal(store.database, id(3))).toEqual([
      entry,
      { ...entry, stage: 'collect', nextStage: 'triage' },
    ])
  })

  it.skipIf(!isThere)('rolls a transaction back whole, with its task', async () => {
    const repair = repairWith({ id: id(4), run: runWith({ id: 4 }) })

    const broken = store.database.transaction(async (session) => {
      await insertRepair(session, repair)
      await store.queue.enqueue(session, { kind: 'advance', repairId: id(4), repositoryId: 4 })
      throw new Error('power cut')
    })

    await expect(broken).rejects.toThrow('power cut')
    expect(await loadRepair(store.database, id(4))).toBeNull()
    expect(
      await store.database.query(`select id from pgboss.job where data ->> 'repairId' = $1`, [id(4)]),
    ).toEqual([])
  })

  it.skipIf(!isThere)('takes the first request to stop, and none for what has completed', async () => {
    const repair = repairWith({ id: id(5), run: runWith({ id: 5 }) })
    await insertRepair(store.database, repair)

    expect(await requestStop(store.database, id(5), { conclusion: 'superseded', reason: 'first' })).toBe(true)
    expect(await requestStop(store.database, id(5), { conclusion: 'declined', reason: 'second' })).toBe(false)
    expect((await loadRepair(store.database, id(5)))?.stop).toEqual({
      conclusion: 'superseded',
      reason: 'first',
    })

    const done = repairWith({
      id: id(6),
      run: runWith({ id: 6 }),
      status: 'completed',
      conclusion: 'repaired',
    })
    await insertRepair(store.database, done)
    expect(await requestStop(store.database, id(6), { conclusion: 'declined', reason: 'late' })).toBe(false)
  })

  it.skipIf(!isThere)('finds open repairs by workflow and branch, and by our branch', async () => {
    const run = runWith({ id: 7, workflowId: 70, headBranch: 'feature' })
    const repair = repairWith({ id: id(7), run })
    await insertRepair(store.database, repair)
    const effects = { ...repair.effects, branch: 'regreen/a-b' }
    const entry = {
      stage: 'a',
      nextStage: 'b',
      status: 'waiting',
      conclusion: null,
      reason: null,
      startedAt: new Date(),
      endedAt: new Date(),
    }
    await saveRepair(store.database, { ...repair, effects }, null, entry)

    const at = { repositoryId: 5, workflowId: 70, headBranch: 'feature' }
    expect((await findOpenRepairs(store.database, at)).map((each) => each.id)).toEqual([id(7)])
    expect(await findOpenRepairs(store.database, { ...at, headBranch: null })).toEqual([])
    expect(await findRepairByBranch(store.database, 5, 'regreen/a-b')).toBe(id(7))
    expect(await findRepairByBranch(store.database, 6, 'regreen/a-b')).toBeNull()
  })

  it.skipIf(!isThere)('names as stuck what is not completed, untouched and due', async () => {
    const old = '2020-01-01T00:00:00.000Z'
    await insertRepair(
      store.database,
      repairWith({ id: id(8), run: runWith({ id: 8 }), createdAt: old, updatedAt: old }),
    )

    const stuck = await findStuckRepairs(store.database, new Date('2020-01-02T00:00:00Z'))

    expect(stuck).toEqual([{ id: id(8), repositoryId: 5 }])
  })

  it.skipIf(!isThere)('migrates twice without harm and refuses a newer schema', async () => {
    await migrate(store.database)
    await store.database.query('update schema_version set version = 999')

    await expect(migrate(store.database)).rejects.toMatchObject({ code: 'database-newer' })
    await store.database.query('delete from schema_version')
    await store.database.query('insert into schema_version values (1)')
  })

  it.skipIf(!isThere)(
    'works on one task at a time per repository, on several at once, and again on what failed',
    async () => {
      const running = new Map<number, number>()
      let together = 0
      let overlap = 0
      const done: string[] = []
      await store.queue.start(async (task) => {
        const { repositoryId, repairId } = task as Extract<Task, { kind: 'advance' }>
        running.set(repositoryId, (running.get(repositoryId) ?? 0) + 1)
        if ((running.get(repositoryId) ?? 0) > 1) overlap++
        together = Math.max(
          together,
          [...running.values()].reduce((sum, count) => sum + count, 0),
        )
        await new Promise((resolve) => setTimeout(resolve, 150))
        running.set(repositoryId, (running.get(repositoryId) ?? 0) - 1)
        if (repairId === '1-2' && task.tries === undefined) throw new Error('GitHub is down')
        done.push(repairId)
      })

      for (const repositoryId of [1, 2]) {
        for (const number of [1, 2, 3]) {
          const task = { kind: 'advance', repairId: `${repositoryId}-${number}`, repositoryId } as const
          await store.queue.enqueue(store.database, task)
        }
      }

      await expect.poll(() => done.length, { timeout: 20_000 }).toBe(6)
      expect(overlap).toBe(0)
      expect(together).toBe(2)
    },
  )
})

it('turns away a second process on one data directory', async () => {
  const { mkdtemp } = await import('node:fs/promises')
  const directory = await mkdtemp('/tmp/regreen-store-')
  const store = await openStore({ directory }, failOn)

  await expect(openStore({ directory }, failOn)).rejects.toMatchObject({ code: 'data-directory-locked' })
  await store.close()
}, 60_000)

function id(number: number): string {
  return `0a1b2c3d-0000-4000-8000-${String(number).padStart(12, '0')}`
}
