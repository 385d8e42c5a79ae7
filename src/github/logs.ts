/** The log of a job, as a stream. */
import type { RepositoryClient } from './access.ts'
import { hasStatus } from './upstream-error.ts'

/**
 * Opens a job's log. Returns null when GitHub has none (not yet, expired, or never written).
 * GitHub answers with a redirect to a storage host, which must not see our token: `fetch` drops the
 * Authorization header when the origin changes.
 */
export async function openJobLog(
  client: RepositoryClient,
  jobId: number,
): Promise<ReadableStream<Uint8Array> | null> {
  try {
    const response = await client.octokit.request('GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs', {
      ...client.at,
      job_id: jobId,
      request: { parseSuccessResponseBody: false },
    })
    return response.data as ReadableStream<Uint8Array>
  } catch (error) {
    if (hasStatus(error, 404) || hasStatus(error, 410)) return null
    throw error
  }
}
