/** One interface for PGlite and PostgreSQL: parametrised SQL and transactions. */
import type { Db } from 'pg-boss'

/** Runs SQL with `$1` parameters. Inside `transaction`, the queries of the given session belong to it. */
export interface Session {
  query<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>
  /** The same session for pg-boss, so that a job is enqueued in the transaction of its row. */
  readonly forQueue: Db
}

/** An open database. */
export interface Database extends Session {
  readonly engine: 'pglite' | 'postgresql'
  /** Commits when `work` resolves, rolls back when it rejects. */
  transaction<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  /** Runs several statements without parameters, as migrations need. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}
