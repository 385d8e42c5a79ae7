/** The HTTP server: webhooks at Probot's path, and a health page. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { createNodeMiddleware, Probot } from 'probot'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import type { Store } from './store/open-store.ts'

/** GitHub caps webhook bodies at 25 MB; a larger one is not GitHub's. */
const webhookBytesMax = 25 * 1024 ** 2

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  url: string
  close(): Promise<void>
}

/** Where GitHub sends webhooks. */
const webhookPath = '/api/github/webhooks'

/** Starts listening. Rejects when the port is taken. */
export async function startServer(
  config: Pick<Config, 'appId' | 'privateKey' | 'webhookSecret' | 'host' | 'port'>,
  store: Store,
  log: Logger,
): Promise<RunningServer> {
  // Probot's own logger prints the payload of a forged webhook; this one prints only what we write.
  const probot = new Probot({
    appId: config.appId,
    privateKey: config.privateKey,
    secret: config.webhookSecret,
    log: log.child({ part: 'probot' }, { level: 'silent' }),
  })
  const app = createApp(store, () => new Date())
  const webhooks = await createNodeMiddleware(app, { probot, webhooksPath: webhookPath })
  const server = createServer((request, response) => {
    void answer(request, response, webhooks, store)
  })
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(config.port, config.host, resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${config.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeIdleConnections()
      }),
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  webhooks: Awaited<ReturnType<typeof createNodeMiddleware>>,
  store: Store,
): Promise<void> {
  if (Number(request.headers['content-length'] ?? 0) > webhookBytesMax) return end(response, 413, 'too large')
  if (request.url === '/healthz') {
    const isHealthy = await store.database.query('select 1').then(
      () => true,
      () => false,
    )
    return end(response, isHealthy ? 200 : 503, isHealthy ? 'ok' : 'the database does not answer')
  }
  await webhooks(request, response, () => end(response, 404, 'not found'))
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}
