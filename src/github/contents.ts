/** Files and trees of a commit. */
import type { ChangedFile, TreeEntry } from '../domain/evidence.ts'
import { fileBytesMax, treeEntriesMax } from '../limits.ts'
import type { RepositoryClient } from './access.ts'
import { hasStatus } from './upstream-error.ts'

/** All files of a commit. `truncated` when GitHub or our bound cut the list. */
export async function listTree(
  client: RepositoryClient,
  sha: string,
): Promise<{ entries: TreeEntry[]; truncated: boolean }> {
  const { data } = await client.octokit.rest.git.getTree({ ...client.at, tree_sha: sha, recursive: '1' })
  const entries = data.tree
    .filter((entry) => entry.type !== 'tree')
    .map((entry) => ({ path: entry.path, mode: entry.mode }))
  return {
    entries: entries.slice(0, treeEntriesMax),
    truncated: data.truncated || entries.length > treeEntriesMax,
  }
}

/** The text of a file; null when it is absent, no regular file, too large, or not UTF-8. */
export async function readFileAt(
  client: RepositoryClient,
  path: string,
  ref: string,
): Promise<string | null> {
  try {
    const { data } = await client.octokit.rest.repos.getContent({ ...client.at, path, ref })
    if (Array.isArray(data) || data.type !== 'file' || data.size > fileBytesMax) return null
    return decodeUtf8(Buffer.from(data.content, 'base64'))
  } catch (error) {
    if (hasStatus(error, 404)) return null
    throw error
  }
}

/** The text, or null for bytes that are not UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Files that differ between two commits: at most the 300 that GitHub lists. */
export async function compareCommits(
  client: RepositoryClient,
  base: string,
  head: string,
): Promise<ChangedFile[]> {
  const { data } = await client.octokit.rest.repos.compareCommitsWithBasehead({
    ...client.at,
    basehead: `${base}...${head}`,
    per_page: 1,
  })
  return (data.files ?? []).map((file) => ({
    path: file.filename,
    status: file.status,
    previousPath: file.previous_filename ?? null,
  }))
}

/** The commit a branch points to; null when there is no such branch. */
export async function branchHead(client: RepositoryClient, branch: string): Promise<string | null> {
  try {
    return (await client.octokit.rest.git.getRef({ ...client.at, ref: `heads/${branch}` })).data.object.sha
  } catch (error) {
    if (hasStatus(error, 404)) return null
    throw error
  }
}
