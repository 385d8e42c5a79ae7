/** Git over HTTP: `git http-backend` behind GitHub's rules of who may fetch and push. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ApiError } from '../api.ts'
import { canSee, hasPermission, roleOf } from '../permissions.ts'
import { afterRefChange } from '../ref-changes.ts'
import type { Repository } from '../state.ts'
import { authenticate } from '../tokens.ts'
import { type Actor, findRepository, userOf, type World } from '../world.ts'
import { gitEnvironment } from './git.ts'
import { listRefs, type Ref, zeroSha } from './refs.ts'

/** Refuses commits with changed workflow files in a push of an App that may not change them. */
const preReceiveHook = `#!/bin/sh
[ "$SMALL_GITHUB_GUARD_WORKFLOWS" = 1 ] || exit 0
status=0
while read -r before after ref; do
  case "$after" in *[!0]*) ;; *) continue ;; esac
  for commit in $(git rev-list "$after" --not --branches --tags); do
    path=$(git diff-tree --root --no-commit-id --name-only -r "$commit" -- .github/workflows | head -n 1)
    if [ -n "$path" ]; then
      echo "refusing to allow a GitHub App to create or update workflow \\\`$path\\\` without \\\`workflows\\\` permission"
      status=1
      break
    fi
  done
done
exit $status
`

/** Writes the hook into a bare repository. */
export function installHook(directory: string): void {
  const path = join(directory, 'hooks', 'pre-receive')
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, preReceiveHook, { mode: 0o755 })
}

/** Pushes to one repository happen one after the other, so that their ref changes can be told apart. */
const pushes = new WeakMap<Repository, Promise<unknown>>()

/** Answers one request of a git client. */
export async function answerGit(world: World, request: Request): Promise<Response> {
  try {
    return await route(world, request)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const headers: Record<string, string> =
      error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}
    return new Response(`${error.message}\n`, { status: error.status, headers })
  }
}

async function route(world: World, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const groups = /^\/(?<name>[\w.-]+\/[\w.-]+?)\.git\/(?<rest>info\/refs|git-(?:upload|receive)-pack)$/.exec(
    url.pathname,
  )?.groups
  if (!groups) throw new ApiError(404, 'Not Found')
  const actor = authenticate(world, request.headers.get('authorization') ?? undefined)
  const repository = findRepository(world, groups.name!)
  const isPush = groups.rest === 'git-receive-pack' || url.searchParams.get('service') === 'git-receive-pack'
  checkAccess(actor, repository, isPush)
  const backend = () => runBackend(repository!, { request, actor, rest: groups.rest! })
  return isPush && request.method === 'POST' ? queuePush(world, repository!, actor, backend) : backend()
}

function checkAccess(actor: Actor, repository: Repository | undefined, isPush: boolean): void {
  if (!repository || !canSee(actor, repository)) {
    if (actor.kind === 'anonymous') throw new ApiError(401, 'Repository not found.')
    throw new ApiError(404, 'Repository not found.')
  }
  if (!isPush) return
  if (actor.kind === 'anonymous') throw new ApiError(401, 'Authentication required')
  if (!mayPush(actor, repository)) {
    throw new ApiError(403, `Write access to repository not granted.`)
  }
}

function mayPush(actor: Actor, repository: Repository): boolean {
  if (actor.kind === 'user') return ['admin', 'write'].includes(roleOf(repository, actor.user.login) ?? '')
  if (actor.kind !== 'installation') return false
  const isInstalled =
    actor.installation.repositoryIds.has(repository.id) && (actor.repositoryIds?.has(repository.id) ?? true)
  return isInstalled && hasPermission(actor.permissions, 'contents', 'write')
}

async function queuePush(
  world: World,
  repository: Repository,
  actor: Actor,
  backend: () => Promise<Response>,
): Promise<Response> {
  const before = pushes.get(repository) ?? Promise.resolve()
  const push = before.catch(() => {}).then(() => pushAndAnnounce(world, repository, actor, backend))
  pushes.set(repository, push)
  return push
}

async function pushAndAnnounce(
  world: World,
  repository: Repository,
  actor: Actor,
  backend: () => Promise<Response>,
) {
  const before = await listRefs(repository.directory)
  const response = await backend()
  const after = await listRefs(repository.directory)
  for (const change of refChanges(before, after)) {
    await afterRefChange(world, repository, { ...change, actor: userOf(world, actor) })
  }
  return response
}

function refChanges(before: readonly Ref[], after: readonly Ref[]) {
  const names = new Set([...before, ...after].map(({ name }) => name))
  const shaIn = (refs: readonly Ref[], name: string) => refs.find((ref) => ref.name === name)?.sha ?? zeroSha
  return [...names]
    .map((ref) => ({ ref, before: shaIn(before, ref), after: shaIn(after, ref) }))
    .filter((change) => change.before !== change.after)
}

interface BackendRequest {
  request: Request
  actor: Actor
  rest: string
}

async function runBackend(repository: Repository, asked: BackendRequest): Promise<Response> {
  const { request } = asked
  const child = spawn('git', ['http-backend'], { env: backendEnvironment(repository, asked) })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stdin.on('error', () => {})
  const closed = new Promise<void>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve())
  })
  if (request.body) for await (const chunk of request.body) child.stdin.write(chunk)
  child.stdin.end()
  await closed
  return parseCgi(Buffer.concat(output))
}

function backendEnvironment(
  repository: Repository,
  { request, actor, rest }: BackendRequest,
): Record<string, string> {
  const url = new URL(request.url)
  const isGuarded = actor.kind === 'installation' && !hasPermission(actor.permissions, 'workflows', 'write')
  const header = (name: string, variable: string) => {
    const value = request.headers.get(name)
    return value ? { [variable]: value } : {}
  }
  return gitEnvironment({
    GIT_PROJECT_ROOT: dirname(repository.directory),
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${repository.directory.split('/').at(-1)}/${rest}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: url.search.slice(1),
    REMOTE_ADDR: '127.0.0.1',
    ...(actor.kind === 'anonymous' ? {} : { REMOTE_USER: 'authenticated' }),
    SMALL_GITHUB_GUARD_WORKFLOWS: isGuarded ? '1' : '0',
    ...header('content-type', 'CONTENT_TYPE'),
    ...header('content-length', 'CONTENT_LENGTH'),
    ...header('content-encoding', 'HTTP_CONTENT_ENCODING'),
    ...header('git-protocol', 'HTTP_GIT_PROTOCOL'),
  })
}

function parseCgi(output: Buffer): Response {
  const end = output.indexOf('\r\n\r\n')
  if (end < 0) return new Response('git http-backend gave no answer\n', { status: 500 })
  const headers = new Headers()
  let status = 200
  for (const line of output.subarray(0, end).toString().split('\r\n')) {
    const [name, value] = [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]
    if (name.toLowerCase() === 'status') status = Number(value.split(' ')[0])
    else headers.append(name, value)
  }
  return new Response(new Uint8Array(output.subarray(end + 4)), { status, headers })
}
