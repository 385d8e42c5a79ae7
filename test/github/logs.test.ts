import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { UpstreamError } from '../../src/errors.ts'
import { openGithubAccess } from '../../src/github/access.ts'
import { openJobLog } from '../../src/github/logs.ts'
import { appCredentials, repository, token } from '../support/github-api.ts'

const running: Server[] = []

/** A server on loopback that remembers what it was asked. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const asked: { url: string | undefined; authorization: string | undefined }[] = []
  const server = createServer((request, response) => {
    asked.push({ url: request.url, authorization: request.headers.authorization })
    answer(request, response)
  })
  running.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

afterEach(() => {
  vi.useRealTimers()
  for (const server of running.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A GitHub that hands out a token and answers the rest as told. */
function serveApi(answer: (response: ServerResponse) => void) {
  return serve((request, response) => {
    if (request.url?.endsWith('/access_tokens')) {
      response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ token }))
    } else answer(response)
  })
}

function openLog(apiUrl: string): Promise<string | null> {
  const access = openGithubAccess(appCredentials({ apiUrl }), pino({ level: 'silent' }))
  return access.withClient({ installationId: 3, repository }, 'reader', async (client) => {
    const stream = await openJobLog(client, 11)
    return stream && (await text(stream))
  })
}

describe('openJobLog', () => {
  it('follows the redirect to another host, which does not see the token', async () => {
    const storage = await serve((_request, response) => response.end('2026-01-02T03:04:05.0Z hello\n'))
    const api = await serveApi((response) =>
      response.writeHead(302, { location: `${storage.url}/log?signature=x` }).end(),
    )

    const log = await openLog(api.url)

    expect(log).toBe('2026-01-02T03:04:05.0Z hello\n')
    expect(api.asked[1]).toEqual({
      url: '/repos/acme/orders/actions/jobs/11/logs',
      authorization: `token ${token}`,
    })
    expect(storage.asked).toEqual([{ url: '/log?signature=x', authorization: undefined }])
  })

  it.each([404, 410])('is null when GitHub answers %i', async (status) => {
    const api = await serveApi((response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"Gone"}'),
    )

    expect(await openLog(api.url)).toBeNull()
  })

  it('is null when the storage has lost the log', async () => {
    const storage = await serve((_request, response) => response.writeHead(404).end())
    const api = await serveApi((response) => response.writeHead(302, { location: storage.url }).end())

    expect(await openLog(api.url)).toBeNull()
  })

  it('throws where the App may not read', async () => {
    const api = await serveApi((response) =>
      response
        .writeHead(403, {
          'content-type': 'application/json',
          'x-accepted-github-permissions': 'actions=read',
        })
        .end('{"message":"Resource not accessible by integration"}'),
    )

    await expect(openLog(api.url)).rejects.toMatchObject({
      code: 'github-permission-missing',
      message: expect.stringContaining('needed: actions=read'),
    })
  })

  it('hands on the log while it is still being written', async () => {
    let goOn = () => {}
    const storage = await serve((_request, response) => {
      response.write('first\n')
      goOn = () => response.end('last\n')
    })
    const api = await serveApi((response) => response.writeHead(302, { location: storage.url }).end())
    const access = openGithubAccess(appCredentials({ apiUrl: api.url }), pino({ level: 'silent' }))

    const chunks = await access.withClient({ installationId: 3, repository }, 'reader', async (client) => {
      const found: string[] = []
      for await (const chunk of (await openJobLog(client, 11)) ?? []) {
        found.push(Buffer.from(chunk).toString())
        goOn()
      }
      return found
    })

    expect(chunks).toEqual(['first\n', 'last\n'])
  })

  /** The error of a log that cannot be opened, with the clock running ahead. */
  async function errorOf(apiUrl: string): Promise<unknown> {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let error: unknown
    openLog(apiUrl).catch((reason) => {
      error = reason
    })
    while (error === undefined) {
      await vi.advanceTimersByTimeAsync(500)
      await setImmediate()
    }
    return error
  }

  it('gives up on a server that never answers, and says so', async () => {
    const api = await serveApi(() => {})

    const error = await errorOf(api.url)

    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({
      code: 'github-unavailable',
      message:
        'GitHub did not answer GET /repos/acme/orders/actions/jobs/11/logs (no answer within 20 seconds). ' +
        'It may be down or out of reach. The step is tried again.',
    })
  })

  it('says so when nobody listens', async () => {
    const api = await serveApi(() => {})
    running.pop()?.close()

    expect(await errorOf(api.url)).toMatchObject({
      code: 'github-unavailable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })
})
