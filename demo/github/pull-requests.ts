/** The life of a pull request: opened, moved by pushes, made ready, closed, merged. */
import { announce } from './announce.ts'
import { unprocessable } from './api.ts'
import { aheadBehind, diffCommits, fetchCommit, mergeBase, mergeCommits } from './git/history.ts'
import { readRef, writeRef, zeroSha } from './git/refs.ts'
import { changedPaths } from './git/trees.ts'
import { changeRef, type RefChange } from './ref-changes.ts'
import { shapeFullPull } from './shapes/pulls.ts'
import type { PullRequest, Repository, User } from './state.ts'
import { now, signatureOf, type World } from './world.ts'

export interface NewPull {
  title: string
  body: string | null
  head: { repository: Repository; ref: string }
  base: string
  isDraft: boolean
  user: User
}

/** Opens a pull request, with GitHub's refusals. */
export async function openPull(world: World, repository: Repository, asked: NewPull): Promise<PullRequest> {
  const head = await readRef(asked.head.repository.directory, `refs/heads/${asked.head.ref}`)
  const base = await readRef(repository.directory, `refs/heads/${asked.base}`)
  if (!head) throw unprocessable('PullRequest', 'The head branch does not exist', 'invalid')
  if (!base) throw unprocessable('PullRequest', 'The base branch does not exist', 'invalid')
  refuseSecondPull(repository, asked)
  await fetchCommit(repository.directory, asked.head.repository.directory, head.sha)
  if ((await aheadBehind(repository.directory, base.sha, head.sha)).ahead === 0) {
    throw unprocessable('PullRequest', `No commits between ${asked.base} and ${asked.head.ref}`)
  }
  const pull = recordPull(world, repository, asked, { head: head.sha, base: base.sha })
  await refreshMerge(world, repository, pull)
  await announcePull(world, repository, pull, 'opened', asked.user)
  return pull
}

function refuseSecondPull(repository: Repository, { head, base }: NewPull): void {
  const twin = [...repository.pulls.values()].find(
    (pull) =>
      pull.state === 'open' &&
      pull.head.repository === head.repository &&
      pull.head.ref === head.ref &&
      pull.base.ref === base,
  )
  if (!twin) return
  const name = `${head.repository.owner.login}:${head.ref}`
  throw unprocessable('PullRequest', `A pull request already exists for ${name}.`)
}

function recordPull(
  world: World,
  repository: Repository,
  asked: NewPull,
  shas: { head: string; base: string },
): PullRequest {
  const pull: PullRequest = {
    id: world.nextId(),
    number: repository.nextNumber++,
    title: asked.title,
    body: asked.body,
    user: asked.user,
    state: 'open',
    isDraft: asked.isDraft,
    head: { ...asked.head, sha: shas.head },
    base: { ref: asked.base, sha: shas.base },
    mergeCommitSha: undefined,
    mergedAt: null,
    mergedBy: null,
    closedAt: null,
    createdAt: now(world),
    updatedAt: now(world),
    labels: [],
    requestedReviewers: [],
  }
  repository.pulls.set(pull.number, pull)
  return pull
}

async function refreshMerge(world: World, repository: Repository, pull: PullRequest): Promise<void> {
  await writeRef(repository.directory, `refs/pull/${pull.number}/head`, pull.head.sha)
  const message = `Merge ${pull.head.sha} into ${pull.base.sha}`
  const by = signatureOf(world, pull.user)
  pull.mergeCommitSha = await mergeCommits(repository.directory, {
    base: pull.base.sha,
    head: pull.head.sha,
    by,
    message,
  })
  const ref = `refs/pull/${pull.number}/merge`
  if (pull.mergeCommitSha) await writeRef(repository.directory, ref, pull.mergeCommitSha)
  else if (await readRef(repository.directory, ref)) await writeRef(repository.directory, ref, zeroSha)
}

/** Brings open pull requests up to date after their head or base branch moved. */
export async function refreshPullsOf(world: World, moved: Repository, change: RefChange): Promise<void> {
  const branch = change.ref.slice('refs/heads/'.length)
  for (const repository of world.repositories.values()) {
    for (const pull of repository.pulls.values()) {
      if (pull.state !== 'open') continue
      if (pull.head.repository === moved && pull.head.ref === branch) {
        await moveHead(world, repository, pull, change)
      } else if (repository === moved && pull.base.ref === branch && change.after !== zeroSha) {
        pull.base.sha = change.after
        await refreshMerge(world, repository, pull)
      }
    }
  }
}

async function moveHead(
  world: World,
  repository: Repository,
  pull: PullRequest,
  change: RefChange,
): Promise<void> {
  if (change.after === zeroSha) return closePull(world, repository, pull, change.actor)
  await fetchCommit(repository.directory, pull.head.repository.directory, change.after)
  pull.head.sha = change.after
  pull.updatedAt = now(world)
  await refreshMerge(world, repository, pull)
  await announcePull(world, repository, pull, 'synchronize', change.actor)
}

/** Closes a pull request without merging it. */
export async function closePull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  by: User,
): Promise<void> {
  if (pull.state === 'closed') return
  pull.state = 'closed'
  pull.closedAt = now(world)
  pull.updatedAt = now(world)
  await announcePull(world, repository, pull, 'closed', by)
}

/** Opens a closed pull request again. */
export async function reopenPull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  by: User,
): Promise<void> {
  if (pull.state === 'open') return
  pull.state = 'open'
  pull.closedAt = null
  pull.updatedAt = now(world)
  await refreshMerge(world, repository, pull)
  await announcePull(world, repository, pull, 'reopened', by)
}

/** Turns a draft into a pull request that is ready for review, or back. */
export async function setDraft(
  world: World,
  repository: Repository,
  pull: PullRequest,
  { isDraft, by }: { isDraft: boolean; by: User },
): Promise<void> {
  if (pull.isDraft === isDraft) return
  pull.isDraft = isDraft
  pull.updatedAt = now(world)
  await announcePull(world, repository, pull, isDraft ? 'converted_to_draft' : 'ready_for_review', by)
}

/** Merges a pull request with a merge commit; undefined when it cannot be merged. */
export async function mergePull(world: World, repository: Repository, pull: PullRequest, by: User) {
  if (pull.state === 'closed' || pull.isDraft) return undefined
  const message = `Merge pull request #${pull.number} from ${pull.head.repository.owner.login}/${pull.head.ref}\n\n${pull.title}`
  const before = pull.base.sha
  const after = await mergeCommits(repository.directory, {
    base: before,
    head: pull.head.sha,
    by: signatureOf(world, by),
    message,
  })
  if (!after) return undefined
  pull.mergedAt = now(world)
  pull.mergedBy = by
  pull.mergeCommitSha = after
  await closePull(world, repository, pull, by)
  await changeRef(world, repository, { ref: `refs/heads/${pull.base.ref}`, before, after, actor: by })
  return after
}

/** The commit a pull request's diff starts from. */
export async function diffBase(repository: Repository, pull: PullRequest): Promise<string> {
  return (await mergeBase(repository.directory, pull.base.sha, pull.head.sha)) ?? pull.base.sha
}

/** The full form of a pull request, with its counts. */
export async function describePull(world: World, repository: Repository, pull: PullRequest) {
  const base = await diffBase(repository, pull)
  const files = await diffCommits(repository.directory, base, pull.head.sha)
  const { ahead } = await aheadBehind(repository.directory, pull.base.sha, pull.head.sha)
  return shapeFullPull(world, repository, pull, {
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
    commits: ahead,
    mergeable: pull.state === 'closed' ? null : pull.mergeCommitSha !== undefined,
  })
}

async function announcePull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  action: string,
  sender: User,
) {
  const payload = { number: pull.number, pull_request: await describePull(world, repository, pull) }
  announce(world, repository, { event: 'pull_request', action, sender, ...payload })
  if (!pull.mergeCommitSha) return
  await world.scheduler.trigger(repository, {
    name: 'pull_request',
    action,
    payload: { action, ...payload },
    ref: `refs/pull/${pull.number}/merge`,
    sha: action === 'closed' ? pull.base.sha : pull.mergeCommitSha,
    headSha: pull.head.sha,
    headBranch: pull.head.ref,
    baseBranch: pull.base.ref,
    pullNumber: pull.number,
    changedPaths: await changedPaths(repository.directory, await diffBase(repository, pull), pull.head.sha),
    inputs: {},
    actor: sender,
  })
}
