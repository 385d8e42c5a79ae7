/** What collect found about a failed run: jobs, redacted log excerpts, workflow, diff and tree. */
import { z } from 'zod'
import { failedJobSchema } from './failed-job.ts'

export const logLineSchema = z.strictObject({
  /** Counted from 1 in the whole log, after splitting at `\n`. */
  line: z.number().int().positive(),
  /** Without byte-order mark, timestamp and escape sequences; redacted; cut to `logLineCharsMax`. */
  text: z.string(),
})
/** One line of a job's log. */
export type LogLine = z.infer<typeof logLineSchema>

export const logAccountSchema = z.strictObject({
  lines: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  keptLines: z.number().int().nonnegative(),
  keptBytes: z.number().int().nonnegative(),
  /** True when reading ended before the log did. */
  truncated: z.boolean(),
})
/** How much of a log was read, and how much of that is kept. */
export type LogAccount = z.infer<typeof logAccountSchema>

export const jobLogSchema = z.strictObject({
  jobId: z.number().int(),
  jobName: z.string(),
  /** Kept lines in order: head, tail and windows around errors. Gaps show in the line numbers. */
  lines: z.array(logLineSchema),
  account: logAccountSchema,
  /** Why there is no log, when there is none. */
  missing: z.string().nullable(),
})
/** The kept part of one job's log. */
export type JobLog = z.infer<typeof jobLogSchema>

export const annotationSchema = z.strictObject({
  level: z.string(),
  message: z.string(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
})
export type Annotation = z.infer<typeof annotationSchema>

export const treeEntrySchema = z.strictObject({
  path: z.string(),
  /** Git's file mode, such as `100644`. */
  mode: z.string(),
})
/** A file of the repository at the failing commit. */
export type TreeEntry = z.infer<typeof treeEntrySchema>

export const changedFileSchema = z.strictObject({
  path: z.string(),
  status: z.enum(['added', 'modified', 'removed', 'renamed', 'copied', 'changed', 'unchanged']),
  previousPath: z.string().nullable(),
})
/** A file that differs between the last green commit (or the base) and the failing one. */
export type ChangedFile = z.infer<typeof changedFileSchema>

export const lastGreenSchema = z.strictObject({
  runId: z.number().int(),
  headSha: z.string(),
  htmlUrl: z.string(),
})

export const evidenceSchema = z.strictObject({
  failedJobs: z.array(failedJobSchema),
  /** Names of the jobs that passed, for the proof of repair. */
  passedJobNames: z.array(z.string()),
  logs: z.array(jobLogSchema),
  annotations: z.array(annotationSchema),
  /** The workflow file at the failing commit; null where it could not be read. */
  workflow: z.strictObject({ path: z.string(), text: z.string() }).nullable(),
  lastGreen: lastGreenSchema.nullable(),
  /** Against the last green run's commit, else empty; `comparedWith` says which. */
  changedFiles: z.array(changedFileSchema),
  comparedWith: z.string().nullable(),
  tree: z.array(treeEntrySchema),
  treeTruncated: z.boolean(),
})
/** All that is known of a failure before anybody names its cause. Every text in it is untrusted. */
export type Evidence = z.infer<typeof evidenceSchema>

/** Kept and seen lines of all logs of the evidence together. */
export function totalLogAccount(evidence: Pick<Evidence, 'logs'>): LogAccount {
  const total: LogAccount = { lines: 0, bytes: 0, keptLines: 0, keptBytes: 0, truncated: false }
  for (const { account } of evidence.logs) {
    total.lines += account.lines
    total.bytes += account.bytes
    total.keptLines += account.keptLines
    total.keptBytes += account.keptBytes
    total.truncated ||= account.truncated
  }
  return total
}
