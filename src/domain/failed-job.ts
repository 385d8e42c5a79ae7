/** A job that failed in a workflow run, with its steps. */
import { z } from 'zod'

export const jobStepSchema = z.strictObject({
  number: z.number().int(),
  name: z.string(),
  status: z.string(),
  conclusion: z.string().nullable(),
})
export type JobStep = z.infer<typeof jobStepSchema>

export const failedJobSchema = z.strictObject({
  id: z.number().int(),
  name: z.string(),
  conclusion: z.string().nullable(),
  htmlUrl: z.string().nullable(),
  steps: z.array(jobStepSchema),
})
/** A job as GitHub's jobs API tells it; `steps` in their order. */
export type FailedJob = z.infer<typeof failedJobSchema>

/** The first step of the job that failed, or undefined when the job has no failed step. */
export function firstFailedStep(job: FailedJob): JobStep | undefined {
  return job.steps.find((step) => step.conclusion === 'failure' || step.conclusion === 'timed_out')
}
