/** Lets a test break the next answers. */
import type { Answer } from './api.ts'

export interface FaultMatch {
  method: string
  path: RegExp
}

export type FaultResponse =
  | { status: number; headers?: Record<string, string>; body?: unknown; times?: number }
  | 'timeout'
  | 'disconnect'

interface Fault {
  match: FaultMatch
  response: FaultResponse
  left: number
}

/** Keeps the faults that are still to happen. */
export class FaultInjector {
  private readonly faults: Fault[] = []

  /** Breaks the next request that matches, or the next `times` of them. */
  failNext(match: FaultMatch, response: FaultResponse): void {
    const left = typeof response === 'object' ? (response.times ?? 1) : 1
    this.faults.push({ match, response, left })
  }

  /** The fault for a request, if one is due. */
  take(method: string, path: string): Answer | 'timeout' | 'disconnect' | undefined {
    const fault = this.faults.find(
      ({ match, left }) => left > 0 && match.method === method && match.path.test(path),
    )
    if (!fault) return undefined
    fault.left--
    if (typeof fault.response === 'string') return fault.response
    const { status, headers = {}, body = { message: 'Injected fault' } } = fault.response
    return { status, headers, body }
  }
}
