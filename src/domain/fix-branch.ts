/** The name of a repair's branch: it alone tells our branches from all others. */
import type { Repair } from './repair.ts'
import { shortId } from './repair.ts'

const prefix = 'regreen/'

/** `regreen/<short id>-<failure class>`. Needs a diagnosis. */
export function fixBranchOf(repair: Pick<Repair, 'id' | 'diagnosis'>): string {
  return `${prefix}${shortId(repair)}-${repair.diagnosis?.failureClass ?? 'other'}`
}

/** True for a branch that Regreen names. */
export function isFixBranch(branch: string | null): boolean {
  return branch?.startsWith(prefix) ?? false
}
