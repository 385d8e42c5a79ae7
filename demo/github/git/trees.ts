/** Reads, changes and compares trees. */
import { git } from './git.ts'
import { readLooseObject, writeLooseObject } from './loose-objects.ts'
import { objectType, readBlob, readCommit } from './objects.ts'

export interface TreeEntry {
  mode: string
  type: 'blob' | 'tree' | 'commit'
  sha: string
  size: number | undefined
  path: string
}

/** One change to a tree; without a sha the path is deleted. */
export interface TreeChange {
  path: string
  mode: string
  sha: string | null
}

/** The tree that git knows without storing it. */
export const emptyTreeSha = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'
const treeMode = '040000'

/** Lists a tree; a recursive list holds folders too. Paths are relative to the tree given. */
export async function listTree(directory: string, sha: string, isRecursive: boolean): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = []
  for (const entry of await readTree(directory, sha)) {
    const size = entry.type === 'blob' ? (await readBlob(directory, entry.sha)).length : undefined
    entries.push({ ...entry, size })
    if (!isRecursive || entry.type !== 'tree') continue
    const inner = await listTree(directory, entry.sha, true)
    entries.push(...inner.map((each) => ({ ...each, path: `${entry.path}/${each.path}` })))
  }
  return entries
}

async function readTree(directory: string, sha: string): Promise<TreeEntry[]> {
  if (sha === emptyTreeSha) return []
  const loose = await readLooseObject(directory, sha)
  const content = loose?.content ?? (await git(directory, ['cat-file', 'tree', sha]))
  const entries: TreeEntry[] = []
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0, at)
    const head = content.subarray(at, end).toString()
    const mode = head.slice(0, head.indexOf(' ')).padStart(6, '0')
    const path = head.slice(head.indexOf(' ') + 1)
    entries.push({
      mode,
      type: typeOf(mode),
      sha: content.toString('hex', end + 1, end + 21),
      size: undefined,
      path,
    })
    at = end + 21
  }
  return entries
}

function typeOf(mode: string): TreeEntry['type'] {
  if (mode === treeMode) return 'tree'
  return mode === '160000' ? 'commit' : 'blob'
}

/** The entry at a path of a commit or tree, or undefined. */
export async function findEntry(
  directory: string,
  root: string,
  path: string,
): Promise<TreeEntry | undefined> {
  let tree = await treeOf(directory, root)
  const parts = path.split('/')
  for (const [at, name] of parts.entries()) {
    const entry = (await readTree(directory, tree)).find((each) => each.path === name)
    if (!entry) return undefined
    if (at === parts.length - 1) {
      const size = entry.type === 'blob' ? (await readBlob(directory, entry.sha)).length : undefined
      return { ...entry, size, path }
    }
    if (entry.type !== 'tree') return undefined
    tree = entry.sha
  }
  return undefined
}

/** The tree of a commit; a tree is its own. */
export async function treeOf(directory: string, sha: string): Promise<string> {
  const type = await objectType(directory, sha)
  return type === 'commit' ? (await readCommit(directory, sha)).tree : sha
}

/** The text of a file at a commit, or undefined when there is none. */
export async function readFileAt(directory: string, root: string, path: string): Promise<string | undefined> {
  const entry = await findEntry(directory, root, path)
  return entry?.type === 'blob' ? (await readBlob(directory, entry.sha)).toString() : undefined
}

/** Stores the tree that results from changes to a base tree. Emptied folders disappear. */
export async function writeTree(
  directory: string,
  base: string | undefined,
  changes: readonly TreeChange[],
): Promise<string> {
  const entries = new Map((base ? await readTree(directory, base) : []).map((entry) => [entry.path, entry]))
  for (const [name, inner] of groupByName(changes)) {
    const whole = inner.findLast((change) => change.path === '')
    if (whole?.sha === null) entries.delete(name)
    else if (whole) entries.set(name, newEntry(name, whole.mode, whole.sha))
    const deeper = inner.filter((change) => change.path !== '')
    if (deeper.length > 0) await changeFolder(directory, entries, name, deeper)
  }
  return writeEntries(directory, [...entries.values()])
}

function groupByName(changes: readonly TreeChange[]): Map<string, TreeChange[]> {
  const groups = new Map<string, TreeChange[]>()
  for (const change of changes) {
    const [name, ...rest] = change.path.split('/') as [string, ...string[]]
    const group = groups.get(name) ?? []
    groups.set(name, group)
    group.push({ ...change, path: rest.join('/') })
  }
  return groups
}

async function changeFolder(
  directory: string,
  entries: Map<string, TreeEntry>,
  name: string,
  changes: readonly TreeChange[],
): Promise<void> {
  const known = entries.get(name)
  const sha = await writeTree(directory, known?.type === 'tree' ? known.sha : undefined, changes)
  if (sha !== emptyTreeSha) entries.set(name, newEntry(name, treeMode, sha))
  else if (known?.type === 'tree') entries.delete(name)
}

function newEntry(path: string, mode: string, sha: string): TreeEntry {
  return { path, mode, type: typeOf(mode), sha, size: undefined }
}

/** Git sorts a folder as if its name ended in a slash. */
function writeEntries(directory: string, entries: readonly TreeEntry[]): Promise<string> {
  const keyed = entries.map((entry) => ({
    entry,
    key: Buffer.from(entry.type === 'tree' ? `${entry.path}/` : entry.path),
  }))
  const sorted = keyed.sort((one, other) => Buffer.compare(one.key, other.key))
  const parts = sorted.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode.replace(/^0/, '')} ${entry.path}\0`),
    Buffer.from(entry.sha, 'hex'),
  ])
  return writeLooseObject(directory, { type: 'tree', content: Buffer.concat(parts) })
}

/** The paths of files that differ between two commits; without a base, all of them. */
export async function changedPaths(
  directory: string,
  base: string | undefined,
  head: string,
): Promise<string[]> {
  return compareTrees(
    directory,
    base ? await treeOf(directory, base) : emptyTreeSha,
    await treeOf(directory, head),
  )
}

async function compareTrees(directory: string, base: string, head: string): Promise<string[]> {
  if (base === head) return []
  const [before, after] = [await readTree(directory, base), await readTree(directory, head)]
  const names = new Set([...before, ...after].map(({ path }) => path))
  const paths: string[] = []
  for (const name of [...names].sort()) {
    const one = before.find(({ path }) => path === name)
    const other = after.find(({ path }) => path === name)
    if (one?.sha === other?.sha && one?.mode === other?.mode) continue
    if ((one && one.type !== 'tree') || (other && other.type !== 'tree')) paths.push(name)
    const [left, right] = [one, other].map((entry) =>
      entry?.type === 'tree' ? entry.sha : emptyTreeSha,
    ) as [string, string]
    paths.push(...(await compareTrees(directory, left, right)).map((path) => `${name}/${path}`))
  }
  return paths
}
