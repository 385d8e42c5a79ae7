import { inspect } from 'node:util'
import pino from 'pino'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { answerBytesMax } from '../../src/model/bounded-fetch.ts'
import type { Model } from '../../src/model/model.ts'
import { openModel } from '../../src/model/open-model.ts'
import { type FakeModelServer, type Scripted, says, startFakeModelServer } from './fake-model-server.ts'

const apiKey = 'a-key-that-nobody-may-see-0123456789'
const schema = z.strictObject({ verdict: z.enum(['approve', 'reject']) })
const question = { system: 'Judge.', user: 'The patch.', schema, name: 'Verdict' }
const approve = says('{"verdict":"approve"}')
const cost = { inputTokens: 100, outputTokens: 20, dollars: null }
const refusesSchema: Scripted = { status: 400, body: '{"error":{"message":"unknown: response_format"}}' }

let server: FakeModelServer
afterEach(() => server.close())

async function modelThatPlays(...script: Scripted[]): Promise<Model> {
  server = await startFakeModelServer(script)
  return openModel({ baseUrl: server.url, apiKey, name: 'tiny' }, { deadlineMs: 8_000 })
}

/** The error of a question, after a look for the key in every form in which it could be printed. */
async function failureOf(model: Model): Promise<{ code: string; message: string; cause?: Error }> {
  const error = await model.answer(question).then(
    () => expect.fail('it answered'),
    (thrown: unknown) => thrown,
  )
  const lines: string[] = []
  const serializers = { error: pino.stdSerializers.err }
  pino({ serializers }, { write: (line: string) => lines.push(line) }).warn({ error }, 'failed')
  for (const printed of [inspect(error, { depth: 9, showHidden: true }), ...lines])
    expect(printed).not.toContain(apiKey.slice(4, 16))
  return error as { code: string; message: string }
}

describe('a server with JSON schemas', () => {
  it('is asked once, with the schema, and its answer is checked and counted', async () => {
    const model = await modelThatPlays(approve)

    const answer = await model.answer(question)

    expect(answer).toEqual({ output: { verdict: 'approve' }, cost })
    expect(server.asked).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: `Bearer ${apiKey}`,
        body: {
          model: 'tiny',
          max_completion_tokens: 8_000,
          messages: [
            { role: 'system', content: 'Judge.' },
            { role: 'user', content: 'The patch.' },
          ],
          response_format: {
            type: 'json_schema',
            json_schema: {
              name: 'Verdict',
              strict: true,
              schema: {
                type: 'object',
                properties: { verdict: { type: 'string', enum: ['approve', 'reject'] } },
                required: ['verdict'],
                additionalProperties: false,
              },
            },
          },
        },
      },
    ])
  })

  it('gets one turn to repair an answer', async () => {
    const model = await modelThatPlays(says('Sure! {"verdict":"approve"}'), approve)

    const answer = await model.answer(question)

    expect(answer).toEqual({
      output: { verdict: 'approve' },
      cost: { inputTokens: 200, outputTokens: 40, dollars: null },
    })
    expect(server.asked[1]!.body.messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
    ])
  })

  it.each([
    ['no usage', undefined],
    ['zero tokens', { prompt_tokens: 0, completion_tokens: 0 }],
    ['no tokens of the question', { prompt_tokens: 0, completion_tokens: 7 }],
    ['nonsense', { prompt_tokens: 'many' }],
  ])('that reports %s is counted by characters', async (_, usage) => {
    const model = await modelThatPlays(says('{"verdict":"approve"}', { usage }))

    const answer = await model.answer(question)

    expect(answer.cost).toEqual({ inputTokens: 6, outputTokens: 7, dollars: null })
  })
})

describe('a server without JSON schemas', () => {
  it('is told the schema in words, and not tried with it again', async () => {
    const model = await modelThatPlays(refusesSchema, approve)

    const first = await model.answer(question)
    const second = await model.answer(question)

    expect([first.output, second.output]).toEqual([{ verdict: 'approve' }, { verdict: 'approve' }])
    expect(server.asked.map(({ body }) => 'response_format' in body)).toEqual([true, false, false])
    expect(server.asked[1]!.body.messages[0]!.content).toContain('"enum":["approve","reject"]')
    expect(server.asked[1]!.body.messages[1]!.content).toBe('The patch.')
  })

  it('gets one turn to repair an answer', async () => {
    const model = await modelThatPlays(refusesSchema, says('{"verdict":"perhaps"}'), approve)

    const { output } = await model.answer(question)

    expect(output).toEqual({ verdict: 'approve' })
    expect(server.asked).toHaveLength(3)
    expect(server.asked[2]!.body.messages[3]!.content).toContain('verdict')
  })

  it('that refuses the question for another reason is asked with the schema again', async () => {
    const model = await modelThatPlays({ status: 400, body: '{"error":{"message":"too long"}}' })

    expect((await failureOf(model)).code).toBe('model-unavailable')
    expect((await failureOf(model)).code).toBe('model-unavailable')
    expect(server.asked.map(({ body }) => 'response_format' in body)).toEqual([true, false, true, false])
  })
})

describe('what is no answer', () => {
  it.each([
    ['nothing', ''],
    ['not json', 'not json'],
    ['half an object', '{"patch":'],
    ['a fenced object', '```json\n{"verdict":"approve"}\n```'],
    ['a word outside the list and a further key', '{"verdict":"APPROVE","extra":1}'],
    ['two objects', '{"verdict":"approve"}{"verdict":"reject"}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['another type', '{"verdict":123}'],
    ['NaN', '{"verdict":NaN}'],
    ['a page', '<html>502 Bad Gateway</html>'],
    ['a prototype', '{"__proto__":{"verdict":"approve"}}'],
  ])('is refused after one repair turn: %s', async (_, content) => {
    const model = await modelThatPlays(says(content))

    const { code } = await failureOf(model)

    expect(code).toBe('model-answer-invalid')
    expect(server.asked.length).toBeLessThanOrEqual(2)
  })

  const choice = (changes: Record<string, unknown>) => ({
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: '{"verdict":"approve"}' },
        ...changes,
      },
    ],
  })
  it.each([
    ['was cut', choice({ finish_reason: 'length' })],
    ['was filtered', choice({ finish_reason: 'content_filter' })],
    [
      'calls a tool that nobody offered',
      choice({
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: '1', type: 'function', function: { name: 'run_shell', arguments: '{"cmd":"env"}' } },
          ],
        },
      }),
    ],
    ['is a refusal', choice({ message: { role: 'assistant', content: null, refusal: 'No.' } })],
    ['has no choice', { choices: [] }],
  ])('is refused at once when it %s', async (_, changes) => {
    const model = await modelThatPlays(says('', changes))

    const { code } = await failureOf(model)

    expect(code).toBe('model-answer-invalid')
    expect(server.asked).toHaveLength(1)
  })

  it.each([
    ['a page with status 200', { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' }],
    ['a page that claims to be JSON', { body: '<html>Sign in</html>' }],
    ['an empty body', { body: '' }],
    ['no content', { status: 204, body: '' }],
  ] satisfies [string, Scripted][])('is refused at once: %s', async (_, scripted) => {
    const model = await modelThatPlays(scripted)

    const { code } = await failureOf(model)

    expect(code).toBe('model-answer-invalid')
    expect(server.asked).toHaveLength(1)
  })

  it('is not read to its end when it is huge', async () => {
    const model = await modelThatPlays('huge')

    const { code } = await failureOf(model)

    expect(code).toBe('model-answer-invalid')
    expect(server.asked).toHaveLength(1)
    expect(server.written()).toBeLessThan(answerBytesMax * 8)
  })
})

describe('a server in trouble', () => {
  it('is given the pause that it asks for', async () => {
    const model = await modelThatPlays({ status: 429, headers: { 'retry-after': '2' }, body: '{}' }, approve)
    const startedAt = performance.now()

    const { output } = await model.answer(question)

    expect(output).toEqual({ verdict: 'approve' })
    expect(performance.now() - startedAt).toBeGreaterThan(1_900)
  })

  it.each([
    ['in seconds', '86400'],
    ['as a date', new Date(Date.now() + 86_400_000).toUTCString()],
  ])('is not waited for a day, told %s', async (_, retryAfter) => {
    const model = await modelThatPlays({ status: 429, headers: { 'retry-after': retryAfter }, body: '{}' })

    const { code, message } = await failureOf(model)

    expect(code).toBe('model-unavailable')
    expect(message).toContain('it answered 429')
    expect(server.asked).toHaveLength(1)
  })

  it('is tried three times', async () => {
    const model = await modelThatPlays({ status: 500, body: '<html>502 Bad Gateway</html>' })

    const { code } = await failureOf(model)

    expect(code).toBe('model-unavailable')
    expect(server.asked).toHaveLength(3)
  })

  it('does not decide how often it is asked', async () => {
    const model = await modelThatPlays({ status: 404, headers: { 'x-should-retry': 'true' }, body: '{}' })

    const { code } = await failureOf(model)

    expect(code).toBe('model-unavailable')
    expect(server.asked).toHaveLength(1)
  })

  it.each(['silence', 'stall'] as const)('is left after the deadline: %s', async (scripted) => {
    server = await startFakeModelServer([scripted])
    const model = openModel({ baseUrl: server.url, apiKey, name: 'tiny' }, { deadlineMs: 300 })

    const { code, message } = await failureOf(model)

    expect(code).toBe('model-unavailable')
    expect(message).toContain('did not answer in time')
    expect(server.asked).toHaveLength(1)
  })

  it('that is not there is named as such', async () => {
    const model = await modelThatPlays(approve)
    await server.close()

    const { code, message, cause } = await failureOf(model)

    expect(code).toBe('model-unavailable')
    expect(message).toContain('could not be reached')
    expect(cause?.message).toContain('ECONNREFUSED')
  })

  it.each([301, 302, 307, 308])('is not followed elsewhere (%i)', async (status) => {
    const other = await startFakeModelServer([approve])
    const model = await modelThatPlays({ status, headers: { location: `${other.url}/x` }, body: '' })

    const { code, message } = await failureOf(model)

    expect(code).toBe('model-unavailable')
    expect(message).toContain('redirect')
    expect(other.asked).toEqual([])
    await other.close()
  })

  it.each([401, 403])('that refuses the key (%i) is for the operator', async (status) => {
    const model = await modelThatPlays({
      status,
      body: JSON.stringify({ error: { message: `Incorrect API key provided: ${apiKey}` } }),
    })

    const { code, cause } = await failureOf(model)

    expect(code).toBe('model-key-refused')
    expect(cause?.message).toBe('not shown, because it repeats a part of the key')
    expect(server.asked).toHaveLength(1)
  })

  it('cannot get a part of the key into an error', async () => {
    const model = await modelThatPlays({
      status: 418,
      body: JSON.stringify({ error: { message: `no: ${apiKey.slice(4, 20)}` } }),
    })

    const { cause } = await failureOf(model)

    expect(cause?.message).toBe('not shown, because it repeats a part of the key')
  })

  it('at an address that hands out credentials is never asked', async () => {
    await modelThatPlays(approve)
    const model = openModel({ baseUrl: 'https://[::ffff:169.254.169.254]/v1', apiKey, name: 'tiny' })

    expect((await failureOf(model)).code).toBe('configuration-invalid')
  })
})
