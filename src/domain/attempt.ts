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

/** Why the patch must not be used: a reviewer's decision, or a run check of the image that failed; else null. */
export function refusalOf({ verdicts, imageTrial }: Attempt): string | null {
  const refused = verdicts.find(({ decision }) => decision !== 'approve')
  if (verdicts.length === 0 || refused) return 'Review refused the patch.'
  const failed = imageTrial?.checks.filter(({ outcome }) => outcome === 'failed') ?? []
  if (failed.length === 0) return null
  return `The drafted image failed its trial: ${failed.map(({ id, title }) => `${id} ${title}`).join(', ')}.`
}
