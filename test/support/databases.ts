/** Fresh databases of both engines, for tests that must hold on each. */
import pg from 'pg'
import type { StoreLocation } from '../../src/store/open-store.ts'

/** Where a PostgreSQL server may be used; it is started by .ci/run. */
const serverUrl = process.env.REGREEN_TEST_DATABASE_URL

/** The engines to test. Without a server, the tests of PostgreSQL are skipped and say so by their name. */
export const engines: readonly { engine: 'PGlite' | 'PostgreSQL'; isThere: boolean }[] = [
  { engine: 'PGlite', isThere: true },
  { engine: 'PostgreSQL', isThere: serverUrl !== undefined },
]

let count = 0

/** A new, empty database; PGlite in `directory` or in memory. */
export async function newDatabase(
  engine: 'PGlite' | 'PostgreSQL',
  directory = 'memory',
): Promise<StoreLocation> {
  if (engine === 'PGlite') return { directory }
  const name = `regreen_test_${process.pid}_${Date.now()}_${++count}`
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`create database ${name}`)
  await admin.end()
  const url = new URL(serverUrl ?? '')
  url.pathname = `/${name}`
  return { databaseUrl: url.href }
}
