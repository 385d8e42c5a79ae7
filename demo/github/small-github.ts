/** Starts a small GitHub on loopback: the REST subset, git over HTTP, webhooks, and an Actions runner. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerType, serve } from '@hono/node-server'
import { Scheduler } from './actions/scheduler.ts'
import { eventsFor } from './announce.ts'
import { createControls } from './controls.ts'
import type { PersonalPush, RepositoryOptions } from './create-repository.ts'
import { FaultInjector, type FaultMatch, type FaultResponse } from './faults.ts'
import { createLogsServer } from './logs-server.ts'
import { RateLimiter } from './rate-limit.ts'
import { createServer, type RecordedRequest, type ResponseHook } from './server.ts'
import type { shapeFullRepository } from './shapes/users.ts'
import type { AppRecord, Permissions } from './state.ts'
import { generatePrivateKey, publicKeyOf } from './tokens.ts'
import { type Delivery, type DeliveryFaults, WebhookSender, type WebhookTarget } from './webhooks.ts'
import { ensureUser, now, type World } from './world.ts'

export interface SmallGithubOptions {
  /** 0, the default, takes any free port. */
  port?: number
  /** Where repositories and workspaces live. Default: a fresh folder, removed on close. */
  directory?: string
  webhook?: WebhookTarget
  app?: { id?: number; slug?: string; privateKey?: string; permissions?: Permissions }
  /** `auto` looks for docker, podman and buildah; `none` checks Dockerfiles statically. */
  containerBuilder?: 'auto' | 'none'
  clock?: () => Date
  /** How many jobs run at once. */
  runnerConcurrency?: number
  /** Added to the clean environment of every step. */
  runnerEnvironment?: Record<string, string>
  requestsPerHour?: number
  bodyBytesMax?: number
  /** Sees each JSON answer, for instance to check it against GitHub's description. */
  onResponse?: ResponseHook
}

export interface SmallGithub {
  /** The API's root; `/api/v3` below it is accepted too. */
  readonly url: string
  readonly app: { id: number; slug: string; privateKey: string; clientId: string }
  /** Every request so far, those of git included. */
  readonly requests: readonly RecordedRequest[]
  readonly deliveries: readonly Delivery[]
  /** Lets deliveries get lost or arrive twice. */
  readonly webhookDelivery: DeliveryFaults
  setWebhook(webhook: WebhookTarget | undefined): void
  /** With files there is a first commit, which starts workflows as a push does. The App is installed. */
  createRepository(fullName: string, options?: RepositoryOptions): Promise<FullRepository>
  /** Like `createRepository`, from a folder; executable bits and links are kept. */
  importDirectory(fullName: string, directory: string, options?: RepositoryOptions): Promise<FullRepository>
  /** A fork, from which pull requests with the head `login:branch` can come. */
  fork(fullName: string, login: string): Promise<FullRepository>
  /** A person's push of one commit; the owner's unless an author is named. */
  push(fullName: string, push: PersonalPush): Promise<{ sha: string }>
  mergePullRequest(fullName: string, number: number, login: string): Promise<{ sha: string }>
  /** A token with which a person acts, over REST and git. */
  userToken(login: string): string
  installationId(fullName: string): number
  suspendInstallation(fullName: string, isSuspended: boolean): void
  deleteInstallation(fullName: string): void
  /** Presses a button of one of the App's check runs. */
  pressCheckRunAction(fullName: string, checkRunId: number, identifier: string, login: string): void
  /** Presses "Re-run" of one of the App's check runs. */
  requestCheckRunAgain(fullName: string, checkRunId: number, login: string): void
  jobLog(fullName: string, jobId: number): string
  /** Resolves when no run is queued or running and every webhook was answered. */
  idle(options?: { timeoutMs?: number }): Promise<void>
  /** Breaks the next answer that matches, before anything else looks at the request. */
  failNext(match: FaultMatch, response: FaultResponse): void
  /** Cancels what runs, waits for it, and removes everything on disk. */
  close(): Promise<void>
}

type FullRepository = ReturnType<typeof shapeFullRepository>

/** What Regreen's App asks for, and enough for its tests. */
const permissionsDefault: Permissions = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  workflows: 'write',
}

/** GitHub takes blobs of 100 MB; nothing here comes near. */
const bodyBytesMaxDefault = 25_000_000

/** Starts it; nothing is left behind after `close`. */
export async function startSmallGithub(options: SmallGithubOptions = {}): Promise<SmallGithub> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'small-github-')))
  await mkdir(join(directory, 'repositories'), { recursive: true })
  const abort = new AbortController()
  const world = createWorld(directory, options, abort.signal)
  const requests: RecordedRequest[] = []
  const faults = new FaultInjector()
  const app = createServer({
    world,
    requests,
    faults,
    rateLimiter: new RateLimiter(options.requestsPerHour ?? 5_000, world.clock),
    onResponse: options.onResponse,
    bodyBytesMax: options.bodyBytesMax ?? bodyBytesMaxDefault,
  })
  const server = await listen(app.fetch, options.port ?? 0)
  const logsServer = await listen(createLogsServer(world).fetch, 0)
  world.url = addressOf(server)
  world.logsUrl = addressOf(logsServer)
  const close = async () => {
    await world.scheduler.close()
    abort.abort()
    await Promise.all([stop(server), stop(logsServer)])
    if (!options.directory) await rm(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  return {
    ...createControls(world),
    requests,
    failNext: (match, response) => faults.failNext(match, response),
    close,
  }
}

function createWorld(directory: string, options: SmallGithubOptions, signal: AbortSignal): World {
  let lastId = 10_000
  const nextId = () => ++lastId
  const clock = options.clock ?? (() => new Date())
  const appId = options.app?.id ?? 4_242
  const webhooks = new WebhookSender({ appId, clock, nextId, signal })
  webhooks.target = options.webhook
  const world = {
    directory,
    url: '',
    logsUrl: '',
    clock,
    users: new Map(),
    repositories: new Map(),
    installations: new Map(),
    tokens: new Map(),
    webhooks,
    nextId,
  } as unknown as World
  world.app = createApp(world, appId, options.app)
  world.scheduler = new Scheduler(world, {
    settings: {
      containerBuilder: options.containerBuilder ?? 'none',
      environment: options.runnerEnvironment ?? {},
    },
    concurrency: options.runnerConcurrency ?? 2,
  })
  return world
}

function createApp(world: World, id: number, asked: SmallGithubOptions['app']): AppRecord {
  const slug = asked?.slug ?? 'regreen'
  const privateKey = asked?.privateKey ?? generatePrivateKey()
  const permissions = asked?.permissions ?? permissionsDefault
  return {
    id,
    slug,
    clientId: `Iv23li${String(id).padStart(14, '0')}`,
    privateKey,
    publicKey: publicKeyOf(privateKey),
    permissions,
    events: eventsFor(permissions),
    owner: ensureUser(world, 'app-owner'),
    bot: ensureUser(world, `${slug}[bot]`, 'Bot'),
    createdAt: now(world),
  }
}

function listen(fetch: Parameters<typeof serve>[0]['fetch'], port: number): Promise<ServerType> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, port, hostname: '127.0.0.1' }, () => resolve(server))
    server.on('error', reject)
  })
}

function addressOf(server: ServerType): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
