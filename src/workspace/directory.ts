/** The files of a local clone, for the command line: what git tracks and what it would track. */
import { execFile } from 'node:child_process'
import { lstat, readFile, realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { OperatorError } from '../errors.ts'
import { decodeUtf8 } from '../github/contents.ts'
import { fileBytesMax } from '../limits.ts'
import type { RepositoryFiles } from '../playbook.ts'

const run = promisify(execFile)

/** Opens the top folder of a git working tree. Throws `not-a-repository`. */
export async function openDirectory(directory: string): Promise<RepositoryFiles & { root: string }> {
  const root = await findRoot(directory)
  const paths = await listFiles(root)
  const known = new Set(paths)
  return {
    root,
    list: async () => paths,
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

async function listFiles(root: string): Promise<string[]> {
  const { stdout } = await run(
    'git',
    [
      '-C',
      root,
      '-c',
      'core.fsmonitor=false',
      'ls-files',
      '-z',
      '--cached',
      '--others',
      '--exclude-standard',
    ],
    { maxBuffer: 256 * 1024 ** 2 },
  )
  return [...new Set(stdout.split('\0').filter(Boolean))].sort()
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
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
