/** The one way in which a branch or tag moves: the ref, then the events, then the workflows. */
import { announce } from './announce.ts'
import { isFastForward, listNewCommits } from './git/history.ts'
import { readCommit, readCommits } from './git/objects.ts'
import { writeRef, zeroSha } from './git/refs.ts'
import { changedPaths } from './git/trees.ts'
import { refreshPullsOf } from './pull-requests.ts'
import { shapeEventCommit } from './shapes/commits.ts'
import { htmlUrl } from './shapes/users.ts'
import type { Repository, User } from './state.ts'
import { now, type World } from './world.ts'

export interface RefChange {
  ref: string
  before: string
  after: string
  actor: User
}

/** GitHub lists at most this many commits in a push event. */
const pushCommitsMax = 20

/** Moves a ref and lets everybody know. */
export async function changeRef(world: World, repository: Repository, change: RefChange): Promise<void> {
  await writeRef(repository.directory, change.ref, change.after)
  await afterRefChange(world, repository, change)
}

/** What follows from a ref that has moved already, as after a git push. */
export async function afterRefChange(world: World, repository: Repository, change: RefChange): Promise<void> {
  if (!/^refs\/(heads|tags)\//.test(change.ref) || change.before === change.after) return
  repository.pushedAt = now(world)
  const payload = await pushPayload(world, repository, change)
  announce(world, repository, { event: 'push', sender: change.actor, ...payload })
  if (change.after !== zeroSha) await startPushWorkflows(world, repository, change, payload)
  if (change.ref.startsWith('refs/heads/')) await refreshPullsOf(world, repository, change)
}

async function pushPayload(world: World, repository: Repository, { ref, before, after, actor }: RefChange) {
  const shas = after === zeroSha ? [] : await newCommits(repository, before, after)
  const commits = await readCommits(repository.directory, shas.reverse())
  const head = after === zeroSha ? undefined : await readCommit(repository.directory, after)
  const isForced =
    before !== zeroSha && after !== zeroSha && !(await isFastForward(repository.directory, before, after))
  return {
    ref,
    before,
    after,
    base_ref: null,
    created: before === zeroSha,
    deleted: after === zeroSha,
    forced: isForced,
    compare: `${htmlUrl(world, repository)}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: commits.map((commit) => shapeEventCommit(world, repository, commit)),
    head_commit: head ? shapeEventCommit(world, repository, head) : null,
    pusher: { name: actor.login, email: `${actor.login}@users.noreply.github.com` },
  }
}

/** A new branch brings its last commit; GitHub looks for what no other branch has. */
function newCommits({ directory }: Repository, before: string, after: string): Promise<string[]> {
  if (before === zeroSha) return Promise.resolve([after])
  return listNewCommits(directory, before, after, pushCommitsMax)
}

async function startPushWorkflows(
  world: World,
  repository: Repository,
  { ref, before, after, actor }: RefChange,
  payload: Record<string, unknown>,
): Promise<void> {
  const base = before === zeroSha ? (await readCommit(repository.directory, after)).parents[0] : before
  await world.scheduler.trigger(repository, {
    name: 'push',
    action: undefined,
    payload,
    ref,
    sha: after,
    headSha: after,
    headBranch: ref.replace(/^refs\/(heads|tags)\//, ''),
    baseBranch: undefined,
    pullNumber: undefined,
    changedPaths: await changedPaths(repository.directory, base, after),
    inputs: {},
    actor,
  })
}
