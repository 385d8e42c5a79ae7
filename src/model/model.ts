/** The language model behind one small interface: a question with a schema, an answer of that schema. */
import type { ZodType } from 'zod'
import type { Cost } from '../domain/attempt.ts'

/** One question. The model gets nothing else: no tool, no history, no secret. */
export interface Question<Output> {
  /** Our own words only. */
  system: string
  /** May hold untrusted text, inside the blocks that the prompt renderer writes. */
  user: string
  schema: ZodType<Output>
  /** What the answer is called towards the server, such as `Diagnosis`. */
  name: string
}

export interface Model {
  readonly name: string
  /**
   * The answer, checked against the schema, and what it cost. Throws UpstreamError `model-unavailable` or
   * `model-answer-invalid`, and OperatorError `model-key-refused`. No error holds the key.
   */
  answer<Output>(question: Question<Output>): Promise<{ output: Output; cost: Cost }>
}
