/** Repairs and their journal, as rows. */
import { type Conclusion, type Repair, repairSchema, type WorkflowRunIdentity } from '../domain/repair.ts'
import type { Database, Session } from './database.ts'

/** A request from outside to end a repair at its next step. */
export interface StopRequest {
  conclusion: Conclusion
  reason: string
}

/** One line of a repair's journal: the stage that ran and where it led. */
export interface JournalEntry {
  stage: string
  nextStage: string
  status: string
  conclusion: string | null
  reason: string | null
  startedAt: Date
  endedAt: Date
}

interface RepairRow {
  record: unknown
  stop_conclusion: Conclusion | null
  stop_reason: string | null
}

/** Stores a new repair. Returns false, and stores nothing, when this run attempt is known already. */
export async function insertRepair(session: Session, repair: Repair): Promise<boolean> {
  const rows = await session.query(
    `insert into repairs (id, installation_id, repository_id, workflow_id, run_id, run_attempt, head_branch,
       stage, status, record, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict do nothing returning id`,
    [
      repair.id,
      repair.installationId,
      repair.repository.id,
      repair.run.workflowId,
      repair.run.id,
      repair.run.runAttempt,
      repair.run.headBranch,
      repair.stage,
      repair.status,
      JSON.stringify(repair),
      repair.createdAt,
      repair.updatedAt,
    ],
  )
  return rows.length === 1
}

/** The repair, checked against its schema, with a pending stop request; null when there is none. */
export async function loadRepair(
  session: Session,
  id: string,
): Promise<{ repair: Repair; stop: StopRequest | null } | null> {
  const [row] = await session.query<RepairRow>(
    'select record, stop_conclusion, stop_reason from repairs where id = $1',
    [id],
  )
  if (!row) return null
  const stop = row.stop_conclusion
    ? { conclusion: row.stop_conclusion, reason: row.stop_reason ?? 'Stopped.' }
    : null
  return { repair: repairSchema.parse(row.record), stop }
}

/** Writes the repair and its journal entry together. The stop request is left alone. */
export async function saveRepair(
  session: Session,
  repair: Repair,
  wakeAt: Date | null,
  entry: JournalEntry,
): Promise<void> {
  await session.query(
    `update repairs set stage = $2, status = $3, conclusion = $4, fix_branch = $5, wake_at = $6, record = $7,
       updated_at = $8 where id = $1`,
    [
      repair.id,
      repair.stage,
      repair.status,
      repair.conclusion,
      repair.effects.branch,
      wakeAt,
      JSON.stringify(repair),
      repair.updatedAt,
    ],
  )
  await session.query(
    `insert into transitions (repair_id, sequence, stage, next_stage, status, conclusion, reason, started_at, ended_at)
     select $1, coalesce(max(sequence), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from transitions where repair_id = $1`,
    [
      repair.id,
      entry.stage,
      entry.nextStage,
      entry.status,
      entry.conclusion,
      entry.reason,
      entry.startedAt,
      entry.endedAt,
    ],
  )
}

/** The stages a repair has gone through, oldest first. */
export async function readJournal(session: Session, repairId: string): Promise<JournalEntry[]> {
  return session.query<JournalEntry>(
    `select stage, next_stage as "nextStage", status, conclusion, reason, started_at as "startedAt",
       ended_at as "endedAt" from transitions where repair_id = $1 order by sequence`,
    [repairId],
  )
}

/** Asks a repair to end. The first request wins; a completed repair is left alone. */
export async function requestStop(session: Session, repairId: string, stop: StopRequest): Promise<boolean> {
  const rows = await session.query(
    `update repairs set stop_conclusion = $2, stop_reason = $3
     where id = $1 and status <> 'completed' and stop_conclusion is null returning id`,
    [repairId, stop.conclusion, stop.reason],
  )
  return rows.length === 1
}

/** The uncompleted repair that owns a fix branch; null for a branch that is none of ours. */
export async function findRepairByBranch(
  session: Session,
  repositoryId: number,
  branch: string,
): Promise<string | null> {
  const [row] = await session.query<{ id: string }>(
    `select id from repairs where repository_id = $1 and fix_branch = $2 and status <> 'completed'`,
    [repositoryId, branch],
  )
  return row?.id ?? null
}

/** Uncompleted repairs of one workflow on one branch, oldest first. */
export async function findOpenRepairs(session: Session, of: WorkflowRunIdentity): Promise<Repair[]> {
  const rows = await session.query<{ record: unknown }>(
    `select record from repairs where repository_id = $1 and workflow_id = $2
       and head_branch is not distinct from $3 and status <> 'completed' order by created_at`,
    [of.repositoryId, of.workflowId, of.headBranch],
  )
  return rows.map((row) => repairSchema.parse(row.record))
}

/** Repairs that nothing will wake: no task ran for them since `before`, though they are not completed. */
export async function findStuckRepairs(
  database: Database,
  before: Date,
): Promise<{ id: string; repositoryId: number }[]> {
  return database.query(
    `select id, repository_id::float8 as "repositoryId" from repairs
     where status <> 'completed' and updated_at < $1 and (wake_at is null or wake_at < $1) limit 1000`,
    [before],
  )
}

/** All repairs, newest first. */
export async function listRepairs(session: Session, limit: number): Promise<Repair[]> {
  const rows = await session.query<{ record: unknown }>(
    'select record from repairs order by created_at desc limit $1',
    [limit],
  )
  return rows.map((row) => repairSchema.parse(row.record))
}
