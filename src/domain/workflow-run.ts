/** A run of a GitHub Actions workflow, in the few fields that a repair needs. */
import { z } from 'zod'

export const repositorySchema = z.strictObject({
  id: z.number().int().positive(),
  owner: z.string().min(1).max(100),
  name: z.string().min(1).max(100),
  defaultBranch: z.string().min(1).max(255),
  isPrivate: z.boolean(),
})
/** A GitHub repository. `id` identifies it; `owner` and `name` may change by rename or transfer. */
export type Repository = z.infer<typeof repositorySchema>

export const actorSchema = z.strictObject({
  id: z.number().int(),
  login: z.string().min(1).max(100),
  type: z.string().max(40),
})
/** A GitHub account. `type` is GitHub's: `User`, `Bot` or `Organization`. */
export type Actor = z.infer<typeof actorSchema>

export const workflowRunSchema = z.strictObject({
  id: z.number().int().positive(),
  runAttempt: z.number().int().positive(),
  workflowId: z.number().int().positive(),
  workflowName: z.string().max(1_000),
  workflowPath: z.string().max(1_000),
  event: z.string().max(100),
  headBranch: z.string().max(255).nullable(),
  headSha: z.string().regex(/^[0-9a-f]{40}$/),
  headRepositoryId: z.number().int().positive().nullable(),
  status: z.string().max(40).nullable(),
  conclusion: z.string().max(40).nullable(),
  htmlUrl: z.string().max(2_000),
  actor: actorSchema.nullable(),
  triggeringActor: actorSchema.nullable(),
  /** Open pull requests of the same repository for this head. Empty for forks, by GitHub's design. */
  pullRequestNumbers: z.array(z.number().int().positive()),
  createdAt: z.string(),
})
/** One attempt of a workflow run. Words and values of `event`, `status`, `conclusion` are GitHub's. */
export type WorkflowRun = z.infer<typeof workflowRunSchema>
