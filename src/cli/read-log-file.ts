/** Reads a job's log from a file or from standard input. */
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import type { JobLog } from '../domain/evidence.ts'
import { readLog } from '../stages/collect/read-log.ts'
import { redact } from '../stages/collect/redact.ts'
import { usageError } from './command.ts'

/** `-` is standard input. Throws `usage` when the file cannot be read. */
export async function readLogFile(path: string): Promise<JobLog> {
  const stream = path === '-' ? process.stdin : createReadStream(path)
  try {
    const read = await readLog(stream as AsyncIterable<Uint8Array>, redact)
    return { jobId: 0, jobName: logName(path), ...read, missing: null }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw usageError(`The log ${path} cannot be read (${message})`)
  }
}

/** The file's name without `.log`. */
export function logName(path: string): string {
  return path === '-' ? 'stdin' : basename(path).replace(/\.log$/, '')
}
