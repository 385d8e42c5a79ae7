/** Opens PostgreSQL, for any number of processes on one database. */
import pg from 'pg'
import type { Database, Session } from './database.ts'

/** Connections of one process. Each replica adds as many; PostgreSQL allows 100 by default. */
const connectionsMax = 10

/** Connects on first use. Throws PostgreSQL's own errors, which name host and reason. */
export function openPostgresql(connectionString: string): Database {
  const pool = new pg.Pool({ connectionString, max: connectionsMax })
  // A lost idle connection is replaced on the next query; without a listener it would end the process.
  pool.on('error', () => {})
  return {
    engine: 'postgresql',
    ...sessionOf(pool),
    execute: async (sql) => {
      await pool.query(sql)
    },
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  }
}

function sessionOf(client: pg.Pool | pg.PoolClient): Session {
  return {
    query: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...parameters])).rows,
    forQueue: { executeSql: (text, values) => client.query(text, values) },
  }
}

async function inTransaction<Result>(
  pool: pg.Pool,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(sessionOf(client))
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((rollbackError: Error) => {
      broken = rollbackError
    })
    throw error
  } finally {
    client.release(broken)
  }
}
