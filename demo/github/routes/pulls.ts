/** Pull requests, their files, commits, reviews and line comments. */
import { z } from 'zod'
import {
  type Answer,
  ApiError,
  type Call,
  created,
  found,
  numberParam,
  ok,
  paginate,
  readBody,
  route,
  unprocessable,
} from '../api.ts'
import { diffCommits, listCommits } from '../git/history.ts'
import { readCommits } from '../git/objects.ts'
import { closePull, describePull, diffBase, mergePull, openPull, reopenPull } from '../pull-requests.ts'
import { shapeCommit, shapeFileChange } from '../shapes/commits.ts'
import { shapePull, shapeReview, shapeReviewComment } from '../shapes/pulls.ts'
import type { PullRequest, Repository, Review, ReviewComment } from '../state.ts'
import { ensureUser, findRepository, now, userOf } from '../world.ts'

const one = 'repos/{owner}/{repo}/pulls/{pull_number}'

export const pullRoutes = [
  route('POST /repos/{owner}/{repo}/pulls', 'pull_requests:write', createPull),
  route('GET /repos/{owner}/{repo}/pulls', 'pull_requests:read', listPulls),
  route(`GET /${one}`, 'pull_requests:read', async (call) => ok(await describe(call, askedPull(call)))),
  route(`PATCH /${one}`, 'pull_requests:write', updatePull),
  route(`PUT /${one}/merge`, 'contents:write', merge),
  route(`GET /${one}/files`, 'pull_requests:read', listFiles),
  route(`GET /${one}/commits`, 'pull_requests:read', listPullCommits),
  route(`GET /${one}/comments`, 'pull_requests:read', listReviewComments),
  route(`POST /${one}/comments`, 'pull_requests:write', createReviewComment),
  route(`GET /${one}/reviews`, 'pull_requests:read', listReviews),
  route(`POST /${one}/reviews`, 'pull_requests:write', createReview),
  route(`GET /${one}/requested_reviewers`, 'pull_requests:read', (call) =>
    ok({ users: shapePull(call.world, call.repository, askedPull(call)).requested_reviewers, teams: [] }),
  ),
  route(`POST /${one}/requested_reviewers`, 'pull_requests:write', requestReviewers),
]

/** The pull request that the path names. */
export function askedPull(call: Call, name = 'pull_number'): PullRequest {
  return found(call.repository.pulls.get(numberParam(call, name)))
}

function describe({ world, repository }: Call, pull: PullRequest) {
  return describePull(world, repository, pull)
}

const pullBody = z.object({
  title: z.string().min(1).max(256),
  head: z.string(),
  base: z.string(),
  body: z.string().max(65_536).nullable().default(null),
  draft: z.boolean().default(false),
  maintainer_can_modify: z.boolean().optional(),
})

async function createPull(call: Call): Promise<Answer> {
  const { world, actor, repository } = call
  const { title, body, base, draft, head } = readBody(call, pullBody)
  const user = userOf(world, actor)
  const pull = await openPull(world, repository, {
    title,
    body,
    base,
    isDraft: draft,
    user,
    head: headOf(call, head),
  })
  return created(await describe(call, pull))
}

function headOf({ world, repository }: Call, head: string): { repository: Repository; ref: string } {
  const groups = /^(?<owner>[^:]+):(?<ref>.+)$/.exec(head)?.groups
  if (!groups || groups.owner!.toLowerCase() === repository.owner.login.toLowerCase()) {
    return { repository, ref: groups?.ref ?? head }
  }
  const fork = findRepository(world, `${groups.owner}/${repository.name}`)
  if (fork?.parent !== repository)
    throw unprocessable('PullRequest', 'The head is not a fork of this repository', 'invalid')
  return { repository: fork, ref: groups.ref! }
}

function listPulls(call: Call): Promise<Answer> {
  const { world, repository, query } = call
  const state = query.get('state') ?? 'open'
  const [head, base] = [query.get('head'), query.get('base')]
  const pulls = [...repository.pulls.values()].filter(
    (pull) =>
      (state === 'all' || pull.state === state) &&
      (!head ||
        `${pull.head.repository.owner.login}:${pull.head.ref}`.toLowerCase() === head.toLowerCase()) &&
      (!base || pull.base.ref === base),
  )
  const sorted = query.get('direction') === 'asc' ? pulls : pulls.reverse()
  return paginate(call, sorted, (pull) => shapePull(world, repository, pull))
}

const pullUpdate = z.object({
  title: z.string().min(1).optional(),
  body: z.string().max(65_536).nullable().optional(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.undefined({ error: 'the small GitHub does not model a change of base' }).optional(),
})

async function updatePull(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call)
  const { title, body, state } = readBody(call, pullUpdate)
  requireAuthorOrWriter(call, pull)
  if (title !== undefined) pull.title = title
  if (body !== undefined) pull.body = body
  pull.updatedAt = now(world)
  const by = userOf(world, call.actor)
  if (state === 'closed') await closePull(world, repository, pull, by)
  if (state === 'open') await reopenPull(world, repository, pull, by)
  return ok(await describe(call, pull))
}

function requireAuthorOrWriter({ actor, repository }: Call, pull: PullRequest): void {
  if (actor.kind !== 'user' || actor.user === pull.user) return
  const isOwner = repository.owner.login === actor.user.login
  const role = repository.collaborators.get(actor.user.login.toLowerCase())
  if (!isOwner && role !== 'admin' && role !== 'write')
    throw new ApiError(403, 'Must have admin rights to Repository.')
}

async function merge(call: Call): Promise<Answer> {
  const { world, repository, actor } = call
  const pull = askedPull(call)
  const sha = await mergePull(world, repository, pull, userOf(world, actor))
  if (!sha) throw new ApiError(405, 'Pull Request is not mergeable')
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' })
}

async function listFiles(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call)
  const files = await diffCommits(repository.directory, await diffBase(repository, pull), pull.head.sha)
  return paginate(call, files, (file) => shapeFileChange(world, repository, pull.head.sha, file))
}

async function listPullCommits(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call)
  const shas = await listCommits(
    repository.directory,
    [`${await diffBase(repository, pull)}..${pull.head.sha}`],
    250,
  )
  const commits = await readCommits(repository.directory, shas.reverse())
  return paginate(call, commits, (commit) => shapeCommit(world, repository, commit))
}

function listReviewComments(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call)
  const comments = [...repository.reviewComments.values()].filter((each) => each.issueNumber === pull.number)
  return paginate(call, comments, (each) => shapeReviewComment(world, repository, each))
}

const lineComment = z.object({
  body: z.string().min(1).max(65_536),
  path: z.string(),
  line: z.number().int().positive().optional(),
  side: z.enum(['LEFT', 'RIGHT']).default('RIGHT'),
})
const commentBody = lineComment.extend({ commit_id: z.string(), in_reply_to: z.number().int().optional() })

async function createReviewComment(call: Call): Promise<Answer> {
  const pull = askedPull(call)
  const asked = readBody(call, commentBody)
  const review = addReview(call, pull, { body: '', state: 'COMMENTED' })
  const comment = await addReviewComment(call, pull, review, asked)
  if (asked.in_reply_to !== undefined) comment.inReplyTo = asked.in_reply_to
  return created(shapeReviewComment(call.world, call.repository, comment))
}

async function addReviewComment(
  { world, repository, actor }: Call,
  pull: PullRequest,
  review: Review,
  asked: z.infer<typeof lineComment>,
): Promise<ReviewComment> {
  const files = await diffCommits(repository.directory, await diffBase(repository, pull), pull.head.sha)
  const file = files.find((each) => each.filename === asked.path)
  if (!file)
    throw unprocessable(
      'PullRequestReviewComment',
      `pull_request_review_thread.path diff too large or not part of the diff: ${asked.path}`,
    )
  const comment: ReviewComment = {
    id: world.nextId(),
    issueNumber: pull.number,
    user: userOf(world, actor),
    body: asked.body,
    isByApp: actor.kind === 'installation',
    createdAt: now(world),
    updatedAt: now(world),
    reactions: [],
    path: asked.path,
    line: asked.line ?? null,
    side: asked.side,
    commitSha: pull.head.sha,
    reviewId: review.id,
    inReplyTo: undefined,
    diffHunk: file.patch?.split('\n').slice(0, 5).join('\n') ?? '',
  }
  repository.reviewComments.set(comment.id, comment)
  return comment
}

function addReview(
  { world, repository, actor }: Call,
  pull: PullRequest,
  asked: { body: string; state: Review['state'] },
): Review {
  const review: Review = {
    id: world.nextId(),
    pullNumber: pull.number,
    user: userOf(world, actor),
    commitSha: pull.head.sha,
    submittedAt: now(world),
    ...asked,
  }
  repository.reviews.set(review.id, review)
  return review
}

function listReviews(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call)
  const reviews = [...repository.reviews.values()].filter((each) => each.pullNumber === pull.number)
  return paginate(call, reviews, (each) => shapeReview(world, repository, each))
}

const reviewBody = z.object({
  body: z.string().max(65_536).default(''),
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']).optional(),
  comments: z.array(lineComment).default([]),
  commit_id: z.string().optional(),
})
const reviewStates = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const

async function createReview(call: Call): Promise<Answer> {
  const { world, repository, actor } = call
  const pull = askedPull(call)
  const { body, event, comments } = readBody(call, reviewBody)
  if (event && event !== 'COMMENT' && userOf(world, actor) === pull.user) {
    throw unprocessable(
      'PullRequestReview',
      `Review Can not ${event.toLowerCase().replace('_', ' ')} your own pull request`,
    )
  }
  const review = addReview(call, pull, { body, state: event ? reviewStates[event] : 'PENDING' })
  for (const comment of comments) await addReviewComment(call, pull, review, comment)
  return ok(shapeReview(world, repository, review))
}

async function requestReviewers(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call)
  const { reviewers } = readBody(call, z.object({ reviewers: z.array(z.string()).default([]) }))
  for (const login of reviewers) {
    const isKnown = repository.collaborators.has(login.toLowerCase()) || repository.owner.login === login
    if (!isKnown)
      throw new ApiError(
        422,
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
      )
    const user = ensureUser(world, login)
    if (!pull.requestedReviewers.includes(user)) pull.requestedReviewers.push(user)
  }
  return created(shapePull(world, repository, pull))
}
