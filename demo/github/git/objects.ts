/** Reads and writes blobs and commits. */
import { git, gitTextIfAny } from './git.ts'
import { readLooseObject, writeLooseObject } from './loose-objects.ts'

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

/** The type of an object, or undefined when there is none. */
export async function objectType(directory: string, sha: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{40}$/.test(sha)) return undefined
  const loose = await readLooseObject(directory, sha)
  return loose?.type ?? gitTextIfAny(directory, ['cat-file', '-t', sha])
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
  const loose = await Promise.all(shas.map((sha) => readLooseObject(directory, sha)))
  const found = loose.flatMap((object, at) =>
    object ? [parseCommit(shas[at]!, object.content.toString())] : [],
  )
  return [
    ...found,
    ...(await readPackedCommits(
      directory,
      shas.filter((_, at) => !loose[at]),
    )),
  ]
}

async function readPackedCommits(directory: string, shas: readonly string[]): Promise<Commit[]> {
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

/** The bytes of a blob. */
export async function readBlob(directory: string, sha: string): Promise<Buffer> {
  const loose = await readLooseObject(directory, sha)
  return loose?.type === 'blob' ? loose.content : git(directory, ['cat-file', 'blob', sha])
}

/** Stores a blob and gives its sha. */
export function writeBlob(directory: string, content: string | Buffer): Promise<string> {
  return writeLooseObject(directory, { type: 'blob', content: Buffer.from(content) })
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
  return writeLooseObject(directory, { type: 'commit', content: Buffer.from(lines.join('\n')) })
}

function signatureLine({ name, email, date }: Signature): string {
  const clean = (text: string) => text.replace(/[<>\n\0]/g, '')
  return `${clean(name)} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`
}
