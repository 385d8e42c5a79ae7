/** Opens the embedded database: PGlite in a folder that one process holds. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { fromPglite } from 'pg-boss'
import type { Database, Session } from './database.ts'
import { lockDirectory } from './lock-directory.ts'

/**
 * Opens or creates the database in `directory`; `memory` keeps nothing.
 * Throws `data-directory-locked` when another process holds the folder: PGlite itself would let both
 * write, and lose rows.
 */
export async function openPglite(directory: string | 'memory'): Promise<Database> {
  if (directory === 'memory') return wrap(await PGlite.create(), async () => {})
  await mkdir(directory, { recursive: true })
  const unlock = await lockDirectory(directory)
  try {
    return wrap(await PGlite.create(join(directory, 'pglite')), unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

function wrap(pglite: PGlite, unlock: () => Promise<void>): Database {
  return {
    engine: 'pglite',
    forQueue: fromPglite(pglite),
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await pglite.query<Row>(sql, [...parameters])).rows,
    execute: async (sql) => {
      await pglite.exec(sql)
    },
    transaction: (work) => pglite.transaction((transaction) => work(sessionOf(transaction))),
    close: async () => {
      await pglite.close()
      await unlock()
    },
  }
}

function sessionOf(transaction: Transaction): Session {
  return {
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await transaction.query<Row>(sql, [...parameters])).rows,
    forQueue: {
      executeSql: async (text, values) =>
        values?.length
          ? await transaction.query<object>(text, values)
          : { rows: (await transaction.exec(text)).flatMap((result) => result.rows ?? []) },
    },
  }
}
