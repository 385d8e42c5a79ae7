/** Sends signed webhooks, in order for each repository, and remembers each delivery for redelivery. */
import { createHmac, randomUUID } from 'node:crypto'
import { isoSeconds } from './git/objects.ts'

export interface WebhookTarget {
  url: string
  secret: string
}

export interface WebhookEvent {
  event: string
  action: string | undefined
  payload: Record<string, unknown>
  installationId: number
  repositoryId: number | undefined
}

export interface Delivery extends WebhookEvent {
  id: number
  guid: string
  deliveredAt: string
  isRedelivery: boolean
  durationSeconds: number
  status: string
  statusCode: number
  request: { headers: Record<string, string> }
  response: { headers: Record<string, string>; payload: string }
  url: string
}

/** Tells for an event whether something should happen to it. */
export type DeliveryPredicate = (event: WebhookEvent) => boolean

/** What a test can do to deliveries; `undefined` ends it. */
export interface DeliveryFaults {
  /** The event is listed with status 0 and never sent, as when the receiver is down. */
  drop(predicate: DeliveryPredicate | undefined): void
  /** The event is sent twice under the same GUID. */
  duplicate(predicate: DeliveryPredicate | undefined): void
}

/** GitHub gives a receiver ten seconds. */
const deliveryMsMax = 10_000
/** More than this and a long demo would keep every payload it ever sent. */
const deliveriesMax = 2_000

/** Orders, signs and records deliveries. */
export class WebhookSender {
  readonly deliveries: Delivery[] = []
  readonly faults: DeliveryFaults
  target: WebhookTarget | undefined
  private dropPredicate: DeliveryPredicate | undefined
  private duplicatePredicate: DeliveryPredicate | undefined
  private readonly queues = new Map<number, Promise<void>>()
  private readonly options: { appId: number; clock: () => Date; nextId: () => number; signal: AbortSignal }
  private pendingCount = 0

  constructor(options: { appId: number; clock: () => Date; nextId: () => number; signal: AbortSignal }) {
    this.options = options
    this.faults = {
      drop: (predicate) => {
        this.dropPredicate = predicate
      },
      duplicate: (predicate) => {
        this.duplicatePredicate = predicate
      },
    }
  }

  /** Whether everything sent so far was answered or given up. */
  get isIdle(): boolean {
    return this.pendingCount === 0
  }

  /** Queues an event behind the earlier ones of its repository. The payload is fixed now. */
  send(event: WebhookEvent): void {
    const fixed = structuredClone(event)
    const guid = randomUUID()
    this.enqueue(fixed, guid, false)
    if (this.duplicatePredicate?.(fixed)) this.enqueue(fixed, guid, false)
  }

  /** Sends a recorded delivery again, under its GUID. */
  redeliver(delivery: Delivery): void {
    this.enqueue(delivery, delivery.guid, true)
  }

  private enqueue(event: WebhookEvent, guid: string, isRedelivery: boolean): void {
    const key = event.repositoryId ?? 0
    const before = this.queues.get(key) ?? Promise.resolve()
    this.pendingCount++
    const after = before
      .then(() => this.deliver(event, guid, isRedelivery))
      .finally(() => {
        this.pendingCount--
      })
    this.queues.set(key, after)
  }

  private async deliver(event: WebhookEvent, guid: string, isRedelivery: boolean): Promise<void> {
    const { target } = this
    if (!target) return
    const body = JSON.stringify(event.payload)
    const headers = this.headersOf(event, guid, body, target)
    const startedMs = performance.now()
    const isDropped = !isRedelivery && this.dropPredicate?.(event)
    const outcome = isDropped ? unreachable : await this.post(target.url, headers, body)
    this.record({
      ...event,
      ...outcome,
      id: this.options.nextId(),
      guid,
      isRedelivery,
      deliveredAt: isoSeconds(this.options.clock()),
      durationSeconds: Number(((performance.now() - startedMs) / 1000).toFixed(2)),
      request: { headers },
      url: target.url,
    })
  }

  private record(delivery: Delivery): void {
    this.deliveries.push(delivery)
    if (this.deliveries.length > deliveriesMax) this.deliveries.shift()
  }

  private headersOf(event: WebhookEvent, guid: string, body: string, target: WebhookTarget) {
    const signature = createHmac('sha256', target.secret).update(body).digest('hex')
    return {
      accept: '*/*',
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/small-github',
      'x-github-delivery': guid,
      'x-github-event': event.event,
      'x-github-hook-id': '1',
      'x-github-hook-installation-target-id': String(this.options.appId),
      'x-github-hook-installation-target-type': 'integration',
      'x-hub-signature-256': `sha256=${signature}`,
    }
  }

  private async post(url: string, headers: Record<string, string>, body: string): Promise<Outcome> {
    const signal = AbortSignal.any([AbortSignal.timeout(deliveryMsMax), this.options.signal])
    try {
      const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' })
      const payload = (await response.text()).slice(0, 10_000)
      return {
        status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
        statusCode: response.status,
        response: { headers: Object.fromEntries(response.headers), payload },
      }
    } catch (error) {
      return (error as Error).name === 'TimeoutError' ? timedOut : unreachable
    }
  }
}

type Outcome = Pick<Delivery, 'status' | 'statusCode' | 'response'>

const noResponse = { headers: {}, payload: '' }
const unreachable: Outcome = { status: 'failed to connect to host', statusCode: 0, response: noResponse }
const timedOut: Outcome = { status: 'timed out', statusCode: 504, response: noResponse }
