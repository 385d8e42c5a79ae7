/** Everything that one running small GitHub shares between its parts. */

import type { Scheduler } from './actions/scheduler.ts'
import { isoSeconds, type Signature } from './git/objects.ts'
import type { AppRecord, Installation, Permissions, Repository, User } from './state.ts'
import type { WebhookSender } from './webhooks.ts'

/** What a token stands for. */
export type Actor =
  | { kind: 'anonymous' }
  | { kind: 'app' }
  | { kind: 'user'; user: User }
  | {
      kind: 'installation'
      installation: Installation
      permissions: Permissions
      repositoryIds: Set<number> | undefined
    }

interface Token {
  actor: Actor
  expiresAt: Date | undefined
}

export interface World {
  directory: string
  url: string
  logsUrl: string
  clock: () => Date
  app: AppRecord
  users: Map<string, User>
  repositories: Map<string, Repository>
  installations: Map<number, Installation>
  tokens: Map<string, Token>
  webhooks: WebhookSender
  scheduler: Scheduler
  nextId: () => number
}

/** The present moment as GitHub writes it. */
export function now(world: World): string {
  return isoSeconds(world.clock())
}

/** The user of that login, created when new. */
export function ensureUser(world: World, login: string, type: User['type'] = 'User'): User {
  const known = world.users.get(login.toLowerCase())
  if (known) return known
  const user: User = { id: world.nextId(), login, type, createdAt: now(world) }
  world.users.set(login.toLowerCase(), user)
  return user
}

/** The repository of that full name, however it is capitalised. */
export function findRepository(world: World, fullName: string): Repository | undefined {
  return world.repositories.get(fullName.toLowerCase())
}

/** The installation that covers a repository and is not suspended, or undefined. */
export function installationOf(world: World, repository: Repository): Installation | undefined {
  return [...world.installations.values()].find((installation) =>
    installation.repositoryIds.has(repository.id),
  )
}

/** How a user signs commits at this moment. */
export function signatureOf(world: World, user: User): Signature {
  const email = `${user.id}+${user.login}@users.noreply.github.com`
  return { name: user.login, email, date: now(world) }
}

/** The user in whose name an actor acts. */
export function userOf(world: World, actor: Actor): User {
  if (actor.kind === 'user') return actor.user
  if (actor.kind === 'anonymous') throw new Error('An anonymous caller has no user.')
  return world.app.bot
}
