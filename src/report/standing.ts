/** Where a repair stands, as a report's status line says it. Only CI can make it `resolved`. */
import { currentAttempt, type Repair } from '../domain/repair.ts'

const standings = [
  'working',
  'drafted',
  'verifying',
  'resolved',
  'not-resolved',
  'unverified',
  'recovered',
  'diagnosed',
  'superseded',
  'declined',
  'skipped',
  'cancelled',
  'failed',
] as const
export type Standing = (typeof standings)[number]

/** The standing of a repair; `resolved` needs a green verification, whatever the conclusion claims. */
export function standingOf(repair: Repair): Standing {
  switch (repair.conclusion) {
    case null:
      return standingOnTheWay(repair)
    case 'repaired':
      return isGreen(repair) ? 'resolved' : 'unverified'
    case 'exhausted':
      return 'not-resolved'
    case 'recovered':
    case 'diagnosed':
    case 'superseded':
    case 'declined':
    case 'skipped':
    case 'cancelled':
    case 'failed':
      return repair.conclusion === 'diagnosed' && isUnverified(repair) ? 'unverified' : repair.conclusion
    default:
      return repair.conclusion satisfies never
  }
}

function standingOnTheWay(repair: Repair): Standing {
  const attempt = currentAttempt(repair)
  if (!attempt) return repair.humanSteps ? 'diagnosed' : 'working'
  switch (attempt.verification?.outcome) {
    case 'green':
      return 'resolved'
    case 'red':
      return 'not-resolved'
    case 'unverified':
      return 'unverified'
    case 'waiting':
      return 'verifying'
    default:
      return repair.stage === 'verify' ? 'verifying' : 'drafted'
  }
}

function isGreen(repair: Repair): boolean {
  return currentAttempt(repair)?.verification?.outcome === 'green'
}

/** A patch that nothing could verify ends as a diagnosis with a draft pull request. */
function isUnverified(repair: Repair): boolean {
  return currentAttempt(repair)?.verification?.outcome === 'unverified'
}
