/** The life of one accepted failure, from its trigger to its one conclusion. */
import { z } from 'zod'
import { attemptSchema } from './attempt.ts'
import { diagnosisSchema } from './diagnosis.ts'
import { evidenceSchema } from './evidence.ts'
import { languageSchema, reportSchema } from './report.ts'
import { textSchema } from './text.ts'
import { actorSchema, repositorySchema, workflowRunSchema } from './workflow-run.ts'

export const stages = ['accept', 'collect', 'triage', 'draft', 'review', 'verify', 'publish'] as const
export const stageSchema = z.enum(stages)
/** A stage of the journey: also its folder, its function, the log field and the report's heading. */
export type Stage = z.infer<typeof stageSchema>

export const repairStatusSchema = z.enum(['queued', 'in_progress', 'waiting', 'completed'])

export const conclusionSchema = z.enum([
  'repaired',
  'recovered',
  'diagnosed',
  'exhausted',
  'superseded',
  'declined',
  'skipped',
  'cancelled',
  'failed',
])
/** How a repair ended. Every completed repair has exactly one. */
export type Conclusion = z.infer<typeof conclusionSchema>

export const triggerSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('workflow_run') }),
  z.strictObject({
    kind: z.literal('fix_comment'),
    commentId: z.number().int().positive(),
    pullRequestNumber: z.number().int().positive(),
    sender: actorSchema,
  }),
  z.strictObject({ kind: z.literal('command_line') }),
])

export const humanStepsSchema = z.strictObject({
  /** Why no patch follows, one sentence. */
  reason: textSchema,
  /** What a person can do, most useful first. */
  steps: z.array(textSchema),
  /** Questions whose answer would make a patch possible, each with its candidates: paths and names. */
  questions: z.array(z.strictObject({ question: textSchema, candidates: z.array(z.string()) })),
})
/** What is left to a person when code should not decide. */
export type HumanSteps = z.infer<typeof humanStepsSchema>

export const repairSchema = z.strictObject({
  id: z.uuid(),
  installationId: z.number().int().nonnegative(),
  repository: repositorySchema,
  run: workflowRunSchema,
  trigger: triggerSchema,
  language: languageSchema,
  stage: stageSchema,
  status: repairStatusSchema,
  conclusion: conclusionSchema.nullable(),
  /** Why the repair stands where it stands, one English sentence, as logs and journal have it. */
  reason: z.string().nullable(),
  /** False where nothing may be pushed: a fork, or an actor without write access. */
  mayPush: z.boolean(),
  evidence: evidenceSchema.nullable(),
  diagnosis: diagnosisSchema.nullable(),
  humanSteps: humanStepsSchema.nullable(),
  attempts: z.array(attemptSchema),
  report: reportSchema.nullable(),
  /** Names of what the repair made on GitHub, found again by these before anything is made twice. */
  effects: z.strictObject({
    branch: z.string().nullable(),
    headSha: z.string().nullable(),
    pullRequestNumber: z.number().int().positive().nullable(),
    checkRunId: z.number().int().positive().nullable(),
    commentId: z.number().int().positive().nullable(),
  }),
  /** When waiting ends at the latest, ISO 8601; null when the repair does not wait. */
  deadline: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
/** One failure that Regreen took on. */
export type Repair = z.infer<typeof repairSchema>

/** What a failure belongs to: one workflow on one branch has at most one open repair. */
export interface WorkflowRunIdentity {
  repositoryId: number
  workflowId: number
  headBranch: string | null
}

/** A repair that nothing has happened to yet. */
export function newRepair(
  input: Pick<Repair, 'id' | 'installationId' | 'repository' | 'run' | 'trigger'> & { now: Date },
): Repair {
  const { now, ...given } = input
  return {
    ...given,
    language: 'en',
    stage: 'accept',
    status: 'queued',
    conclusion: null,
    reason: null,
    mayPush: false,
    evidence: null,
    diagnosis: null,
    humanSteps: null,
    attempts: [],
    report: null,
    effects: { branch: null, headSha: null, pullRequestNumber: null, checkRunId: null, commentId: null },
    deadline: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
  }
}

/** The hidden mark by which our comments and pull requests are found again. */
export function repairMarker(repair: Pick<Repair, 'id'>): string {
  return `<!-- regreen:repair=${repair.id} -->`
}

/** The attempt that is being worked on or was the last; undefined before the first draft. */
export function currentAttempt(repair: Repair): Repair['attempts'][number] | undefined {
  return repair.attempts.at(-1)
}

/** The first eight characters of the id: unique enough for a branch name within one repository. */
export function shortId(repair: Pick<Repair, 'id'>): string {
  return repair.id.slice(0, 8)
}
