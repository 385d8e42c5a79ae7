/** Any server that speaks OpenAI's chat completions, as a Model. */
import OpenAI, { APIError } from 'openai'
import { z } from 'zod'
import type { Cost } from '../domain/attempt.ts'
import { isCodedError, OperatorError, UpstreamError } from '../errors.ts'
import { dropHidden } from '../report/visible-text.ts'
import { resolvesToForbidden } from './base-url.ts'
import { boundedFetch } from './bounded-fetch.ts'
import type { Model, Question } from './model.ts'

export interface ModelSettings {
  /** Checked with `baseUrlProblem`. */
  baseUrl: string
  apiKey: string
  name: string
}

/** A stage holds a worker while it waits. Slow servers answer within this; one that does not, is stalled. */
const deadlineMs = 120_000

/** Each is a paid question, and a server that failed three times in seconds fails a fourth time. */
const retriesMax = 2

/** Room for an answer and, with models that think aloud, for their thoughts; beyond it, money is lost. */
const outputTokensMax = 8_000

/** Where a server does not count. Rather too many: code has about this many characters a token. */
const charactersPerToken = 3

/** What is shown again to the model of an answer that was none. */
const repeatedCharsMax = 4_000

type Message = { role: 'system' | 'user' | 'assistant'; content: string }

/** Opens the model. Makes no request until it is asked. */
export function openModel(settings: ModelSettings, options: { deadlineMs?: number } = {}): Model {
  const client = new OpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey,
    // The client would read other keys and names from the environment, and print at a level from there.
    adminAPIKey: null,
    organization: null,
    project: null,
    logLevel: 'off',
    fetch: boundedFetch,
  })
  let takesSchema = true

  async function answer<Output>(question: Question<Output>): Promise<{ output: Output; cost: Cost }> {
    const signal = AbortSignal.timeout(options.deadlineMs ?? deadlineMs)
    const ask = (messages: Message[], withSchema: boolean, maxRetries: number) =>
      complete(client, { settings, messages, schema: withSchema ? question : null, maxRetries, signal })
    try {
      await refuseForbidden(settings.baseUrl)
      let messages = messagesFor(question, takesSchema)
      let reply: Reply
      try {
        reply = await ask(messages, takesSchema, retriesMax)
      } catch (error) {
        if (!takesSchema || !isBadRequest(error)) throw error
        messages = messagesFor(question, false)
        reply = await ask(messages, false, retriesMax)
        takesSchema = false
      }
      const first = parse(reply.content, question.schema)
      if (first.success) return { output: first.data, cost: reply.cost }
      const second = await ask([...messages, ...repairTurn(reply.content, first.problem)], takesSchema, 0)
      const repaired = parse(second.content, question.schema)
      if (!repaired.success) throw invalidAnswer(repaired.problem, settings)
      return { output: repaired.data, cost: sum(reply.cost, second.cost) }
    } catch (error) {
      throw codedError(error, settings, signal)
    }
  }
  return { name: settings.name, answer }
}

function messagesFor({ system, user, schema }: Question<unknown>, takesSchema: boolean): Message[] {
  const told = takesSchema
    ? system
    : `${system}\n\nAnswer with one JSON value and nothing else, of this JSON schema:\n${JSON.stringify(jsonSchemaOf(schema))}`
  return [
    { role: 'system', content: told },
    { role: 'user', content: user },
  ]
}

function repairTurn(content: string, problem: string): Message[] {
  return [
    { role: 'assistant', content: content.slice(0, repeatedCharsMax).toWellFormed() },
    {
      role: 'user',
      content: `That cannot be used: ${problem.slice(0, repeatedCharsMax).toWellFormed()}\nAnswer again with the JSON value alone.`,
    },
  ]
}

function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema)
  return jsonSchema
}

interface Reply {
  content: string
  cost: Cost
}

/** The part of a completion that is read. A server may send anything. */
const completionSchema = z.object({
  choices: z.tuple([
    z.object({ finish_reason: z.literal('stop'), message: z.object({ content: z.string().min(1) }) }),
  ]),
  usage: z
    .object({ prompt_tokens: z.int().positive(), completion_tokens: z.int().positive() })
    .nullish()
    .catch(null),
})

async function complete(
  client: OpenAI,
  request: {
    settings: ModelSettings
    messages: Message[]
    schema: Question<unknown> | null
    maxRetries: number
    signal: AbortSignal
  },
): Promise<Reply> {
  const { settings, messages, schema, maxRetries, signal } = request
  const received: unknown = await client.chat.completions.create(
    {
      model: settings.name,
      messages,
      max_completion_tokens: outputTokensMax,
      ...(schema
        ? {
            response_format: {
              type: 'json_schema',
              json_schema: { name: schema.name, strict: true, schema: jsonSchemaOf(schema.schema) },
            },
          }
        : {}),
    },
    { maxRetries, signal },
  )
  const completion = completionSchema.safeParse(received)
  if (!completion.success) throw invalidAnswer(z.prettifyError(completion.error), settings)
  const { choices, usage } = completion.data
  const content = choices[0].message.content
  const sent = messages.reduce((total, message) => total + message.content.length, 0)
  return {
    content,
    cost: {
      inputTokens: usage?.prompt_tokens ?? Math.ceil(sent / charactersPerToken),
      outputTokens: usage?.completion_tokens ?? Math.ceil(content.length / charactersPerToken),
      dollars: null,
    },
  }
}

function parse<Output>(
  content: string,
  schema: z.ZodType<Output>,
): { success: true; data: Output } | { success: false; problem: string } {
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch {
    return { success: false, problem: 'it is not one JSON value.' }
  }
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed : { success: false, problem: z.prettifyError(parsed.error) }
}

function sum(one: Cost, other: Cost): Cost {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    dollars: null,
  }
}

async function refuseForbidden(baseUrl: string): Promise<void> {
  if (!(await resolvesToForbidden(baseUrl))) return
  throw new OperatorError({
    code: 'configuration-invalid',
    message:
      'OPENAI_BASE_URL names a host whose address is link-local or a metadata service, so nothing was sent. Set it to your model server.',
  })
}

/** Servers that do not know `response_format` answer 400, or 422 where a validator stands in front. */
function isBadRequest(error: unknown): boolean {
  return error instanceof APIError && (error.status === 400 || error.status === 422)
}

function codedError(error: unknown, settings: ModelSettings, signal: AbortSignal): Error {
  if (isCodedError(error)) return error
  if (signal.aborted) return unavailable('it did not answer in time', error, settings)
  if (!(error instanceof APIError)) return invalidAnswer(error, settings)
  const { status } = error as { status: number | undefined }
  if (status === 401 || status === 403) {
    return new OperatorError({
      code: 'model-key-refused',
      message: `The model server refuses the key (${status}). Failures that no rule knows stay without a class. Set a valid OPENAI_API_KEY and start again.`,
      cause: causeOf(error, settings),
    })
  }
  if (status === undefined) return unavailable('it could not be reached', error, settings)
  if (status >= 300 && status < 400)
    return unavailable(`it answered with a redirect (${status}), which is not followed`, error, settings)
  return unavailable(`it answered ${status}`, error, settings)
}

function unavailable(why: string, error: unknown, settings: ModelSettings): UpstreamError {
  return new UpstreamError({
    code: 'model-unavailable',
    message: `The model ${settings.name} gave no answer: ${why}. What the rules know goes on without it.`,
    cause: causeOf(error, settings),
  })
}

function invalidAnswer(problem: unknown, settings: ModelSettings): UpstreamError {
  return new UpstreamError({
    code: 'model-answer-invalid',
    message: `The model ${settings.name} answered with what is no answer to the question. It is not used.`,
    cause: causeOf(problem, settings),
  })
}

/** Our own keys are looked for by pieces of this length: a server may repeat a part. */
const keyPieceChars = 12

const causeCharsMax = 300

/**
 * A fresh error in place of the client's, which carries headers and the server's own words. Servers repeat
 * what they were sent: a text with a piece of the key is not kept.
 */
function causeOf(problem: unknown, { apiKey }: ModelSettings): Error {
  const text = problem instanceof Error ? describe(problem) : String(problem)
  const length = Math.min(keyPieceChars, apiKey.length)
  for (let from = 0; from + length <= apiKey.length; from += 1) {
    if (text.includes(apiKey.slice(from, from + length)))
      return new Error('not shown, because it repeats a part of the key')
  }
  return new Error(dropHidden(text).slice(0, causeCharsMax).toWellFormed())
}

/** The message with the reasons behind it: `fetch failed` alone helps nobody. */
function describe(error: Error): string {
  const reason = error.cause instanceof Error ? `: ${describe(error.cause)}` : ''
  const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : ''
  return `${error.message}${code}${reason}`
}
