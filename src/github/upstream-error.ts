/** Turns what Octokit throws into our errors, with what to do about it. */
import { RequestError } from '@octokit/request-error'
import { isCodedError, OperatorError, UpstreamError } from '../errors.ts'

/** Our errors pass through. 403 asks for a person; all else may pass, and the stage is tried again. */
export function upstreamError(error: unknown): Error {
  if (isCodedError(error)) return error
  if (!(error instanceof RequestError)) return error instanceof Error ? error : new Error(String(error))
  const call = `${error.request.method} ${new URL(error.request.url).pathname}`
  const told = error.message.slice(0, 200)
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
        `GitHub refuses ${call} (403: ${told}). ` +
        `The App lacks a permission${needed ? ` (needed: ${needed})` : ', or its installation is suspended'}. ` +
        'Grant it in the App settings and accept it in the installation.',
      cause: error,
    })
  }
  if (error.response === undefined || error.status >= 500) {
    const outcome = error.response === undefined ? told : error.status
    return new UpstreamError({
      code: 'github-unavailable',
      message: `GitHub did not answer ${call} (${outcome}). It may be down or out of reach. The step is tried again.`,
      cause: error,
    })
  }
  if (error.status === 401) {
    return new UpstreamError({
      code: 'github-unavailable',
      message:
        `GitHub does not take our token for ${call} (401: ${told}). It was revoked, or the App was removed. ` +
        'The step is tried again with a new one; if that fails too, check APP_ID and PRIVATE_KEY.',
      cause: error,
    })
  }
  return new UpstreamError({
    code: 'github-refused',
    message:
      `GitHub refused ${call} (${error.status}: ${told}). ${meaningOf(error.status)} ` +
      'The step is tried again.',
    cause: error,
  })
}

function meaningOf(status: number): string {
  return status === 404
    ? 'What it names is gone, or the App is not installed there.'
    : 'What it names has changed, or the request does not fit this GitHub.'
}

/** True for an answer with this status, whoever wrapped it. */
export function hasStatus(error: unknown, status: number): boolean {
  if (error instanceof RequestError) return error.status === status
  return error instanceof Error && error.cause !== undefined && hasStatus(error.cause, status)
}

function isRateLimit(error: RequestError): boolean {
  if (error.status === 429) return true
  if (error.status !== 403) return false
  const headers = error.response?.headers
  return headers?.['x-ratelimit-remaining'] === '0' || headers?.['retry-after'] !== undefined
}
