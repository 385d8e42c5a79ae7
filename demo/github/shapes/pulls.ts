/** Pull requests, comments and reviews as GitHub writes them. */
import { roleOf } from '../permissions.ts'
import type {
  Comment,
  CommitComment,
  Label,
  PullRequest,
  Reaction,
  Repository,
  Review,
  ReviewComment,
  User,
} from '../state.ts'
import type { World } from '../world.ts'
import { htmlUrl, nodeId, repositoryUrl, shapeApp, shapeRepository, shapeUser } from './users.ts'

/** A pull request as lists carry it. */
export function shapePull(world: World, repository: Repository, pull: PullRequest) {
  const url = `${repositoryUrl(world, repository)}/pulls/${pull.number}`
  const issueUrl = `${repositoryUrl(world, repository)}/issues/${pull.number}`
  const html = pullHtmlUrl(world, repository, pull.number)
  const statuses = `${repositoryUrl(world, repository)}/statuses/${pull.head.sha}`
  return {
    url,
    id: pull.id,
    node_id: pullNodeId(pull),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: shapeUser(world, pull.user),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.requestedReviewers.map((user) => shapeUser(world, user)),
    requested_teams: [],
    labels: pull.labels.map((name) => shapeLabel(world, repository, repository.labels.get(name)!)),
    milestone: null,
    draft: pull.isDraft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issueUrl}/comments`,
    statuses_url: statuses,
    head: shapeSide(world, pull.head.repository, pull.head),
    base: shapeSide(world, repository, pull.base),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issueUrl },
      comments: { href: `${issueUrl}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(world, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(repository, pull.user),
    auto_merge: null,
    active_lock_reason: null,
  }
}

function shapeSide(world: World, repository: Repository, side: { ref: string; sha: string }) {
  return {
    label: `${repository.owner.login}:${side.ref}`,
    ref: side.ref,
    sha: side.sha,
    user: shapeUser(world, repository.owner),
    repo: shapeRepository(world, repository),
  }
}

/** The id under which GraphQL knows a pull request. */
export function pullNodeId(pull: PullRequest): string {
  return nodeId('PR', pull.id)
}

/** The address a person would open. */
function pullHtmlUrl(world: World, repository: Repository, number: number): string {
  return `${htmlUrl(world, repository)}/pull/${number}`
}

/** A pull request as the single-object route answers, with what was counted for it. */
export function shapeFullPull(
  world: World,
  repository: Repository,
  pull: PullRequest,
  counts: {
    additions: number
    deletions: number
    changed_files: number
    commits: number
    mergeable: boolean | null
  },
) {
  const ofPull = (comment: Comment) => comment.issueNumber === pull.number
  return {
    ...shapePull(world, repository, pull),
    merged: pull.mergedAt !== null,
    rebaseable: counts.mergeable,
    mergeable_state: mergeableState(pull, counts.mergeable),
    merged_by: pull.mergedBy ? shapeUser(world, pull.mergedBy) : null,
    comments: [...repository.issueComments.values()].filter(ofPull).length,
    review_comments: [...repository.reviewComments.values()].filter(ofPull).length,
    maintainer_can_modify: false,
    ...counts,
  }
}

function mergeableState(pull: PullRequest, isMergeable: boolean | null): string {
  if (pull.isDraft) return 'draft'
  if (isMergeable === null) return 'unknown'
  return isMergeable ? 'clean' : 'dirty'
}

/** The short form that runs and check runs carry. */
export function shapePullReference(world: World, repository: Repository, pull: PullRequest) {
  const side = (ref: string, sha: string, of: Repository) => ({
    ref,
    sha,
    repo: { id: of.id, url: repositoryUrl(world, of), name: of.name },
  })
  return {
    url: `${repositoryUrl(world, repository)}/pulls/${pull.number}`,
    id: pull.id,
    number: pull.number,
    head: side(pull.head.ref, pull.head.sha, pull.head.repository),
    base: side(pull.base.ref, pull.base.sha, repository),
  }
}

/** A pull request seen as an issue, as comment events carry it. */
export function shapeIssue(world: World, repository: Repository, pull: PullRequest) {
  const full = shapePull(world, repository, pull)
  return {
    url: full.issue_url,
    repository_url: repositoryUrl(world, repository),
    comments_url: full.comments_url,
    events_url: `${full.issue_url}/events`,
    labels_url: `${full.issue_url}/labels{/name}`,
    html_url: full.html_url,
    id: pull.id,
    node_id: full.node_id,
    number: pull.number,
    title: pull.title,
    user: full.user,
    labels: full.labels,
    state: pull.state,
    locked: false,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: [...repository.issueComments.values()].filter((each) => each.issueNumber === pull.number)
      .length,
    author_association: full.author_association,
    draft: pull.isDraft,
    pull_request: {
      url: full.url,
      html_url: full.html_url,
      diff_url: full.diff_url,
      patch_url: full.patch_url,
      merged_at: pull.mergedAt,
    },
    body: pull.body,
  }
}

/** How an author stands to the repository. */
function associationOf(repository: Repository, user: User): string {
  if (repository.owner.login === user.login) return 'OWNER'
  return roleOf(repository, user.login) ? 'COLLABORATOR' : user.type === 'Bot' ? 'CONTRIBUTOR' : 'NONE'
}

/** A comment on an issue or pull request. */
export function shapeComment(world: World, repository: Repository, comment: Comment) {
  const url = `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`
  return {
    url,
    html_url: `${pullHtmlUrl(world, repository, comment.issueNumber)}#issuecomment-${comment.id}`,
    issue_url: `${repositoryUrl(world, repository)}/issues/${comment.issueNumber}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: shapeUser(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repository, comment.user),
    body: comment.body,
    reactions: shapeReactionCounts(`${url}/reactions`, comment.reactions),
    performed_via_github_app: comment.isByApp ? shapeApp(world) : null,
  }
}

/** A comment on a commit. */
export function shapeCommitComment(world: World, repository: Repository, comment: CommitComment) {
  const url = `${repositoryUrl(world, repository)}/comments/${comment.id}`
  return {
    url,
    html_url: `${htmlUrl(world, repository)}/commit/${comment.commitSha}#commitcomment-${comment.id}`,
    id: comment.id,
    node_id: nodeId('CC', comment.id),
    user: shapeUser(world, comment.user),
    position: comment.position,
    line: comment.line,
    path: comment.path,
    commit_id: comment.commitSha,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: associationOf(repository, comment.user),
    body: comment.body,
    reactions: shapeReactionCounts(`${url}/reactions`, comment.reactions),
  }
}

/** A comment on a line of a pull request. */
export function shapeReviewComment(world: World, repository: Repository, comment: ReviewComment) {
  const url = `${repositoryUrl(world, repository)}/pulls/comments/${comment.id}`
  const html = `${pullHtmlUrl(world, repository, comment.issueNumber)}#discussion_r${comment.id}`
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${comment.issueNumber}`
  return {
    url,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId('PRRC', comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: comment.commitSha,
    original_commit_id: comment.commitSha,
    user: shapeUser(world, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(repository, comment.user),
    _links: { self: { href: url }, html: { href: html }, pull_request: { href: pullUrl } },
    reactions: shapeReactionCounts(`${url}/reactions`, comment.reactions),
    ...(comment.line === null ? {} : { line: comment.line, original_line: comment.line }),
    side: comment.side,
    ...(comment.inReplyTo === undefined ? {} : { in_reply_to_id: comment.inReplyTo }),
  }
}

/** A review of a pull request. */
export function shapeReview(world: World, repository: Repository, review: Review) {
  const html = `${pullHtmlUrl(world, repository, review.pullNumber)}#pullrequestreview-${review.id}`
  const pullUrl = `${repositoryUrl(world, repository)}/pulls/${review.pullNumber}`
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: shapeUser(world, review.user),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl,
    author_association: associationOf(repository, review.user),
    _links: { html: { href: html }, pull_request: { href: pullUrl } },
    submitted_at: review.submittedAt,
    commit_id: review.commitSha,
  }
}

/** A label of a repository. */
export function shapeLabel(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${repositoryUrl(world, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: null,
  }
}

/** One reaction. */
export function shapeReaction(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: shapeUser(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  }
}

/** The reactions GitHub knows. */
export const reactionContents = [
  '+1',
  '-1',
  'laugh',
  'hooray',
  'confused',
  'heart',
  'rocket',
  'eyes',
] as const

function shapeReactionCounts(url: string, reactions: readonly Reaction[]) {
  const counts = reactionContents.map((content) => [
    content,
    reactions.filter((reaction) => reaction.content === content).length,
  ])
  return { url, total_count: reactions.length, ...Object.fromEntries(counts) }
}
