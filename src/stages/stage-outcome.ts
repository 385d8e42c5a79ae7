/** What a stage answers. Which stage follows is decided in repair/transitions.ts alone. */
import type { Conclusion, Repair } from '../domain/repair.ts'

/** The values a stage may write; identity, stage and status belong to the machine. */
export type RepairChanges = Partial<
  Pick<
    Repair,
    | 'language'
    | 'mayPush'
    | 'evidence'
    | 'diagnosis'
    | 'humanSteps'
    | 'attempts'
    | 'report'
    | 'effects'
    | 'repository'
  >
>

export type StageOutcome =
  | { kind: 'done'; changes: RepairChanges; reason?: string }
  /** Nothing can be done before `wakeAt` or a webhook; no worker is held. */
  | { kind: 'wait'; changes: RepairChanges; wakeAt: Date; reason: string }
  /** The repair is decided; publish comes next. */
  | { kind: 'conclude'; changes: RepairChanges; conclusion: Conclusion; reason: string }
