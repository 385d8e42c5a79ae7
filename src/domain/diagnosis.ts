/** The named cause of a failure, with the lines that prove it. */
import { z } from 'zod'
import { failureClassSchema } from './failure-class.ts'

export const roles = ['devops-coordinator', 'backend-developer', 'security-architect'] as const
export const roleSchema = z.enum(roles)
/** A role agent's name: its file is `agents/<role>.agent.md`. */
export type Role = z.infer<typeof roleSchema>

export const remedySchema = z.enum(['playbook', 'agents', 'rerun', 'human', 'none'])
/** Who or what can mend the failure. */
export type Remedy = z.infer<typeof remedySchema>

export const citationSchema = z.strictObject({
  jobId: z.number().int(),
  line: z.number().int().positive(),
  text: z.string(),
})
/** A log line that supports a claim. */
export type Citation = z.infer<typeof citationSchema>

export const diagnosisSchema = z.strictObject({
  failureClass: failureClassSchema,
  remedy: remedySchema,
  lead: roleSchema,
  /** Share of certainty from 0 to 1, set by rules, never by a model's words. */
  confidence: z.number().min(0).max(1),
  /** One sentence, in English, without untrusted text beyond what it quotes. */
  summary: z.string(),
  /** The causal lines, most telling first. */
  citations: z.array(citationSchema),
})
/** What failed and who can mend it. */
export type Diagnosis = z.infer<typeof diagnosisSchema>
