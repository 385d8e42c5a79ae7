/** Comments on issues and commits, reactions to them, and labels. */
import { z } from 'zod'
import { announce } from '../announce.ts'
import {
  type Answer,
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
import { resolveCommit } from '../git/refs.ts'
import {
  reactionContents,
  shapeComment,
  shapeCommitComment,
  shapeIssue,
  shapeLabel,
  shapeReaction,
} from '../shapes/pulls.ts'
import type { Comment, CommitComment, Reaction } from '../state.ts'
import { now, userOf } from '../world.ts'
import { askedPull } from './pulls.ts'

const repo = 'repos/{owner}/{repo}'
const read = ['issues:read', 'pull_requests:read'] as const
const write = ['issues:write', 'pull_requests:write'] as const

export const commentRoutes = [
  route(`POST /${repo}/issues/{issue_number}/comments`, write, createComment),
  route(`GET /${repo}/issues/{issue_number}/comments`, read, listComments),
  route(`GET /${repo}/issues/comments/{comment_id}`, read, (call) =>
    ok(shapeComment(call.world, call.repository, askedComment(call))),
  ),
  route(`PATCH /${repo}/issues/comments/{comment_id}`, write, updateComment),
  route(`DELETE /${repo}/issues/comments/{comment_id}`, write, (call) => {
    call.repository.issueComments.delete(askedComment(call).id)
    return noContent()
  }),
  route(`POST /${repo}/issues/comments/{comment_id}/reactions`, write, (call) =>
    react(call, askedComment(call).reactions),
  ),
  route(`GET /${repo}/issues/comments/{comment_id}/reactions`, read, (call) =>
    listReactions(call, askedComment(call).reactions),
  ),
  route(`GET /${repo}/issues/{issue_number}`, read, (call) =>
    ok(shapeIssue(call.world, call.repository, askedPull(call, 'issue_number'))),
  ),
  route(`POST /${repo}/issues/{issue_number}/labels`, write, addLabels),
  route(`POST /${repo}/commits/{commit_sha}/comments`, 'contents:write', createCommitComment),
  route(`GET /${repo}/commits/{commit_sha}/comments`, 'contents:read', listCommitComments),
  route(`GET /${repo}/comments/{comment_id}`, 'contents:read', (call) =>
    ok(shapeCommitComment(call.world, call.repository, askedCommitComment(call))),
  ),
  route(`PATCH /${repo}/comments/{comment_id}`, 'contents:write', updateCommitComment),
  route(`POST /${repo}/comments/{comment_id}/reactions`, 'contents:write', (call) =>
    react(call, askedCommitComment(call).reactions),
  ),
  route(`GET /${repo}/comments/{comment_id}/reactions`, 'contents:read', (call) =>
    listReactions(call, askedCommitComment(call).reactions),
  ),
]

/** GitHub refuses longer texts. */
const body = z.object({ body: z.string().min(1).max(65_536, 'is too long (maximum is 65536 characters)') })

function newComment({ world, actor }: Call, text: string): Omit<Comment, 'issueNumber'> {
  return {
    id: world.nextId(),
    user: userOf(world, actor),
    body: text,
    isByApp: actor.kind === 'installation',
    createdAt: now(world),
    updatedAt: now(world),
    reactions: [],
  }
}

function createComment(call: Call): Answer {
  const { world, repository } = call
  const pull = askedPull(call, 'issue_number')
  const comment: Comment = { ...newComment(call, readBody(call, body).body), issueNumber: pull.number }
  repository.issueComments.set(comment.id, comment)
  announce(world, repository, {
    event: 'issue_comment',
    action: 'created',
    sender: comment.user,
    issue: shapeIssue(world, repository, pull),
    comment: shapeComment(world, repository, comment),
  })
  return created(shapeComment(world, repository, comment))
}

function listComments(call: Call): Promise<Answer> {
  const { world, repository } = call
  const pull = askedPull(call, 'issue_number')
  const comments = [...repository.issueComments.values()].filter((each) => each.issueNumber === pull.number)
  return paginate(call, comments, (each) => shapeComment(world, repository, each))
}

function askedComment(call: Call): Comment {
  return found(call.repository.issueComments.get(numberParam(call, 'comment_id')))
}

function updateComment(call: Call): Answer {
  const comment = askedComment(call)
  comment.body = readBody(call, body).body
  comment.updatedAt = now(call.world)
  return ok(shapeComment(call.world, call.repository, comment))
}

/** The same reaction twice is one reaction: 201 the first time, then 200. */
function react(call: Call, reactions: Reaction[]): Answer {
  const { world, actor } = call
  const { content } = readBody(call, z.object({ content: z.enum(reactionContents) }))
  const user = userOf(world, actor)
  const known = reactions.find((reaction) => reaction.user === user && reaction.content === content)
  if (known) return ok(shapeReaction(world, known))
  const reaction = { id: world.nextId(), user, content, createdAt: now(world) }
  reactions.push(reaction)
  return created(shapeReaction(world, reaction))
}

function listReactions(call: Call, reactions: readonly Reaction[]): Promise<Answer> {
  return paginate(call, reactions, (reaction) => shapeReaction(call.world, reaction))
}

function addLabels(call: Call): Answer {
  const { world, repository } = call
  const pull = askedPull(call, 'issue_number')
  const asked = readBody(call, z.union([z.object({ labels: z.array(z.string()) }), z.array(z.string())]))
  for (const name of Array.isArray(asked) ? asked : asked.labels) {
    if (!repository.labels.has(name))
      repository.labels.set(name, { id: world.nextId(), name, color: 'ededed' })
    if (!pull.labels.includes(name)) pull.labels.push(name)
  }
  return ok(pull.labels.map((name) => shapeLabel(world, repository, repository.labels.get(name)!)))
}

const commitCommentBody = body.extend({
  path: z.string().nullable().default(null),
  position: z.number().int().nullable().default(null),
  line: z.number().int().nullable().default(null),
})

async function createCommitComment(call: Call): Promise<Answer> {
  const { world, repository, params } = call
  const commitSha = found(await resolveCommit(repository.directory, params.commit_sha!))
  const { body: text, ...place } = readBody(call, commitCommentBody)
  const comment: CommitComment = { ...newComment(call, text), ...place, commitSha }
  repository.commitComments.set(comment.id, comment)
  const shaped = shapeCommitComment(world, repository, comment)
  announce(world, repository, {
    event: 'commit_comment',
    action: 'created',
    sender: comment.user,
    comment: shaped,
  })
  return created(shaped)
}

async function listCommitComments(call: Call): Promise<Answer> {
  const { world, repository, params } = call
  const sha = found(await resolveCommit(repository.directory, params.commit_sha!))
  const comments = [...repository.commitComments.values()].filter((each) => each.commitSha === sha)
  return paginate(call, comments, (each) => shapeCommitComment(world, repository, each))
}

function askedCommitComment(call: Call): CommitComment {
  return found(call.repository.commitComments.get(numberParam(call, 'comment_id')))
}

function updateCommitComment(call: Call): Answer {
  const comment = askedCommitComment(call)
  comment.body = readBody(call, body).body
  comment.updatedAt = now(call.world)
  return ok(shapeCommitComment(call.world, call.repository, comment))
}
