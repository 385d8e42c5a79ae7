/** Short-lived addresses of job logs, as the signed ones that GitHub redirects to. */
import { createHmac, randomBytes } from 'node:crypto'
import type { Job } from './state.ts'

const key = randomBytes(32)

/** The secret part of a log's address. */
export function logTicket(job: Job): string {
  return `${job.id}-${createHmac('sha256', key).update(String(job.id)).digest('hex').slice(0, 32)}`
}

/** A job's log as one text, with the byte order mark GitHub puts first. */
export function logText(job: Job): string {
  return `\uFEFF${job.log.join('\n')}\n`
}
