/** Lets one process at a time use a data directory. */
import { readFileSync } from 'node:fs'
import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { OperatorError } from '../errors.ts'

const holderSchema = z.object({ pid: z.number(), host: z.string(), startedAt: z.string() })
type Holder = z.infer<typeof holderSchema>

/** Locks this process holds. A process id alone cannot tell a restarted container from ourselves. */
const heldHere = new Set<string>()

/**
 * Takes the lock and returns the function that gives it back.
 * The lock of a process that no longer lives is taken over.
 * Throws `data-directory-locked`, which names the holder.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock')
  const mine: Holder = { pid: process.pid, host: hostname(), startedAt: startOf(process.pid) }
  for (let tries = 0; tries < 3; tries++) {
    if (!heldHere.has(path) && (await createExclusively(path, mine))) {
      heldHere.add(path)
      return async () => {
        heldHere.delete(path)
        await rm(path, { force: true })
      }
    }
    const holder = await readHolder(path)
    if (holder === null) continue
    if (heldHere.has(path) || isAlive(holder)) throw lockedError(directory, holder)
    await rm(path, { force: true })
  }
  throw lockedError(directory, mine)
}

/** Written aside and linked, so that nobody ever reads half a lock. */
async function createExclusively(path: string, holder: Holder): Promise<boolean> {
  const draft = `${path}.${process.pid}`
  await writeFile(draft, JSON.stringify(holder))
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    return { pid: 0, host: 'unknown', startedAt: '' }
  }
}

/** A holder on another host cannot be checked, so it counts as alive. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return holder.host !== 'unknown'
  if (holder.pid === process.pid) return false
  try {
    process.kill(holder.pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return holder.startedAt === startOf(holder.pid)
}

/** The kernel's start tick of a process, which tells a reused process id; empty where there is no /proc. */
function startOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')
    return fields?.[19] ?? ''
  } catch {
    return ''
  }
}

function lockedError(directory: string, holder: Holder): OperatorError {
  return new OperatorError({
    code: 'data-directory-locked',
    message:
      `The data directory ${directory} is in use by process ${holder.pid} on ${holder.host}. ` +
      'Two processes on one embedded database would lose rows. ' +
      'Stop the other process, choose another directory with REGREEN_DATA, or set DATABASE_URL to use PostgreSQL.',
  })
}
