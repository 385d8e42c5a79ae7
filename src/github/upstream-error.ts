/** Turns what Octokit throws into our errors, with what to do about it. */
import { RequestError } from '@octokit/request-error'
import { isCodedError, OperatorError, UpstreamError } from '../errors.ts'

/** Our errors pass through. 403 and 404 ask for a person, 401, 429 and 5xx are tried again. */
export function upstreamError(error: unknown): Error {
  if (isCodedError(error)) return error
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error))
  const call = `${error.request.method} ${new URL(error.request.url).pathname}`
  if (isRateLimit(error)) {
    return new UpstreamError({
      code: 'github-rate-limit',
      message: `GitHub's rate limit is used up (${call}). The repair goes on when GitHub allows it.`,
      cause: error,
    })
  }
  if (error.status === 403) {
    const needed = error.response?.headers['x-accepted-github-permissions']
    return new OperatorError({
      code: 'github-permission-missing',
      message:
        `GitHub refuses ${call} (403: ${error.message.slice(0, 200)}). ` +
        `The App lacks a permission${needed ? ` (needed: ${needed})` : ''}. ` +
        'Grant it in the App settings and accept it in the installation.',
      cause: error,
    })
  }
  if (error.status === 401 || error.status >= 500 || error.status === 429) {
    return new UpstreamError({
      code: 'github-unavailable',
      message: `GitHub did not answer ${call} (${error.status}). The step is tried again.`,
      cause: error,
    })
  }
  return new UpstreamError({
    code: 'github-refused',
    message: `GitHub refused ${call} (${error.status}: ${error.message.slice(0, 200)}).`,
    cause: error,
  })
}

/** True for an answer with this status, whoever wrapped it. */
export function hasStatus(error: unknown, status: number): boolean {
  if (error instanceof RequestError) return error.status === status
  return error instanceof Error && error.cause !== undefined && hasStatus(error.cause, status)
}

function isRateLimit(error: RequestError): boolean {
  if (error.status !== 403 && error.status !== 429) return false
  const headers = error.response?.headers
  return headers?.['x-ratelimit-remaining'] === '0' || headers?.['retry-after'] !== undefined
}
