/** Receives webhooks as Regreen would, and keeps them. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

interface ReceivedWebhook {
  event: string
  guid: string
  isSignatureValid: boolean
  // biome-ignore lint/suspicious/noExplicitAny: payloads are read as the tests know them.
  payload: any
}

export interface WebhookReceiver {
  url: string
  secret: string
  received: ReceivedWebhook[]
  /** The status it answers with. */
  status: number
  close(): Promise<void>
}

/** Starts a receiver on a free port. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const secret = 'a webhook secret'
  const received: ReceivedWebhook[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    received.push({
      event: String(request.headers['x-github-event']),
      guid: String(request.headers['x-github-delivery']),
      isSignatureValid: isSigned(body, String(request.headers['x-hub-signature-256']), secret),
      payload: JSON.parse(body.toString()),
    })
    response.writeHead(receiver.status).end('ok')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    secret,
    received,
    status: 200,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}

function isSigned(body: Buffer, signature: string, secret: string): boolean {
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  return (
    signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected))
  )
}
