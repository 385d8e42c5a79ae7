/** A proposed change of the repository, with a reason for each file. */
import { z } from 'zod'
import { roleSchema } from './diagnosis.ts'
import { textSchema } from './text.ts'

export const fileChangeSchema = z.strictObject({
  path: z.string().min(1),
  /** The file's mode after the change. */
  mode: z.enum(['100644', '100755']),
  /** Text at the failing commit; null when the change creates the file. */
  before: z.string().nullable(),
  /** Text after the change; null when the change deletes the file. */
  after: z.string().nullable(),
  /** Why this file changes, one or two sentences. */
  reason: textSchema,
})
/** One file's change. Renames are a deletion and a creation. */
export type FileChange = z.infer<typeof fileChangeSchema>

export const authorSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('playbook'), name: z.string() }),
  z.strictObject({ kind: z.literal('agents'), role: roleSchema }),
])
/** Who drafted the patch. */
export type PatchAuthor = z.infer<typeof authorSchema>

export const ruledOutSchema = z.strictObject({
  /** A cause that could also have produced the failure. */
  cause: textSchema,
  /** The fact that excludes it. */
  because: textSchema,
})
export type RuledOut = z.infer<typeof ruledOutSchema>

/** A fact for the report's tables, such as `{ key: 'base-image', value: 'python:3.13-slim-trixie' }`. */
export const factSchema = z.strictObject({ key: z.string(), value: z.string() })
export type Fact = z.infer<typeof factSchema>

export const patchSchema = z.strictObject({
  author: authorSchema,
  /** The imperative title: also the pull request's title and, in English, the commit's subject. */
  title: textSchema,
  /** The root cause, one sentence a point, in the order in which they lead to the failure. */
  rootCause: z.array(textSchema),
  /** What the patch does and why it is the right fix. */
  summary: textSchema,
  /** What is needed to turn the run green. */
  changes: z.array(fileChangeSchema),
  /** Improvements worth having that the fix does not need; shown, never applied. */
  offers: z.array(fileChangeSchema),
  /** Other causes of the same message that were checked and excluded. */
  ruledOut: z.array(ruledOutSchema),
  /** Workarounds that would also turn the run green, and why they were not taken. */
  refusedWorkarounds: z.array(textSchema),
  /** Files next to the changed ones that stay as they are, with the reason. */
  untouched: z.array(z.strictObject({ path: z.string(), reason: textSchema })),
  /** What a person still has to do after the merge. */
  nextSteps: z.array(textSchema),
  facts: z.array(factSchema),
})
/** The smallest change that removes the cause. */
export type Patch = z.infer<typeof patchSchema>
