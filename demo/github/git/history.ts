/** What lies between commits: logs, diffs, merges. */
import { GitFailed, git, gitText, gitTextIfAny } from './git.ts'
import { readCommit, type Signature, writeCommit } from './objects.ts'
import { remember } from './remember.ts'
import { changedPaths, emptyTreeSha } from './trees.ts'

export interface FileChange {
  filename: string
  previousFilename: string | undefined
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  sha: string
  additions: number
  deletions: number
  patch: string | undefined
}

/** The shas from a commit back to an earlier one, newest first. Straight lines need no git. */
export async function listNewCommits(directory: string, before: string, after: string, commitsMax: number) {
  const line = await straightLine(directory, before, after, commitsMax)
  return line ?? listCommits(directory, [`${before}..${after}`], commitsMax)
}

async function straightLine(directory: string, before: string, after: string, commitsMax: number) {
  const shas: string[] = []
  for (let at = after; at !== before; ) {
    const { parents } = await readCommit(directory, at)
    if (parents.length !== 1 || shas.length >= commitsMax) return undefined
    shas.push(at)
    at = parents[0]!
  }
  return shas
}

/** The shas that a range reaches, newest first. */
export async function listCommits(
  directory: string,
  range: readonly string[],
  commitsMax = 1000,
): Promise<string[]> {
  const output = await gitText(directory, ['rev-list', `--max-count=${commitsMax}`, ...range])
  return output.split('\n').filter(Boolean)
}

/** The best common ancestor, or undefined for unrelated histories. */
export function mergeBase(directory: string, one: string, other: string): Promise<string | undefined> {
  return remember(`${directory} merge-base ${one} ${other}`, () =>
    gitTextIfAny(directory, ['merge-base', one, other]),
  )
}

/** How many commits each side has that the other lacks. */
export function aheadBehind(
  directory: string,
  base: string,
  head: string,
): Promise<{ ahead: number; behind: number }> {
  return remember(`${directory} ahead-behind ${base} ${head}`, async () => {
    const counts = await gitText(directory, ['rev-list', '--left-right', '--count', `${base}...${head}`])
    const [behind, ahead] = counts.split('\t').map(Number) as [number, number]
    return { ahead, behind }
  })
}

/** Whether a branch can move from one commit to the other without losing commits. */
export async function isFastForward(directory: string, from: string, to: string): Promise<boolean> {
  if (await straightLine(directory, from, to, 50)) return true
  return (await gitTextIfAny(directory, ['merge-base', '--is-ancestor', from, to])) !== undefined
}

/** The file changes from one commit to another; without a base, against the empty tree. */
export function diffCommits(
  directory: string,
  base: string | undefined,
  head: string,
): Promise<FileChange[]> {
  return remember(`${directory} diff ${base} ${head}`, () => readDiff(directory, base, head))
}

async function readDiff(directory: string, base: string | undefined, head: string): Promise<FileChange[]> {
  const range = ['-r', '-M', base ?? emptyTreeSha, head]
  const [raw, numbers, patches] = await Promise.all([
    gitOutput(directory, ['diff-tree', '--raw', '-z', '--no-abbrev', ...range]),
    gitOutput(directory, ['diff-tree', '--numstat', '-z', ...range]),
    gitOutput(directory, ['diff-tree', '-p', ...range]),
  ])
  const counts = parseCounts(numbers)
  const texts = patches.split(/^(?=diff --git )/m).filter((text) => text.startsWith('diff --git '))
  return parseRaw(raw).map((change, at) => ({
    ...change,
    additions: counts[at]?.additions ?? 0,
    deletions: counts[at]?.deletions ?? 0,
    patch: hunksOf(texts[at]),
  }))
}

async function gitOutput(directory: string, args: readonly string[]): Promise<string> {
  return (await git(directory, args)).toString()
}

/** The first workflow file that commits new to all branches change on the way to a commit. */
export async function findWorkflowChange(directory: string, after: string): Promise<string | undefined> {
  const fresh = await listCommits(directory, [after, '--not', '--branches', '--tags'])
  for (const sha of fresh) {
    const { parents } = await readCommit(directory, sha)
    const paths = await changedPaths(directory, parents[0], sha)
    const path = paths.find((each) => each.startsWith('.github/workflows/'))
    if (path) return path
  }
  return undefined
}

const statusNames: Record<string, FileChange['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
}

function parseRaw(text: string): Omit<FileChange, 'additions' | 'deletions' | 'patch'>[] {
  const fields = text.split('\0')
  const changes: Omit<FileChange, 'additions' | 'deletions' | 'patch'>[] = []
  for (let at = 0; fields[at]?.startsWith(':'); ) {
    const [, , oldSha, newSha, letter] = fields[at]!.split(' ') as [string, string, string, string, string]
    const isMoved = /^[RC]/.test(letter)
    changes.push({
      filename: fields[at + (isMoved ? 2 : 1)]!,
      previousFilename: isMoved ? fields[at + 1] : undefined,
      status: statusNames[letter[0]!] ?? 'modified',
      sha: letter.startsWith('D') ? oldSha : newSha,
    })
    at += isMoved ? 3 : 2
  }
  return changes
}

function parseCounts(text: string): { additions: number; deletions: number }[] {
  const counts: { additions: number; deletions: number }[] = []
  const fields = text.split('\0')
  for (let at = 0; at < fields.length - 1; at++) {
    const [added, deleted, path] = fields[at]!.split('\t')
    counts.push({ additions: Number(added) || 0, deletions: Number(deleted) || 0 })
    if (path === '') at += 2
  }
  return counts
}

function hunksOf(patch: string | undefined): string | undefined {
  const at = patch?.search(/^@@/m) ?? -1
  return at < 0 ? undefined : patch!.slice(at).replace(/\n$/, '')
}

/** The commit that merges head into base, or undefined when they conflict. Stored, but on no branch. */
export async function mergeCommits(
  directory: string,
  { base, head, by, message }: { base: string; head: string; by: Signature; message: string },
): Promise<string | undefined> {
  try {
    const output = await gitText(directory, ['merge-tree', '--write-tree', base, head])
    const tree = output.split('\n')[0]!
    return await writeCommit(directory, { tree, parents: [base, head], author: by, committer: by, message })
  } catch (error) {
    if (error instanceof GitFailed && error.exitCode === 1) return undefined
    throw error
  }
}

/** Brings a commit of another bare repository here, as for pull requests and comparisons across forks. */
export async function fetchCommit(directory: string, from: string, sha: string): Promise<void> {
  if (from !== directory) await git(directory, ['fetch', '--quiet', from, sha])
}
