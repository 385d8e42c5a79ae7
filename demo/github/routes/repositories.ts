/** Repositories, branches, contents, commits and comparisons. */
import { type Answer, ApiError, type Call, found, ok, paginate, route } from '../api.ts'
import { aheadBehind, diffCommits, fetchCommit, listCommits, mergeBase } from '../git/history.ts'
import { readBlob, readCommit, readCommits } from '../git/objects.ts'
import { listRefs, readRef, resolveCommit } from '../git/refs.ts'
import { findEntry, listTree, type TreeEntry, treeOf } from '../git/trees.ts'
import { roleOf } from '../permissions.ts'
import { shapeCommit, shapeFileChange } from '../shapes/commits.ts'
import { shapePull } from '../shapes/pulls.ts'
import { htmlUrl, repositoryUrl, shapeFullRepository, shapeFullUser, shapeUser } from '../shapes/users.ts'
import { findRepository } from '../world.ts'

export const repositoryRoutes = [
  route('GET /repos/{owner}/{repo}', 'metadata:read', ({ world, repository }) =>
    ok(shapeFullRepository(world, repository)),
  ),
  route('GET /repos/{owner}/{repo}/branches', 'contents:read', listBranches),
  route('GET /repos/{owner}/{repo}/branches/{branch}', 'contents:read', getBranch),
  route('GET /repos/{owner}/{repo}/collaborators/{username}/permission', 'metadata:read', getPermission),
  route('GET /repos/{owner}/{repo}/contents/{path}', 'contents:read', getContents),
  route('GET /repos/{owner}/{repo}/compare/{basehead}', 'contents:read', compare),
  route('GET /repos/{owner}/{repo}/commits', 'contents:read', listHistory),
  route(
    'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
    ['pull_requests:read', 'contents:read'],
    listPullsOfCommit,
  ),
  route('GET /repos/{owner}/{repo}/commits/{ref}', 'contents:read', getCommit),
  route('GET /users/{username}', [], ({ world, params }) =>
    ok(shapeFullUser(world, found(world.users.get(params.username!.toLowerCase())))),
  ),
]

function shapeBranchName({ world, repository }: Call, name: string, sha: string) {
  return {
    name,
    commit: { sha, url: `${repositoryUrl(world, repository)}/commits/${sha}` },
    protected: false,
  }
}

async function listBranches(call: Call): Promise<Answer> {
  const refs = await listRefs(call.repository.directory, 'refs/heads/')
  return paginate(call, refs, (ref) => shapeBranchName(call, ref.name.slice('refs/heads/'.length), ref.sha))
}

async function getBranch(call: Call): Promise<Answer> {
  const { world, repository, params } = call
  const name = params.branch!
  const ref = await readRef(repository.directory, `refs/heads/${name}`)
  if (!ref) throw new ApiError(404, 'Branch not found')
  const url = `${repositoryUrl(world, repository)}/branches/${encodeURIComponent(name)}`
  return ok({
    name,
    commit: shapeCommit(world, repository, await readCommit(repository.directory, ref.sha)),
    _links: { self: url, html: `${htmlUrl(world, repository)}/tree/${name}` },
    protected: false,
    protection: {
      enabled: false,
      required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] },
    },
    protection_url: `${url}/protection`,
  })
}

function getPermission({ world, repository, params }: Call): Answer {
  const user = found(world.users.get(params.username!.toLowerCase()))
  const role = roleOf(repository, user.login) ?? (repository.isPrivate ? 'none' : 'read')
  const can = (...roles: string[]) => roles.includes(role)
  const permissions = {
    pull: role !== 'none',
    triage: can('admin', 'write'),
    push: can('admin', 'write'),
    maintain: can('admin'),
    admin: can('admin'),
  }
  return ok({
    permission: role,
    role_name: role,
    user: { ...shapeUser(world, user), permissions, role_name: role },
  })
}

async function getContents(call: Call): Promise<Answer> {
  const { repository, query, params, accept } = call
  const path = (params.path ?? '').replace(/\/+$/, '')
  if (path.split('/').includes('..')) throw new ApiError(400, 'path contains a malformed path component')
  const ref = query.get('ref') ?? repository.defaultBranch
  const sha = await resolveCommit(repository.directory, ref)
  if (!sha)
    throw new ApiError(404, path === '' ? 'This repository is empty.' : `No commit found for the ref ${ref}`)
  const entry = path === '' ? undefined : found(await findEntry(repository.directory, sha, path))
  if (!entry || entry.type === 'tree') return listFolder(call, entry?.sha ?? sha, path)
  const content = await readBlob(repository.directory, entry.sha)
  if (/\braw\b/.test(accept))
    return { status: 200, raw: { type: 'application/vnd.github.raw+json; charset=utf-8', content } }
  return ok(shapeFile(call, entry, content, ref))
}

async function listFolder(call: Call, sha: string, path: string): Promise<Answer> {
  const entries = await listTree(
    call.repository.directory,
    await treeOf(call.repository.directory, sha),
    false,
  )
  const ref = call.query.get('ref') ?? call.repository.defaultBranch
  const full = entries.map((entry) => ({
    ...entry,
    path: path === '' ? entry.path : `${path}/${entry.path}`,
  }))
  return ok(full.map((entry) => shapeEntry(call, entry, ref)))
}

const contentTypes = { blob: 'file', tree: 'dir', commit: 'submodule' }

function shapeEntry({ world, repository }: Call, entry: TreeEntry, ref: string) {
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  const url = `${repositoryUrl(world, repository)}/contents/${path}?ref=${encodeURIComponent(ref)}`
  const gitUrl = `${repositoryUrl(world, repository)}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.sha}`
  const html = `${htmlUrl(world, repository)}/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`
  return {
    name: entry.path.split('/').at(-1)!,
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url,
    html_url: html,
    git_url: gitUrl,
    download_url: entry.type === 'blob' ? `${htmlUrl(world, repository)}/raw/${ref}/${path}` : null,
    type: contentTypes[entry.type],
    _links: { self: url, git: gitUrl, html },
  }
}

/** GitHub gives no content for files over a megabyte. */
const contentBytesMax = 1_048_576

function shapeFile(call: Call, entry: TreeEntry, content: Buffer, ref: string) {
  const isSmall = content.length <= contentBytesMax
  const encoded = content.toString('base64').replace(/.{60}/g, '$&\n')
  return {
    ...shapeEntry(call, entry, ref),
    content: isSmall ? `${encoded}\n` : '',
    encoding: isSmall ? 'base64' : 'none',
  }
}

async function compare(call: Call): Promise<Answer> {
  const { world, repository, params } = call
  const [base, head] = params.basehead!.split('...') as [string, string?]
  const [baseSha, headSha] = [await resolveSide(call, base), await resolveSide(call, head ?? '')]
  const { ahead, behind } = await aheadBehind(repository.directory, baseSha, headSha)
  const common = await mergeBase(repository.directory, baseSha, headSha)
  if (!common) throw new ApiError(404, `No common ancestor between ${base} and ${head}.`)
  const shas = (await listCommits(repository.directory, [`${baseSha}..${headSha}`], 250)).reverse()
  const [commits, files] = [
    await readCommits(repository.directory, shas),
    await diffCommits(repository.directory, common, headSha),
  ]
  const html = `${htmlUrl(world, repository)}/compare/${base}...${head}`
  const shaped = async (sha: string) =>
    shapeCommit(world, repository, await readCommit(repository.directory, sha))
  return ok({
    url: `${repositoryUrl(world, repository)}/compare/${base}...${head}`,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: await shaped(baseSha),
    merge_base_commit: await shaped(common),
    status: ahead > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead,
    behind_by: behind,
    total_commits: ahead,
    commits: commits.map((commit) => shapeCommit(world, repository, commit)),
    files: files.slice(0, 300).map((file) => shapeFileChange(world, repository, headSha, file)),
  })
}

/** A side of a comparison may be `owner:branch` of a fork, whose commit is fetched first. */
async function resolveSide({ world, repository }: Call, name: string): Promise<string> {
  const fork = /^(?<owner>[^:]+):(?<branch>.+)$/.exec(name)?.groups
  if (!fork) return found(await resolveCommit(repository.directory, name))
  const source = found(findRepository(world, `${fork.owner}/${repository.name}`))
  const sha = found(await resolveCommit(source.directory, fork.branch!))
  await fetchCommit(repository.directory, source.directory, sha)
  return sha
}

async function listHistory(call: Call): Promise<Answer> {
  const { world, repository, query } = call
  const start = found(await resolveCommit(repository.directory, query.get('sha') ?? repository.defaultBranch))
  const filters = ['since', 'until', 'author'].flatMap((name) =>
    query.get(name) ? [`--${name}=${query.get(name)}`] : [],
  )
  const path = query.get('path')
  const shas = await listCommits(repository.directory, [...filters, start, ...(path ? ['--', path] : [])])
  const commits = await readCommits(repository.directory, shas)
  return paginate(call, commits, (commit) => shapeCommit(world, repository, commit))
}

async function getCommit({ world, repository, params }: Call): Promise<Answer> {
  const sha = await resolveCommit(repository.directory, params.ref!)
  if (!sha) throw new ApiError(422, `No commit found for SHA: ${params.ref}`)
  const commit = await readCommit(repository.directory, sha)
  const files = await diffCommits(repository.directory, commit.parents[0], sha)
  const sum = (count: 'additions' | 'deletions') => files.reduce((total, file) => total + file[count], 0)
  const [additions, deletions] = [sum('additions'), sum('deletions')]
  return ok({
    ...shapeCommit(world, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.map((file) => shapeFileChange(world, repository, sha, file)),
  })
}

async function listPullsOfCommit(call: Call): Promise<Answer> {
  const { world, repository, params } = call
  const sha = found(await resolveCommit(repository.directory, params.commit_sha!))
  const pulls = []
  for (const pull of repository.pulls.values()) {
    const commits = await listCommits(repository.directory, [pull.head.sha, `^${pull.base.sha}`])
    if (commits.includes(sha) || pull.head.sha === sha) pulls.push(pull)
  }
  return paginate(call, pulls, (pull) => shapePull(world, repository, pull))
}
