/** Who may see a repository, and who may call a route. */
import { ApiError, type Need, type Route } from './api.ts'
import type { Access, Permissions, Repository, Role } from './state.ts'
import { type Actor, installationOf, type World } from './world.ts'

/** Whether the actor learns that the repository exists. */
export function canSee(actor: Actor, repository: Repository): boolean {
  if (actor.kind === 'installation') return !repository.isPrivate || isInstalledOn(actor, repository)
  if (actor.kind === 'user')
    return !repository.isPrivate || roleOf(repository, actor.user.login) !== undefined
  return actor.kind === 'app' || !repository.isPrivate
}

function isInstalledOn(actor: Extract<Actor, { kind: 'installation' }>, repository: Repository): boolean {
  const isSelected = actor.repositoryIds?.has(repository.id) ?? true
  return isSelected && actor.installation.repositoryIds.has(repository.id)
}

/** The role of a person, the owner's included; undefined for strangers. */
export function roleOf(repository: Repository, login: string): Role | undefined {
  if (repository.owner.login.toLowerCase() === login.toLowerCase()) return 'admin'
  return repository.collaborators.get(login.toLowerCase())
}

/** Refuses a call that the actor may not make, in GitHub's words. */
export function checkPermission(
  world: World,
  actor: Actor,
  route: Route,
  repository: Repository | undefined,
): void {
  const { needs } = route
  if (needs.length === 0) return
  if (needs[0] === 'app:read') requireApp(actor)
  else if (actor.kind === 'app') throw new ApiError(401, 'A JSON web token was given where a token is needed')
  else if (needs[0] === 'installation:read') requireInstallation(actor)
  else if (actor.kind === 'anonymous') checkAnonymous(needs, repository)
  else if (!needs.some((need) => isAllowed(world, actor, need, repository))) throw refusal(actor, needs)
}

function requireApp(actor: Actor): void {
  if (actor.kind !== 'app') throw new ApiError(401, 'A JSON web token could not be decoded')
}

function requireInstallation(actor: Actor): void {
  if (actor.kind === 'anonymous') throw new ApiError(401, 'Requires authentication')
  if (actor.kind !== 'installation') {
    throw new ApiError(
      403,
      'You must authenticate with an installation access token in order to list repositories for an installation.',
    )
  }
}

function checkAnonymous(needs: readonly Need[], repository: Repository | undefined): void {
  const isRead = needs.every((need) => need.endsWith(':read'))
  if (!isRead || repository?.isPrivate) throw new ApiError(401, 'Requires authentication')
}

function isAllowed(
  world: World,
  actor: Exclude<Actor, { kind: 'anonymous' } | { kind: 'app' }>,
  need: Need,
  repository: Repository | undefined,
): boolean {
  const [scope, access] = need.split(':') as [string, Access]
  if (actor.kind === 'user') return isAllowedForPerson(actor.user.login, scope, access, repository)
  if (repository && !isInstalledOn(actor, repository)) return access === 'read' && !repository.isPrivate
  const granted = repository ? (installationOf(world, repository)?.permissions ?? {}) : actor.permissions
  return hasPermission(actor.permissions, scope, access) && hasPermission(granted, scope, access)
}

/** Whether permissions hold a scope at this access. Every App may read metadata. */
export function hasPermission(permissions: Permissions, scope: string, access: Access): boolean {
  if (scope === 'metadata' && access === 'read') return true
  return permissions[scope] === 'write' || permissions[scope] === access
}

function isAllowedForPerson(
  login: string,
  scope: string,
  access: Access,
  repository: Repository | undefined,
): boolean {
  if (!repository || access === 'read') return true
  if (scope === 'issues' || scope === 'pull_requests') return true
  const role = roleOf(repository, login)
  return role === 'admin' || role === 'write'
}

function refusal(actor: Actor, needs: readonly Need[]): ApiError {
  if (actor.kind === 'user') return new ApiError(403, 'Must have admin rights to Repository.')
  const accepted = needs.map((need) => need.replace(':', '=')).join('; ')
  return new ApiError(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': accepted },
  })
}
