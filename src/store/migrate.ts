/** Brings the database to the current schema. */
import { OperatorError } from '../errors.ts'
import type { Database } from './database.ts'
import { migrations } from './migrations.ts'

/** Any fixed number: replicas that start together take turns on it. */
const advisoryLock = 7_341_096

/**
 * Applies the missing migrations in one transaction, so that a killed start leaves the old schema.
 * Throws `database-newer` when the database was migrated by a newer Regreen.
 */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock($1)', [advisoryLock])
    await session.query('create table if not exists schema_version (version integer not null)')
    const [row] = await session.query<{ version: number }>('select version from schema_version')
    const version = row?.version ?? 0
    if (version > migrations.length) throw newerError(version)
    for (const sql of migrations.slice(version)) await session.forQueue.executeSql(sql)
    await session.query('delete from schema_version')
    await session.query('insert into schema_version values ($1)', [migrations.length])
  })
}

function newerError(version: number): OperatorError {
  return new OperatorError({
    code: 'database-newer',
    message:
      `The database has schema version ${version}; this Regreen knows up to ${migrations.length}. ` +
      'It was written by a newer Regreen. Start that version, or restore a backup made before the upgrade.',
  })
}
