/** The REST side: routing, who may call, limits, faults, and GitHub's headers. */
import { createHash, randomBytes } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type Answer, ApiError, type Call, type Route } from './api.ts'
import type { FaultInjector } from './faults.ts'
import { answerGit } from './git/http.ts'
import { createPages } from './pages.ts'
import { canSee, checkPermission } from './permissions.ts'
import type { RateLimiter } from './rate-limit.ts'
import { actionsRoutes } from './routes/actions.ts'
import { appRoutes } from './routes/app.ts'
import { checkRoutes } from './routes/checks.ts'
import { commentRoutes } from './routes/comments.ts'
import { gitDataRoutes } from './routes/git-data.ts'
import { graphqlRoutes } from './routes/graphql.ts'
import { pullRoutes } from './routes/pulls.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import type { Repository } from './state.ts'
import { authenticate } from './tokens.ts'
import { type Actor, findRepository, type World } from './world.ts'

/** One request as it was answered, for budgets and assertions. */
export interface RecordedRequest {
  method: string
  path: string
  /** The matched operation, `git` for git traffic, or undefined. */
  operation: string | undefined
  status: number
  actor: string
  when: string
}

/** What is told about each JSON answer. */
export type ResponseHook = (operation: string, status: number, body: unknown) => void

export interface ServerOptions {
  world: World
  requests: RecordedRequest[]
  faults: FaultInjector
  rateLimiter: RateLimiter
  onResponse: ResponseHook | undefined
  bodyBytesMax: number
}

type Env = { Bindings: HttpBindings }

export const routes: readonly Route[] = [
  ...appRoutes,
  ...repositoryRoutes,
  ...gitDataRoutes,
  ...pullRoutes,
  ...commentRoutes,
  ...checkRoutes,
  ...actionsRoutes,
  ...graphqlRoutes,
]

/** Parameters that may hold slashes. */
const greedyParams = ['path', 'ref', 'basehead', 'branch', 'tree_sha']

/** Builds the application that answers on the main port. */
export function createServer(options: ServerOptions): Hono<Env> {
  const app = new Hono<Env>({ getPath: (request) => pathOf(new URL(request.url).pathname) })
  app.all('/:owner/:repository{[^/]+\\.git}/:rest{.+}', (context) => serveGit(context, options))
  for (const route of routes.toSorted(byGreed)) {
    const [method, path] = route.operation.split(' ') as [string, string]
    app.on(method, honoPath(path), (context) => serve(context, route, options))
  }
  app.get('/repos/:owner/:repo/contents', (context) => serve(context, rootContents(), options))
  app.route('/', createPages(options.world))
  app.notFound((context) => serve(context, undefined, options))
  app.onError((error, context) => context.text(`The small GitHub failed: ${error.message}`, 500))
  return app
}

/** Routes that end in a greedy parameter come last, or they would swallow the others. */
function byGreed(one: Route, other: Route): number {
  const greed = ({ operation }: Route) => Number(greedyParams.some((name) => operation.endsWith(`{${name}}`)))
  return greed(one) - greed(other)
}

function rootContents(): Route {
  return routes.find((route) => route.operation === 'GET /repos/{owner}/{repo}/contents/{path}')!
}

/** Both roots of GitHub's API are accepted: that of github.com and that of GitHub Enterprise Server. */
function pathOf(pathname: string): string {
  if (pathname === '/api/graphql') return '/graphql'
  return pathname.replace(/^\/api\/v3(?=\/)/, '')
}

function honoPath(path: string): string {
  const parts = path.split('/')
  return parts
    .map((part) =>
      part.replace(/^\{(\w+)\}$/, (_, name: string) => (isGreedy(name, path) ? `:${name}{.+}` : `:${name}`)),
    )
    .join('/')
}

function isGreedy(name: string, path: string): boolean {
  return greedyParams.includes(name) && (path.endsWith(`{${name}}`) || path.endsWith('{ref}/check-runs'))
}

async function serve(
  context: Context<Env>,
  route: Route | undefined,
  options: ServerOptions,
): Promise<Response> {
  const { method, path } = context.req
  const fault = options.faults.take(method, path)
  if (fault === 'disconnect' || fault === 'timeout') return breakConnection(context, options, fault)
  const request: Served = { context, route, options, actor: { kind: 'anonymous' } }
  const answer = fault ?? (await answerFor(request))
  if (!fault && route && answer.body !== undefined) {
    options.onResponse?.(route.operation, answer.status, jsonOf(answer.body))
  }
  return respond(request, answer)
}

interface Served {
  context: Context<Env>
  route: Route | undefined
  options: ServerOptions
  actor: Actor
}

function breakConnection(
  context: Context<Env>,
  options: ServerOptions,
  fault: 'timeout' | 'disconnect',
): Promise<Response> {
  record({ context, route: undefined, options, actor: { kind: 'anonymous' } }, 0)
  if (fault === 'disconnect') context.env.incoming.socket.destroy()
  return new Promise(() => {})
}

async function answerFor(request: Served): Promise<Answer> {
  try {
    return await answerRoute(request)
  } catch (error) {
    if (error instanceof ApiError)
      return { status: error.status, body: error.toBody(), headers: error.headers }
    throw error
  }
}

async function answerRoute(request: Served): Promise<Answer> {
  const { context, route, options } = request
  const { world } = options
  request.actor = authenticate(world, context.req.header('authorization'))
  options.rateLimiter.count(request.actor)
  const body = await readJson(context, options.bodyBytesMax)
  if (!route) throw unknownRoute(context)
  const params = paramsOf(context)
  const repository = route.operation.includes('{owner}/{repo}')
    ? visibleRepository(world, request.actor, params)
    : undefined
  checkPermission(world, request.actor, route, repository)
  const call: Call = {
    world,
    actor: request.actor,
    params: { ...params, path_as_asked: new URL(context.req.url).pathname },
    query: new URL(context.req.url).searchParams,
    accept: context.req.header('accept') ?? '',
    body,
    repository: repository!,
  }
  return route.answer(call)
}

function paramsOf(context: Context<Env>): Record<string, string> {
  return context.req.param() as Record<string, string>
}

function unknownRoute({ req }: Context<Env>): ApiError {
  return new ApiError(501, `The small GitHub does not model ${req.method} ${req.path}`)
}

function visibleRepository(world: World, actor: Actor, params: Record<string, string>): Repository {
  const repository = findRepository(world, `${params.owner}/${params.repo}`)
  if (!repository || !canSee(actor, repository)) throw new ApiError(404, 'Not Found')
  return repository
}

async function readJson(context: Context<Env>, bytesMax: number): Promise<unknown> {
  if (context.req.method === 'GET' || context.req.method === 'HEAD') return undefined
  if (Number(context.req.header('content-length') ?? 0) > bytesMax)
    throw new ApiError(413, 'Payload too large')
  const bytes = await context.req.arrayBuffer()
  if (bytes.byteLength > bytesMax) throw new ApiError(413, 'Payload too large')
  if (bytes.byteLength === 0) return undefined
  try {
    return JSON.parse(Buffer.from(bytes).toString()) as unknown
  } catch {
    throw new ApiError(400, 'Problems parsing JSON')
  }
}

function respond(request: Served, answer: Answer): Response {
  const { context, options, actor } = request
  const content = contentOf(answer)
  const etag =
    content && context.req.method === 'GET' && answer.status === 200 ? etagOf(content.bytes) : undefined
  const isUnchanged = etag !== undefined && context.req.header('if-none-match')?.replace(/^W\//, '') === etag
  if (isUnchanged) options.rateLimiter.giveBack(actor)
  const status = isUnchanged ? 304 : answer.status
  record(request, status)
  const headers = {
    'x-github-request-id': randomBytes(12).toString('hex').toUpperCase(),
    'x-github-media-type': 'github.v3; format=json',
    ...options.rateLimiter.headers(actor),
    ...(content ? { 'content-type': content.type } : {}),
    ...(etag ? { etag } : {}),
    ...answer.headers,
  }
  return new Response(content && !isUnchanged ? new Uint8Array(content.bytes) : null, { status, headers })
}

function etagOf(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('hex')}"`
}

function contentOf({ body, raw }: Answer): { type: string; bytes: Buffer } | undefined {
  if (raw) return { type: raw.type, bytes: Buffer.from(raw.content) }
  if (body === undefined) return undefined
  return { type: 'application/json; charset=utf-8', bytes: Buffer.from(JSON.stringify(body)) }
}

function jsonOf(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body)) as unknown
}

function record({ context, route, options, actor }: Served, status: number): void {
  options.requests.push({
    method: context.req.method,
    path: context.req.path,
    operation: route?.operation,
    status,
    actor: actorName(options.world, actor),
    when: options.world.clock().toISOString(),
  })
}

/** How an actor is named in recorded requests. */
function actorName(world: World, actor: Actor): string {
  if (actor.kind === 'user') return actor.user.login
  if (actor.kind === 'installation') return world.app.bot.login
  return actor.kind
}

async function serveGit(context: Context<Env>, options: ServerOptions): Promise<Response> {
  const { world, requests } = options
  const response = await answerGit(world, context.req.raw)
  requests.push({
    method: context.req.method,
    path: context.req.path,
    operation: 'git',
    status: response.status,
    actor: 'git',
    when: world.clock().toISOString(),
  })
  return response
}
