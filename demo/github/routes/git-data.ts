/** The Git Data API: blobs, trees, commits and refs. */
import { z } from 'zod'
import {
  type Answer,
  ApiError,
  type Call,
  created,
  found,
  noContent,
  ok,
  readBody,
  route,
  unprocessable,
} from '../api.ts'
import { findWorkflowChange, isFastForward } from '../git/history.ts'
import {
  isoSeconds,
  objectType,
  readBlob,
  readCommit,
  type Signature,
  writeBlob,
  writeCommit,
} from '../git/objects.ts'
import { isPlainRevision, listRefs, type Ref, readRef, resolveCommit, zeroSha } from '../git/refs.ts'
import { listTree, writeTree } from '../git/trees.ts'
import { hasPermission } from '../permissions.ts'
import { changeRef } from '../ref-changes.ts'
import { shapeGitCommit, shapeTreeEntry } from '../shapes/commits.ts'
import { nodeId, repositoryUrl } from '../shapes/users.ts'
import { signatureOf, userOf } from '../world.ts'

export const gitDataRoutes = [
  route('POST /repos/{owner}/{repo}/git/blobs', 'contents:write', createBlob),
  route('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', 'contents:read', getBlob),
  route('POST /repos/{owner}/{repo}/git/trees', 'contents:write', createTree),
  route('GET /repos/{owner}/{repo}/git/trees/{tree_sha}', 'contents:read', getTree),
  route('POST /repos/{owner}/{repo}/git/commits', 'contents:write', createCommit),
  route('GET /repos/{owner}/{repo}/git/commits/{commit_sha}', 'contents:read', getGitCommit),
  route('POST /repos/{owner}/{repo}/git/refs', 'contents:write', createRef),
  route('GET /repos/{owner}/{repo}/git/ref/{ref}', 'contents:read', getRef),
  route('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', 'contents:read', listMatchingRefs),
  route('PATCH /repos/{owner}/{repo}/git/refs/{ref}', 'contents:write', updateRef),
  route('DELETE /repos/{owner}/{repo}/git/refs/{ref}', 'contents:write', deleteRef),
]

const sha = z.string().regex(/^[0-9a-f]{40}$/, 'must be a sha')

async function createBlob(call: Call): Promise<Answer> {
  const { world, repository } = call
  const { content, encoding } = readBody(
    call,
    z.object({ content: z.string(), encoding: z.string().default('utf-8') }),
  )
  const stored = await writeBlob(
    repository.directory,
    Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'),
  )
  return created({ sha: stored, url: `${repositoryUrl(world, repository)}/git/blobs/${stored}` })
}

async function getBlob({ world, repository, params, accept }: Call): Promise<Answer> {
  const id = params.file_sha!
  if ((await objectType(repository.directory, id)) !== 'blob') throw new ApiError(404, 'Not Found')
  const content = await readBlob(repository.directory, id)
  if (/\braw\b/.test(accept))
    return { status: 200, raw: { type: 'application/vnd.github.raw+json; charset=utf-8', content } }
  return ok({
    sha: id,
    node_id: nodeId('B', `${repository.id}:${id}`),
    size: content.length,
    url: `${repositoryUrl(world, repository)}/git/blobs/${id}`,
    content: content.toString('base64').replace(/.{60}/g, '$&\n'),
    encoding: 'base64',
  })
}

const treeBody = z.object({
  base_tree: sha.optional(),
  tree: z
    .array(
      z.object({
        path: z.string().min(1),
        mode: z.enum(['100644', '100755', '040000', '160000', '120000']).default('100644'),
        type: z.enum(['blob', 'tree', 'commit']).optional(),
        sha: sha.nullable().optional(),
        content: z.string().optional(),
      }),
    )
    .min(1),
})

async function createTree(call: Call): Promise<Answer> {
  const { repository } = call
  const asked = readBody(call, treeBody)
  const base = asked.base_tree === undefined ? undefined : await treeFor(call, asked.base_tree)
  const changes = []
  for (const { path, mode, sha: given, content } of asked.tree) {
    refuseBadPath(path)
    if (given) await requireObject(call, given)
    const stored = content === undefined ? given : await writeBlob(repository.directory, content)
    if (stored === undefined) throw new ApiError(422, 'Must supply either tree.sha or tree.content.')
    changes.push({ path, mode, sha: stored })
  }
  return created(await describeTree(call, await writeTree(repository.directory, base, changes), false))
}

async function treeFor({ repository }: Call, id: string): Promise<string> {
  const type = await objectType(repository.directory, id)
  if (type === 'commit') return (await readCommit(repository.directory, id)).tree
  if (type !== 'tree') throw new ApiError(404, 'Not Found')
  return id
}

async function requireObject({ repository }: Call, id: string): Promise<void> {
  if (!(await objectType(repository.directory, id)))
    throw new ApiError(422, `tree.sha ${id} is not a valid blob`)
}

function refuseBadPath(path: string): void {
  const parts = path.split('/')
  const isBad = parts.some(
    (part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git',
  )
  if (isBad || path.includes('\0')) throw new ApiError(422, 'tree.path contains a malformed path component')
}

/** GitHub cuts recursive trees here. */
const treeEntriesMax = 100_000

async function describeTree({ world, repository }: Call, id: string, isRecursive: boolean) {
  const entries = await listTree(repository.directory, id, isRecursive)
  return {
    sha: id,
    url: `${repositoryUrl(world, repository)}/git/trees/${id}`,
    tree: entries.slice(0, treeEntriesMax).map((entry) => shapeTreeEntry(world, repository, entry)),
    truncated: entries.length > treeEntriesMax,
  }
}

async function getTree(call: Call): Promise<Answer> {
  const { repository, params, query } = call
  const name = params.tree_sha!
  const isTree = (await objectType(repository.directory, name)) === 'tree'
  const id = isTree ? name : found(await resolveCommit(repository.directory, name))
  const tree = await describeTree(
    call,
    isTree ? id : (await readCommit(repository.directory, id)).tree,
    query.has('recursive'),
  )
  return ok(tree)
}

const signature = z.object({
  name: z.string(),
  email: z.string(),
  date: z.iso.datetime({ offset: true }).optional(),
})
const commitBody = z.object({
  message: z.string(),
  tree: sha,
  parents: z.array(sha).default([]),
  author: signature.optional(),
  committer: signature.optional(),
})

async function createCommit(call: Call): Promise<Answer> {
  const { world, actor, repository } = call
  const asked = readBody(call, commitBody)
  if ((await objectType(repository.directory, asked.tree)) !== 'tree')
    throw new ApiError(422, 'Tree SHA does not exist')
  for (const parent of asked.parents) {
    if ((await objectType(repository.directory, parent)) !== 'commit')
      throw new ApiError(422, 'Parent SHA does not exist or is not a commit object')
  }
  const own = signatureOf(world, userOf(world, actor))
  const author = complete(asked.author, own)
  const committer = complete(asked.committer, asked.author ? author : own)
  const { message, tree, parents } = asked
  const stored = await writeCommit(repository.directory, { message, tree, parents, author, committer })
  return created(shapeGitCommit(world, repository, await readCommit(repository.directory, stored)))
}

function complete(given: z.infer<typeof signature> | undefined, fallback: Signature): Signature {
  if (!given) return fallback
  return {
    name: given.name,
    email: given.email,
    date: given.date ? isoSeconds(new Date(given.date)) : fallback.date,
  }
}

async function getGitCommit({ world, repository, params }: Call): Promise<Answer> {
  const id = params.commit_sha!
  if ((await objectType(repository.directory, id)) !== 'commit') throw new ApiError(404, 'Not Found')
  return ok(shapeGitCommit(world, repository, await readCommit(repository.directory, id)))
}

function shapeRef({ world, repository }: Call, ref: Ref) {
  const kind = ref.type === 'tag' ? 'tags' : 'commits'
  const url = repositoryUrl(world, repository)
  return {
    ref: ref.name,
    node_id: nodeId('REF', `${repository.id}:${ref.name}`),
    url: `${url}/git/${ref.name}`,
    object: { type: ref.type, sha: ref.sha, url: `${url}/git/${kind}/${ref.sha}` },
  }
}

async function getRef(call: Call): Promise<Answer> {
  return ok(shapeRef(call, found(await readRef(call.repository.directory, `refs/${call.params.ref}`))))
}

async function listMatchingRefs(call: Call): Promise<Answer> {
  const refs = await listRefs(call.repository.directory, `refs/${call.params.ref}`)
  return ok(refs.map((ref) => shapeRef(call, ref)))
}

async function createRef(call: Call): Promise<Answer> {
  const { world, actor, repository } = call
  const asked = readBody(call, z.object({ ref: z.string(), sha }))
  const isNamed = /^refs\/(heads|tags)\/./.test(asked.ref) && isPlainRevision(asked.ref)
  if (!isNamed)
    throw new ApiError(422, `Reference name must start with 'refs' and be well-formed: ${asked.ref}`)
  await requireCommit(call, asked.sha)
  const refs = await listRefs(repository.directory)
  if (refs.some((ref) => ref.name === asked.ref)) throw new ApiError(422, 'Reference already exists')
  if (refs.some((ref) => ref.name.startsWith(`${asked.ref}/`) || asked.ref.startsWith(`${ref.name}/`))) {
    throw new ApiError(422, 'Reference update failed')
  }
  await refuseWorkflowChange(call, asked.sha)
  await changeRef(world, repository, {
    ref: asked.ref,
    before: zeroSha,
    after: asked.sha,
    actor: userOf(world, actor),
  })
  return created(shapeRef(call, { name: asked.ref, sha: asked.sha, type: 'commit' }))
}

async function requireCommit({ repository }: Call, id: string): Promise<void> {
  if ((await objectType(repository.directory, id)) !== 'commit')
    throw new ApiError(422, 'Object does not exist')
}

async function updateRef(call: Call): Promise<Answer> {
  const { world, actor, repository } = call
  const asked = readBody(call, z.object({ sha, force: z.boolean().default(false) }))
  const ref = await requireRef(call)
  await requireCommit(call, asked.sha)
  if (!asked.force && !(await isFastForward(repository.directory, ref.sha, asked.sha))) {
    throw new ApiError(422, 'Update is not a fast forward')
  }
  await refuseWorkflowChange(call, asked.sha)
  const change = { ref: ref.name, before: ref.sha, after: asked.sha, actor: userOf(world, actor) }
  await changeRef(world, repository, change)
  return ok(shapeRef(call, { ...ref, sha: asked.sha }))
}

async function requireRef({ repository, params }: Call): Promise<Ref> {
  const name = `refs/${params.ref}`
  const ref = await readRef(repository.directory, name)
  if (!ref || !/^refs\/(heads|tags)\//.test(name)) throw new ApiError(422, 'Reference does not exist')
  return ref
}

async function deleteRef(call: Call): Promise<Answer> {
  const { world, actor, repository } = call
  const ref = await requireRef(call)
  if (ref.name === `refs/heads/${repository.defaultBranch}`)
    throw unprocessable('Reference', 'Cannot delete the default branch')
  await changeRef(world, repository, {
    ref: ref.name,
    before: ref.sha,
    after: zeroSha,
    actor: userOf(world, actor),
  })
  return noContent()
}

/** An App without `workflows: write` may not bring in a commit that changes a workflow file. */
async function refuseWorkflowChange({ actor, repository }: Call, after: string): Promise<void> {
  if (actor.kind !== 'installation' || hasPermission(actor.permissions, 'workflows', 'write')) return
  const path = await findWorkflowChange(repository.directory, after)
  if (!path) return
  throw new ApiError(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': 'contents=write,workflows=write' },
  })
}
