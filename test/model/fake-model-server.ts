/** A chat-completions server on loopback that plays scripted answers and keeps what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One scripted answer; the last one is repeated. */
export type Scripted =
  | { status?: number; headers?: Record<string, string>; body: string }
  /** Takes the question and never answers. */
  | 'silence'
  /** Sends headers and the start of an answer, then nothing. */
  | 'stall'
  /** JSON of 64 MiB. */
  | 'huge'

export interface Asked {
  path: string
  authorization: string | undefined
  body: {
    model: string
    messages: { role: string; content: string }[]
    response_format?: { type: string; json_schema: { name: string; schema: Record<string, unknown> } }
  }
}

export interface FakeModelServer {
  /** With the path `/v1`. */
  url: string
  asked: Asked[]
  /** Bytes that were written of a huge answer. */
  written: () => number
  close(): Promise<void>
}

/** A completion whose message is `content`. */
export function says(content: string, changes: Record<string, unknown> = {}): Scripted {
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 }
  const message = { role: 'assistant', content }
  return {
    body: JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      choices: [{ index: 0, finish_reason: 'stop', message }],
      usage,
      ...changes,
    }),
  }
}

/** Starts it. `script` may also compute each answer from what was asked. */
export async function startFakeModelServer(
  script: readonly Scripted[] | ((asked: Asked) => Scripted),
): Promise<FakeModelServer> {
  const asked: Asked[] = []
  let written = 0
  const server = createServer(async (request, response) => {
    const question = await readQuestion(request)
    asked.push(question)
    const answer =
      typeof script === 'function' ? script(question) : script[Math.min(asked.length, script.length) - 1]!
    play(answer, response, (bytes) => {
      written += bytes
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    written: () => written,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readQuestion(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString('utf8')
  return {
    path: request.url!,
    authorization: request.headers.authorization,
    body: text === '' ? { model: '', messages: [] } : JSON.parse(text),
  }
}

function play(answer: Scripted, response: ServerResponse, count: (bytes: number) => void): void {
  if (answer === 'silence') return
  const headers = { 'content-type': 'application/json' }
  if (answer === 'stall') {
    response.writeHead(200, headers).write('{"choices":[')
  } else if (answer === 'huge') {
    response.writeHead(200, headers).write('{"choices":["')
    writeChunks(response, 64, count)
  } else {
    response.writeHead(answer.status ?? 200, { ...headers, ...answer.headers }).end(answer.body)
  }
}

function writeChunks(response: ServerResponse, chunks: number, count: (bytes: number) => void): void {
  if (response.destroyed) return
  if (chunks === 0) return void response.end('"]}')
  const chunk = 'x'.repeat(1024 ** 2)
  count(chunk.length)
  const next = () => writeChunks(response, chunks - 1, count)
  if (response.write(chunk)) setImmediate(next)
  else response.once('drain', next)
}
