/** Tells the App what happened: builds the payload of each event and sends it where permissions allow. */
import { hasPermission } from './permissions.ts'
import { shapeInstallation, shapeRepository, shapeUser } from './shapes/users.ts'
import type { Access, Installation, Permissions, Repository, User } from './state.ts'
import { installationOf, type World } from './world.ts'

/** The scope an App needs for each event; any one is enough. */
const eventScopes: Record<string, readonly string[]> = {
  push: ['contents'],
  pull_request: ['pull_requests'],
  workflow_run: ['actions'],
  check_run: ['checks'],
  issue_comment: ['issues', 'pull_requests'],
  commit_comment: ['contents'],
  installation: [],
  installation_repositories: [],
}

/** The events an App of these permissions is subscribed to. */
export function eventsFor(permissions: Permissions): string[] {
  return Object.entries(eventScopes)
    .filter(([, scopes]) => scopes.some((scope) => hasPermission(permissions, scope, 'read')))
    .map(([event]) => event)
}

/** Sends an event of a repository to the App, if it is installed there and may see it. */
export function announce(
  world: World,
  repository: Repository,
  { event, action, sender, access = 'read', ...objects }: AnnouncedEvent,
): void {
  const installation = installationOf(world, repository)
  if (!installation || installation.suspendedAt) return
  const scopes = eventScopes[event] ?? []
  if (!scopes.some((scope) => hasPermission(installation.permissions, scope, access))) return
  world.webhooks.send({
    event,
    action,
    installationId: installation.id,
    repositoryId: repository.id,
    payload: {
      ...(action ? { action } : {}),
      ...objects,
      repository: shapeRepository(world, repository),
      sender: shapeUser(world, sender),
      installation: {
        id: installation.id,
        node_id: Buffer.from(`I:${installation.id}`).toString('base64url'),
      },
    },
  })
}

/** An event with the objects of its payload. */
export interface AnnouncedEvent {
  event: string
  action?: string
  sender: User
  access?: Access
  [object: string]: unknown
}

/** Sends an `installation` or `installation_repositories` event. */
export function announceInstallation(
  world: World,
  installation: Installation,
  { event, action, ...objects }: { event: string; action: string; [object: string]: unknown },
): void {
  world.webhooks.send({
    event,
    action,
    installationId: installation.id,
    repositoryId: undefined,
    payload: {
      action,
      installation: shapeInstallation(world, installation),
      ...objects,
      sender: shapeUser(world, installation.account),
    },
  })
}
