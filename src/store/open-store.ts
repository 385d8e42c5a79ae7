/** Opens database and queue together: embedded by default, PostgreSQL where a URL is given. */
import type { Database } from './database.ts'
import { migrate } from './migrate.ts'
import { openPglite } from './open-pglite.ts'
import { openPostgresql } from './open-postgresql.ts'
import { openQueue, type Queue } from './queue.ts'

/** Everything that outlives the process. */
export interface Store {
  readonly database: Database
  readonly queue: Queue
  close(): Promise<void>
}

/** Where the store lives: a folder (or `memory`) for PGlite, or a PostgreSQL connection string. */
export type StoreLocation = { directory: string | 'memory' } | { databaseUrl: string }

/** Opens, migrates and returns the store. `onError` hears of queue faults that no caller waits for. */
export async function openStore(location: StoreLocation, onError: (error: unknown) => void): Promise<Store> {
  const databaseUrl = 'databaseUrl' in location ? location.databaseUrl : undefined
  const database =
    'databaseUrl' in location ? openPostgresql(location.databaseUrl) : await openPglite(location.directory)
  try {
    await migrate(database)
    const queue = await openQueue(database, databaseUrl, onError)
    return { database, queue, close: () => closeStore(database, queue) }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Long enough for a GitHub call to end; a longer stage runs again after the restart. */
const stopTimeoutMs = 20_000

async function closeStore(database: Database, queue: Queue): Promise<void> {
  await queue.stop(stopTimeoutMs)
  await database.close()
}
