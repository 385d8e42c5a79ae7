/** The App itself: installations, tokens, webhook deliveries. */
import { z } from 'zod'
import {
  ApiError,
  type Call,
  created,
  found,
  noContent,
  numberParam,
  ok,
  paginate,
  readBody,
  route,
} from '../api.ts'
import { hasPermission } from '../permissions.ts'
import { shapeApp, shapeInstallation, shapeRepository } from '../shapes/users.ts'
import type { Installation, Permissions, Repository } from '../state.ts'
import { issueInstallationToken } from '../tokens.ts'
import type { Delivery } from '../webhooks.ts'
import { installationOf } from '../world.ts'

export const appRoutes = [
  route('GET /app', 'app:read', ({ world }) => ok(shapeApp(world))),
  route('GET /app/installations', 'app:read', (call) =>
    paginate(call, [...call.world.installations.values()], (each) => shapeInstallation(call.world, each)),
  ),
  route('GET /app/installations/{installation_id}', 'app:read', (call) =>
    ok(shapeInstallation(call.world, askedInstallation(call))),
  ),
  route('GET /repos/{owner}/{repo}/installation', 'app:read', ({ world, repository }) =>
    ok(shapeInstallation(world, found(installationOf(world, repository)))),
  ),
  route('POST /app/installations/{installation_id}/access_tokens', 'app:read', createToken),
  route('DELETE /installation/token', 'installation:read', revokeToken),
  route('GET /installation/repositories', 'installation:read', listRepositories),
  route('GET /app/hook/deliveries', 'app:read', listDeliveries),
  route('GET /app/hook/deliveries/{delivery_id}', 'app:read', (call) =>
    ok(shapeFullDelivery(askedDelivery(call))),
  ),
  route('POST /app/hook/deliveries/{delivery_id}/attempts', 'app:read', (call) => {
    call.world.webhooks.redeliver(askedDelivery(call))
    return { status: 202, body: {} }
  }),
]

function askedInstallation(call: Call): Installation {
  return found(call.world.installations.get(numberParam(call, 'installation_id')))
}

const tokenBody = z.object({
  repositories: z.array(z.string()).max(500).optional(),
  repository_ids: z.array(z.number().int()).max(500).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write'])).optional(),
})

function createToken(call: Call) {
  const { world } = call
  const installation = askedInstallation(call)
  if (installation.suspendedAt) throw new ApiError(403, 'This installation has been suspended')
  const asked = readBody(call, tokenBody)
  const permissions = narrowedPermissions(installation, asked.permissions)
  const repositories = narrowedRepositories(call, installation, asked)
  const repositoryIds = repositories && new Set(repositories.map(({ id }) => id))
  const { token, expiresAt } = issueInstallationToken(world, installation, { permissions, repositoryIds })
  return created({
    token,
    expires_at: `${expiresAt.toISOString().slice(0, 19)}Z`,
    permissions: { metadata: 'read', ...permissions },
    repository_selection: 'selected',
    ...(repositories ? { repositories: repositories.map((each) => shapeRepository(world, each)) } : {}),
  })
}

function narrowedPermissions(installation: Installation, asked: Permissions | undefined): Permissions {
  if (!asked) return { ...installation.permissions }
  const isMore = Object.entries(asked).some(
    ([scope, access]) => !hasPermission(installation.permissions, scope, access),
  )
  if (isMore) throw new ApiError(422, 'The permissions requested are not granted to this installation.')
  return asked
}

function narrowedRepositories(
  { world }: Call,
  installation: Installation,
  asked: z.infer<typeof tokenBody>,
): Repository[] | undefined {
  if (!asked.repositories && !asked.repository_ids) return undefined
  const covered = [...world.repositories.values()].filter(({ id }) => installation.repositoryIds.has(id))
  const byName = (asked.repositories ?? []).map((name) =>
    covered.find((each) => each.name.toLowerCase() === name.toLowerCase()),
  )
  const byId = (asked.repository_ids ?? []).map((id) => covered.find((each) => each.id === id))
  return [...byName, ...byId].map((repository) => {
    if (repository) return repository
    throw new ApiError(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  })
}

function revokeToken({ world, actor }: Call) {
  for (const [value, token] of world.tokens) if (token.actor === actor) world.tokens.delete(value)
  return noContent()
}

function listRepositories(call: Call) {
  const { world, actor } = call
  if (actor.kind !== 'installation') throw new ApiError(403, 'Resource not accessible by integration')
  const isCovered = ({ id }: Repository) =>
    actor.installation.repositoryIds.has(id) && (actor.repositoryIds?.has(id) ?? true)
  const repositories = [...world.repositories.values()].filter(isCovered)
  return paginate(call, repositories, (each) => shapeRepository(world, each), 'repositories')
}

function askedDelivery(call: Call): Delivery {
  const id = numberParam(call, 'delivery_id')
  return found(call.world.webhooks.deliveries.find((delivery) => delivery.id === id))
}

/** Pages by cursor, newest first, as GitHub does here and nowhere else. */
function listDeliveries(call: Call) {
  const perPage = Math.min(100, Number(call.query.get('per_page')) || 30)
  const cursor = Number(call.query.get('cursor')?.replace(/^v1_/, '')) || Number.POSITIVE_INFINITY
  const older = call.world.webhooks.deliveries.filter((each) => each.id < cursor).reverse()
  const page = older.slice(0, perPage)
  const query = new URLSearchParams({ per_page: String(perPage), cursor: `v1_${page.at(-1)?.id}` })
  const link = `<${call.world.url}/app/hook/deliveries?${query}>; rel="next"`
  return { status: 200, body: page.map(shapeDelivery), headers: older.length > perPage ? { link } : {} }
}

function shapeDelivery(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.isRedelivery,
    duration: delivery.durationSeconds,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action ?? null,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId ?? null,
    throttled_at: null,
  }
}

function shapeFullDelivery(delivery: Delivery) {
  return {
    ...shapeDelivery(delivery),
    url: delivery.url,
    request: { headers: delivery.request.headers, payload: delivery.payload },
    response: delivery.response,
  }
}
