/** The proof of repair: what ran before and after the fix, and what was measured. */
import { z } from 'zod'
import { checkSchema } from './verdict.ts'

export const jobResultSchema = z.strictObject({
  name: z.string(),
  conclusion: z.string().nullable(),
  htmlUrl: z.string().nullable(),
})
export type JobResult = z.infer<typeof jobResultSchema>

export const runResultSchema = z.strictObject({
  runId: z.number().int(),
  runAttempt: z.number().int(),
  workflowId: z.number().int(),
  headSha: z.string(),
  status: z.string().nullable(),
  conclusion: z.string().nullable(),
  htmlUrl: z.string(),
  jobs: z.array(jobResultSchema),
  /** Tests counted in the logs, summed over jobs; null where no log shows a count. */
  testCount: z.number().int().nonnegative().nullable(),
  /** Seconds from the run's start to its end; null while it runs. */
  durationSeconds: z.number().nullable(),
  /** Text that a job's log gives about what was not really done, such as "not built: …". */
  notices: z.array(z.string()),
})
/** A workflow run as the proof of repair sees it. */
export type RunResult = z.infer<typeof runResultSchema>

export const measurementSchema = z.strictObject({
  /** What was measured: `image-size`, `build-time-first`, `build-time-cached`, `start-up-time`, … */
  metric: z.string(),
  value: z.number(),
  unit: z.enum(['seconds', 'milliseconds', 'megabytes', 'count', 'id']),
  /** On what it was measured: builder and version, base image, machine. */
  measuredOn: z.string(),
})
/** A figure that a run produced. */
export type Measurement = z.infer<typeof measurementSchema>

export const imageTrialSchema = z.strictObject({
  builder: z.string(),
  /** Run checks R1 to R8. */
  checks: z.array(checkSchema),
  measurements: z.array(measurementSchema),
})
/** A drafted Dockerfile, really built and run. */
export type ImageTrial = z.infer<typeof imageTrialSchema>

export const verificationSchema = z.strictObject({
  /** How CI was started on the fix: by the push, by the draft pull request, by a re-run, or not at all. */
  trigger: z.enum(['push', 'pull_request', 'rerun', 'none']),
  outcome: z.enum(['green', 'red', 'unverified', 'waiting']),
  /** One sentence: what was proved, or why nothing could be. */
  summary: z.string(),
  branch: z.string().nullable(),
  headSha: z.string().nullable(),
  before: runResultSchema.nullable(),
  after: runResultSchema.nullable(),
  /** Each part of the proof: failed jobs now succeed, no job lost, test counts did not fall. */
  checks: z.array(checkSchema),
})
/** Whether the repository's own CI agrees that the failure is gone. */
export type Verification = z.infer<typeof verificationSchema>
