/** `fetch` for a server that is not trusted: no redirect is followed, no endless answer is read. */

/** A diagnosis has a few hundred bytes, a long answer with its reasoning less than a megabyte. */
export const answerBytesMax = 2 * 1024 ** 2

/** A server that asks for a longer pause is not waited for: the caller goes on without its answer. */
const retryAfterSecondsMax = 60

/** An answer cut at `answerBytesMax` is no JSON any more, so it is refused like other garbage. */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, { ...init, redirect: 'manual' })
  const body = await readStart(response.body)
  return new Response(hasBody(response.status) ? body : null, {
    status: response.status,
    headers: headersFor(response.headers),
  })
}

/** Only what the client needs: `x-should-retry` would let a server decide how often it is asked. */
function headersFor(given: Headers): Headers {
  const headers = new Headers({ 'content-type': given.get('content-type') ?? 'text/plain' })
  const retryAfter = given.get('retry-after')
  if (retryAfter === null) return headers
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  if (seconds > retryAfterSecondsMax) headers.set('x-should-retry', 'false')
  else headers.set('retry-after', retryAfter)
  return headers
}

function hasBody(status: number): boolean {
  return ![204, 205, 304].includes(status)
}

async function readStart(body: ReadableStream<Uint8Array> | null): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let room = answerBytesMax
  for await (const chunk of body ?? []) {
    chunks.push(chunk.subarray(0, room))
    room -= chunk.length
    if (room <= 0) break
  }
  return Buffer.concat(chunks)
}
