/** GitHub's primary rate limit: so many requests an hour for each installation and person. */
import { ApiError } from './api.ts'
import type { Actor } from './world.ts'

const hourMs = 3_600_000

interface Window {
  startMs: number
  used: number
}

/** Counts the requests of the running hour. */
export class RateLimiter {
  private readonly windows = new Map<string, Window>()
  private readonly requestsPerHour: number
  private readonly clock: () => Date

  constructor(requestsPerHour: number, clock: () => Date) {
    this.requestsPerHour = requestsPerHour
    this.clock = clock
  }

  /** Counts one request, or refuses it. */
  count(actor: Actor): void {
    const window = this.windowOf(actor)
    if (window.used >= this.requestsPerHour) {
      throw new ApiError(403, `API rate limit exceeded for ${keyOf(actor)}.`)
    }
    window.used++
  }

  /** An unchanged answer costs nothing. */
  giveBack(actor: Actor): void {
    this.windowOf(actor).used--
  }

  /** The headers that tell the state of the limit. */
  headers(actor: Actor): Record<string, string> {
    const { used, startMs } = this.windowOf(actor)
    return {
      'x-ratelimit-limit': String(this.requestsPerHour),
      'x-ratelimit-remaining': String(Math.max(0, this.requestsPerHour - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(Math.ceil((startMs + hourMs) / 1000)),
      'x-ratelimit-resource': 'core',
    }
  }

  private windowOf(actor: Actor): Window {
    const key = keyOf(actor)
    const nowMs = this.clock().getTime()
    const known = this.windows.get(key)
    if (known && known.startMs + hourMs > nowMs) return known
    const window = { startMs: nowMs, used: 0 }
    this.windows.set(key, window)
    return window
  }
}

function keyOf(actor: Actor): string {
  if (actor.kind === 'installation') return `installation ID ${actor.installation.id}`
  return actor.kind === 'user' ? `user ID ${actor.user.id}` : actor.kind
}
