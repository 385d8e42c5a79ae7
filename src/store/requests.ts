/** Webhook deliveries already seen, and the `/fix` comments that wait for an answer. */
import { z } from 'zod'
import { actorSchema, repositorySchema } from '../domain/workflow-run.ts'
import type { Session } from './database.ts'

export const fixRequestSchema = z.strictObject({
  installationId: z.number().int().nonnegative(),
  repository: repositorySchema,
  pullRequestNumber: z.number().int().positive(),
  commentId: z.number().int().positive(),
  sender: actorSchema,
})
/** Somebody wrote `/fix` in a pull request. Which run is meant, and whether they may ask, is not known yet. */
export type FixRequest = z.infer<typeof fixRequestSchema>

/** Remembers a webhook's GUID. Returns false when it was seen before. */
export async function recordDelivery(session: Session, guid: string, event: string): Promise<boolean> {
  const rows = await session.query(
    'insert into deliveries (guid, event) values ($1, $2) on conflict do nothing returning guid',
    [guid, event],
  )
  return rows.length === 1
}

/** Stores a request. Returns false when this comment is known already. */
export async function insertFixRequest(session: Session, request: FixRequest): Promise<boolean> {
  const rows = await session.query(
    `insert into fix_requests (comment_id, repository_id, request) values ($1, $2, $3)
     on conflict do nothing returning comment_id`,
    [request.commentId, request.repository.id, JSON.stringify(request)],
  )
  return rows.length === 1
}

/** The request while it has no answer; null afterwards. */
export async function loadFixRequest(
  session: Session,
  repositoryId: number,
  commentId: number,
): Promise<FixRequest | null> {
  const [row] = await session.query<{ request: unknown }>(
    'select request from fix_requests where repository_id = $1 and comment_id = $2 and answer is null',
    [repositoryId, commentId],
  )
  return row ? fixRequestSchema.parse(row.request) : null
}

/** Notes what became of the request. */
export async function answerFixRequest(session: Session, request: FixRequest, answer: string): Promise<void> {
  await session.query('update fix_requests set answer = $3 where repository_id = $1 and comment_id = $2', [
    request.repository.id,
    request.commentId,
    answer,
  ])
}
