/** Commits, trees, files and comparisons as GitHub writes them. */
import type { FileChange } from '../git/history.ts'
import type { Commit, Signature } from '../git/objects.ts'
import type { TreeEntry } from '../git/trees.ts'
import type { Repository, User } from '../state.ts'
import type { World } from '../world.ts'
import { htmlUrl, nodeId, repositoryUrl, shapeUser } from './users.ts'

/** A commit of the Git Data API. */
export function shapeGitCommit(world: World, repository: Repository, commit: Commit) {
  const url = repositoryUrl(world, repository)
  const html = htmlUrl(world, repository)
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${repository.id}:${commit.sha}`),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
    verification: unsigned,
  }
}

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

/** A commit as lists and comparisons carry it. */
export function shapeCommit(world: World, repository: Repository, commit: Commit) {
  const url = repositoryUrl(world, repository)
  const html = htmlUrl(world, repository)
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${repository.id}:${commit.sha}`),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    url: `${url}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    author: shapeAuthor(world, commit.author),
    committer: shapeAuthor(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${html}/commit/${sha}`,
    })),
  }
}

function shapeAuthor(world: World, signature: Signature) {
  const user = userBySignature(world, signature)
  return user ? shapeUser(world, user) : null
}

/** The known user behind a signature, by the login in its noreply address or its name. */
function userBySignature(world: World, { email, name }: Signature): User | undefined {
  const login = /^\d+\+(?<login>[^@]+)@users\.noreply\./.exec(email)?.groups?.login ?? name
  return world.users.get(login.toLowerCase())
}

/** A commit as the `push` event and workflow runs carry it. */
export function shapeEventCommit(world: World, repository: Repository, commit: Commit) {
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${htmlUrl(world, repository)}/commit/${commit.sha}`,
    author: { name: commit.author.name, email: commit.author.email },
    committer: { name: commit.committer.name, email: commit.committer.email },
  }
}

/** One changed file of a commit, a comparison or a pull request. */
export function shapeFileChange(world: World, repository: Repository, headSha: string, file: FileChange) {
  const path = file.filename.split('/').map(encodeURIComponent).join('/')
  const html = htmlUrl(world, repository)
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${headSha}/${path}`,
    raw_url: `${html}/raw/${headSha}/${path}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${path}?ref=${headSha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousFilename === undefined ? {} : { previous_filename: file.previousFilename }),
  }
}

/** One entry of a tree. */
export function shapeTreeEntry(world: World, repository: Repository, entry: TreeEntry) {
  const kind = entry.type === 'tree' ? 'trees' : 'blobs'
  return {
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.size === undefined ? {} : { size: entry.size }),
    url: `${repositoryUrl(world, repository)}/git/${kind}/${entry.sha}`,
  }
}
