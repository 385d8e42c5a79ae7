/** The command that brings the database to the application's schema, where the project has one. */
import type { ProjectFiles } from './project-files.ts'

/** A command for people; it never enters the start command of a service that may run many times. */
export function migrationsOf({ files }: ProjectFiles, ecosystem: 'python' | 'node'): string | null {
  const has = (pattern: RegExp) => files.some((path) => pattern.test(path))
  if (ecosystem === 'python') {
    if (has(/^alembic\.ini$/)) return 'alembic upgrade head'
    if (has(/^manage\.py$/) && has(/(^|\/)migrations\/\d{4}_\w+\.py$/)) return 'python manage.py migrate'
    return null
  }
  if (has(/^prisma\/schema\.prisma$/)) return 'npx prisma migrate deploy'
  if (has(/^knexfile\.[cm]?[jt]s$/)) return 'npx knex migrate:latest'
  return null
}
