/** Reads and writes git objects: blobs, trees and commits. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { git, gitText, gitTextIfAny } from './git.ts'
import { writeLooseObject } from './loose-objects.ts'

export interface Signature {
  name: string
  email: string
  /** ISO 8601, UTC, whole seconds. */
  date: string
}

export interface Commit {
  sha: string
  tree: string
  parents: string[]
  author: Signature
  committer: Signature
  message: string
}

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

/** The type of an object, or undefined when there is none. */
export function objectType(directory: string, sha: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return Promise.resolve(undefined)
  return gitTextIfAny(directory, ['cat-file', '-t', sha])
}

/** Reads one commit that is known to exist. */
export async function readCommit(directory: string, sha: string): Promise<Commit> {
  const [commit] = await readCommits(directory, [sha])
  if (!commit) throw new Error(`No commit ${sha}.`)
  return commit
}

/** Commits never change, so each is read once. */
const commitsBySha = new Map<string, Commit>()
/** More than this and a long demo would keep every commit it ever saw. */
const cachedCommitsMax = 5_000

/** Reads commits in the order asked for, with one git process for those not yet known. */
export async function readCommits(directory: string, shas: readonly string[]): Promise<Commit[]> {
  const unknown = shas.filter((sha) => !commitsBySha.has(sha))
  const read = new Map((await readFreshCommits(directory, unknown)).map((commit) => [commit.sha, commit]))
  if (commitsBySha.size > cachedCommitsMax) commitsBySha.clear()
  return shas.map((sha) => {
    const commit = commitsBySha.get(sha) ?? read.get(sha)
    if (!commit) throw new Error(`No commit ${sha}.`)
    commitsBySha.set(sha, commit)
    return commit
  })
}

async function readFreshCommits(directory: string, shas: readonly string[]): Promise<Commit[]> {
  if (shas.length === 0) return []
  const output = await git(directory, ['cat-file', '--batch'], { input: `${shas.join('\n')}\n` })
  const commits: Commit[] = []
  let at = 0
  for (const asked of shas) {
    const lineEnd = output.indexOf(10, at)
    const [sha, type, size] = output.subarray(at, lineEnd).toString().split(' ')
    if (type !== 'commit') throw new Error(`${asked} is not a commit.`)
    const start = lineEnd + 1
    commits.push(parseCommit(sha!, output.subarray(start, start + Number(size)).toString()))
    at = start + Number(size) + 1
  }
  return commits
}

function parseCommit(sha: string, text: string): Commit {
  const headEnd = text.indexOf('\n\n')
  const lines = text.slice(0, headEnd).split('\n')
  const headerOf = (key: string) =>
    lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? ''
  return {
    sha,
    tree: headerOf('tree'),
    parents: lines.filter((line) => line.startsWith('parent ')).map((line) => line.slice(7)),
    author: parseSignature(headerOf('author')),
    committer: parseSignature(headerOf('committer')),
    message: text.slice(headEnd + 2).replace(/\n$/, ''),
  }
}

function parseSignature(text: string): Signature {
  const parts = /^(?<name>.*) <(?<email>.*)> (?<seconds>\d+) [+-]\d{4}$/.exec(text)?.groups
  return {
    name: parts?.name ?? '',
    email: parts?.email ?? '',
    date: isoSeconds(new Date(Number(parts?.seconds ?? 0) * 1000)),
  }
}

/** GitHub's form of a time: whole seconds, UTC. */
export function isoSeconds(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`
}

/** Lists a tree, or one path in it. Paths are relative to the tree given. */
export async function listTree(
  directory: string,
  treeish: string,
  isRecursive: boolean,
): Promise<TreeEntry[]> {
  if (treeish === emptyTreeSha) return []
  const args = ['ls-tree', '-z', '-l', ...(isRecursive ? ['-r', '-t'] : []), treeish]
  const output = (await git(directory, args)).toString()
  return output.split('\0').filter(Boolean).map(parseTreeEntry)
}

function parseTreeEntry(line: string): TreeEntry {
  const [head, path] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]
  const [mode, type, sha, size] = head.split(/ +/) as [string, TreeEntry['type'], string, string]
  return { mode, type, sha, size: size === '-' ? undefined : Number(size), path }
}

/** The entry at a path, or undefined. */
export async function findEntry(
  directory: string,
  treeish: string,
  path: string,
): Promise<TreeEntry | undefined> {
  const output = await git(directory, ['--literal-pathspecs', 'ls-tree', '-z', '-l', treeish, '--', path])
  const line = output.toString().split('\0')[0]
  return line ? parseTreeEntry(line) : undefined
}

/** The bytes of a blob. */
export function readBlob(directory: string, sha: string): Promise<Buffer> {
  return git(directory, ['cat-file', 'blob', sha])
}

/** The text of a file at a commit, or undefined when there is none. */
export async function readFileAt(
  directory: string,
  treeish: string,
  path: string,
): Promise<string | undefined> {
  const entry = await findEntry(directory, treeish, path)
  if (entry?.type !== 'blob') return undefined
  return (await readBlob(directory, entry.sha)).toString()
}

/** Stores a blob and gives its sha. */
export function writeBlob(directory: string, content: string | Buffer): Promise<string> {
  return writeLooseObject(directory, 'blob', Buffer.from(content))
}

/** Stores the tree that results from changes to a base tree. */
export async function writeTree(directory: string, base: string | undefined, changes: readonly TreeChange[]) {
  const index = join(directory, `index-${randomUUID()}`)
  const environment = { GIT_INDEX_FILE: index }
  try {
    if (base) await git(directory, ['read-tree', base], { environment })
    const input = (await expandSubtrees(directory, changes)).map(indexLine).join('')
    await git(directory, ['update-index', '-z', '--index-info'], { environment, input })
    return await gitText(directory, ['write-tree'], { environment })
  } finally {
    await rm(index, { force: true })
  }
}

async function expandSubtrees(directory: string, changes: readonly TreeChange[]): Promise<TreeChange[]> {
  const expanded: TreeChange[] = []
  for (const change of changes) {
    if (change.mode !== '040000' || change.sha === null) expanded.push(change)
    else {
      const entries = await listTree(directory, change.sha, true)
      const files = entries.filter((entry) => entry.type !== 'tree')
      expanded.push(...files.map(({ mode, sha, path }) => ({ mode, sha, path: `${change.path}/${path}` })))
    }
  }
  return expanded
}

function indexLine(change: TreeChange): string {
  if (change.sha === null) return `0 ${'0'.repeat(40)}\t${change.path}\0`
  return `${change.mode} ${change.sha}\t${change.path}\0`
}

/** Stores a commit; the same content gives the same sha. */
export function writeCommit(directory: string, commit: Omit<Commit, 'sha'>): Promise<string> {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${signatureLine(commit.author)}`,
    `committer ${signatureLine(commit.committer)}`,
    '',
    commit.message,
  ]
  return writeLooseObject(directory, 'commit', Buffer.from(lines.join('\n')))
}

function signatureLine({ name, email, date }: Signature): string {
  const clean = (text: string) => text.replace(/[<>\n\0]/g, '')
  return `${clean(name)} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`
}
