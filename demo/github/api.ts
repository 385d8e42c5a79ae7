/** What a route is, what it is asked, and how it answers. */
import type { z } from 'zod'
import type { Repository } from './state.ts'
import type { Actor, World } from './world.ts'

export interface Answer {
  status: number
  body?: unknown
  /** Sent as it is instead of JSON. */
  raw?: { type: string; content: Buffer | string }
  headers?: Record<string, string>
}

/** One request, with everything that was found out before the route is asked. */
export interface Call {
  world: World
  actor: Actor
  params: Record<string, string>
  query: URLSearchParams
  accept: string
  body: unknown
  /** Only for routes below `/repos/{owner}/{repo}`. */
  repository: Repository
}

/** A scope and the access it needs, such as `contents:write`. */
export type Need = `${string}:${'read' | 'write'}`

export interface Route {
  /** As in GitHub's OpenAPI description: `GET /repos/{owner}/{repo}`. */
  operation: string
  /** Any one of these is enough; an empty list is open to everyone. */
  needs: readonly Need[]
  answer: (call: Call) => Answer | Promise<Answer>
}

/** An error in the shape of GitHub's. */
export class ApiError extends Error {
  readonly status: number
  readonly errors: unknown[] | undefined
  readonly headers: Record<string, string>

  constructor(
    status: number,
    message: string,
    more: { errors?: unknown[]; headers?: Record<string, string> } = {},
  ) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.errors = more.errors
    this.headers = more.headers ?? {}
  }

  /** The JSON that GitHub would send. */
  toBody(): Record<string, unknown> {
    return {
      message: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
      documentation_url: 'https://docs.github.com/rest',
      status: String(this.status),
    }
  }
}

/** Declares a route. */
export function route(operation: string, needs: Need | readonly Need[], answer: Route['answer']): Route {
  return { operation, needs: typeof needs === 'string' ? [needs] : needs, answer }
}

export const ok = (body: unknown): Answer => ({ status: 200, body })
export const created = (body: unknown): Answer => ({ status: 201, body })
export const noContent = (): Answer => ({ status: 204 })

/** The value, or GitHub's 404. */
export function found<Value>(value: Value | undefined | null): Value {
  if (value === undefined || value === null) throw new ApiError(404, 'Not Found')
  return value
}

/** GitHub's 422 for a custom reason. */
export function unprocessable(resource: string, message: string, code = 'custom'): ApiError {
  return new ApiError(422, 'Validation Failed', { errors: [{ resource, code, message }] })
}

/** The body checked against a schema; what does not fit is GitHub's 422. */
export function readBody<Schema extends z.ZodType>(call: Call, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(call.body ?? {})
  if (result.success) return result.data
  const lines = result.error.issues.map((issue) => {
    const path = issue.path.map(String).join('/')
    const isMissing = issue.code === 'invalid_type' && issue.message.includes('received undefined')
    return isMissing ? `"${path}" wasn't supplied.` : `For '${path}', ${issue.message}.`
  })
  throw new ApiError(422, `Invalid request.\n\n${lines.join('\n')}`)
}

/** A number from the path, or GitHub's 404. */
export function numberParam(call: Call, name: string): number {
  const value = Number(call.params[name])
  if (!Number.isSafeInteger(value) || value < 0) throw new ApiError(404, 'Not Found')
  return value
}

/** One page of a list, with the `Link` header; `key` wraps it with a total count. */
export async function paginate<Item>(
  call: Call,
  items: readonly Item[],
  shape: (item: Item) => unknown,
  key?: string,
): Promise<Answer> {
  const perPage = Math.min(100, positive(call.query.get('per_page'), 30))
  const page = positive(call.query.get('page'), 1)
  const shaped = await Promise.all(items.slice((page - 1) * perPage, page * perPage).map(shape))
  const link = linkHeader(call, page, Math.max(1, Math.ceil(items.length / perPage)))
  return {
    status: 200,
    body: key ? { total_count: items.length, [key]: shaped } : shaped,
    headers: link ? { link } : {},
  }
}

function positive(text: string | null, fallback: number): number {
  const value = Number(text ?? fallback)
  return Number.isSafeInteger(value) && value > 0 ? value : fallback
}

function linkHeader(call: Call, page: number, last: number): string {
  const relations: [string, number][] = []
  if (page > 1) relations.push(['prev', Math.min(page - 1, last)])
  if (page < last) relations.push(['next', page + 1], ['last', last])
  if (page > 1) relations.push(['first', 1])
  return relations.map(([name, to]) => `<${pageUrl(call, to)}>; rel="${name}"`).join(', ')
}

function pageUrl(call: Call, page: number): string {
  const query = new URLSearchParams(call.query)
  query.set('page', String(page))
  return `${call.world.url}${call.params.path_as_asked}?${query}`
}
