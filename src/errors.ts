/** The three kinds of error, by who must act. Each code has a heading in docs/errors.md. */

type ErrorOptions = {
  /** Stable kebab-case name, documented in docs/errors.md. */
  code: string
  /** What happened, what it means, what to do. */
  message: string
  cause?: unknown
}

class CodedError extends Error {
  readonly code: string

  constructor({ code, message, cause }: ErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = new.target.name
    this.code = code
  }
}

/** The setup or the call is wrong and a person must change it. Printed without a stack. */
export class OperatorError extends CodedError {}

/** GitHub, git, a builder or the model failed. The stage is run again with a delay. */
export class UpstreamError extends CodedError {}

/** A bound stopped us. The repair ends with a report that names the bound. */
export class LimitReached extends CodedError {}

/** True for the errors whose message alone is meant for a person. */
export function isCodedError(error: unknown): error is OperatorError | UpstreamError | LimitReached {
  return error instanceof CodedError
}
