/** The files of a local clone, for the command line: what git tracks and what it would track. */
import { execFile } from 'node:child_process'
import { lstat, readFile, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import type { ChangedFile, TreeEntry } from '../domain/evidence.ts'
import { OperatorError } from '../errors.ts'
import { decodeUtf8 } from '../github/contents.ts'
import { fileBytesMax } from '../limits.ts'
import type { RepositoryFiles } from '../playbook.ts'

const run = promisify(execFile)

/** A working tree on this machine. */
export interface WorkingTree extends RepositoryFiles {
  /** The top folder. */
  readonly root: string
  /** All files with their modes, sorted by path. */
  readonly tree: readonly TreeEntry[]
  /** The current commit; null before the first one. */
  readonly headSha: string | null
  /** What the last commit changed; empty for a first commit. */
  readonly changedFiles: readonly ChangedFile[]
}

/** Opens the top folder of a git working tree. Throws `not-a-repository`. */
export async function openDirectory(directory: string): Promise<WorkingTree> {
  const root = await findRoot(directory)
  const tree = await listTree(root)
  const known = new Set(tree.map(({ path }) => path))
  const headSha = await resolveCommit(root, 'HEAD')
  return {
    root,
    tree,
    headSha,
    changedFiles: headSha === null ? [] : await listChangedFiles(root),
    list: async () => tree.map(({ path }) => path),
    read: async (path) => (known.has(path) ? readRegularFile(root, path) : null),
  }
}

async function findRoot(directory: string): Promise<string> {
  try {
    const { stdout } = await run('git', ['-C', directory, 'rev-parse', '--show-toplevel'])
    return stdout.trimEnd()
  } catch (error) {
    throw new OperatorError({
      code: 'not-a-repository',
      message:
        `${directory} is not a git working tree, so it cannot be told which files belong to the repository. ` +
        'Give --repo the folder of a clone.',
      cause: error,
    })
  }
}

async function git(root: string, ...args: string[]): Promise<string> {
  const safe = ['-C', root, '-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']
  return (await run('git', [...safe, ...args], { maxBuffer: 256 * 1024 ** 2 })).stdout
}

/** Tracked files with git's mode, and new ones that git does not ignore with the mode it would give them. */
async function listTree(root: string): Promise<TreeEntry[]> {
  const modes = new Map<string, string>()
  for (const entry of (await git(root, 'ls-files', '-z', '--stage')).split('\0')) {
    const parsed = /^(?<mode>\d{6}) [0-9a-f]{40,64} \d\t(?<path>.+)$/s.exec(entry)?.groups
    if (parsed) modes.set(parsed.path!, parsed.mode!)
  }
  for (const path of (await git(root, 'ls-files', '-z', '--others', '--exclude-standard')).split('\0')) {
    // With a slash at its end it is a clone within the clone, which git does not look into.
    if (path !== '' && !path.endsWith('/')) modes.set(path, await modeOnDisk(join(root, path)))
  }
  return [...modes].map(([path, mode]) => ({ path, mode })).sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function modeOnDisk(path: string): Promise<string> {
  const stats = await lstat(path)
  if (stats.isSymbolicLink()) return '120000'
  return stats.mode & 0o100 ? '100755' : '100644'
}

async function resolveCommit(root: string, name: string): Promise<string | null> {
  try {
    return (
      await git(root, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`)
    ).trim()
  } catch {
    return null
  }
}

const statusOfLetter: Record<string, ChangedFile['status']> = {
  A: 'added',
  C: 'copied',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
}

async function listChangedFiles(root: string): Promise<ChangedFile[]> {
  if ((await resolveCommit(root, 'HEAD~1')) === null) return []
  const fields = (await git(root, 'diff', '--name-status', '-z', '-M', 'HEAD~1', 'HEAD')).split('\0')
  const changed: ChangedFile[] = []
  for (let at = 0; at + 1 < fields.length; ) {
    const letter = fields[at]!.charAt(0)
    const isMove = letter === 'R' || letter === 'C'
    const path = fields[at + (isMove ? 2 : 1)]!
    changed.push({
      path,
      status: statusOfLetter[letter] ?? 'changed',
      previousPath: isMove ? fields[at + 1]! : null,
    })
    at += isMove ? 3 : 2
  }
  return changed
}

/** Resolved first: a folder on the way may be a symbolic link out of the repository. */
async function readRegularFile(root: string, path: string): Promise<string | null> {
  const full = join(root, path)
  try {
    const inside = relative(await realpath(root), await realpath(full))
    if (isAbsolute(inside) || inside.split(sep)[0] === '..') return null
    const stats = await lstat(full)
    if (!stats.isFile() || stats.size > fileBytesMax) return null
    return decodeUtf8(await readFile(full))
  } catch (error) {
    if (['ELOOP', 'ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
