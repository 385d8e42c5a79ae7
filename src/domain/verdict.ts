/** What review says of a patch: approve it, or ask for changes with findings. */
import { z } from 'zod'

export const findingSchema = z.strictObject({
  /** Stable code such as `workflow/step-removed`; each has a heading in docs/gates.md. */
  code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*\/[a-z0-9]+(-[a-z0-9]+)*$/),
  /** `error` blocks the patch; `warning` is shown in the report and must be answered there. */
  severity: z.enum(['error', 'warning']),
  path: z.string(),
  /** Line in the file after the change (in the file before it, for a removal); null for the whole file. */
  line: z.number().int().positive().nullable(),
  /** What is wrong, why it matters, what to do instead. */
  message: z.string(),
})
/** One objection to a patch. */
export type Finding = z.infer<typeof findingSchema>

export const checkSchema = z.strictObject({
  /** A gate's name (`secrets`) or a check's id (`E7`). */
  id: z.string(),
  title: z.string(),
  /** `informed`: worth knowing, and no fault. */
  outcome: z.enum(['passed', 'failed', 'warned', 'informed', 'not_applicable', 'not_run']),
  /** The line or value the check looked at, or why it was not run. */
  detail: z.string(),
})
/** The result of one gate or check, kept for the report whether it found something or not. */
export type Check = z.infer<typeof checkSchema>

export const verdictSchema = z.strictObject({
  /** `gates`, or the role that reviewed. */
  reviewer: z.string(),
  decision: z.enum(['approve', 'request_changes']),
  findings: z.array(findingSchema),
  checks: z.array(checkSchema),
})
/** One reviewer's decision on one patch. */
export type Verdict = z.infer<typeof verdictSchema>
