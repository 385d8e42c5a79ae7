/** One try to repair: a patch, what review said, what CI said, and what it cost. */
import { z } from 'zod'
import { patchSchema } from './patch.ts'
import { verdictSchema } from './verdict.ts'
import { imageTrialSchema, verificationSchema } from './verification.ts'

export const costSchema = z.strictObject({
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  /** In US dollars; null when the model's price is not configured. */
  dollars: z.number().nonnegative().nullable(),
})
/** What the language model cost. All zero for playbooks. */
export type Cost = z.infer<typeof costSchema>

export const noCost: Cost = { inputTokens: 0, outputTokens: 0, dollars: 0 }

export const attemptSchema = z.strictObject({
  patch: patchSchema,
  /** In the order of review; empty until the review stage has run. */
  verdicts: z.array(verdictSchema),
  imageTrial: imageTrialSchema.nullable(),
  verification: verificationSchema.nullable(),
  cost: costSchema,
})
export type Attempt = z.infer<typeof attemptSchema>
