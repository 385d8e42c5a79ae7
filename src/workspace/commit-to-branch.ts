/** Commits a patch to a new local branch, without touching the working tree or the index. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { FileChange } from '../domain/patch.ts'
import { OperatorError } from '../errors.ts'

/** Returns the new commit's SHA. Throws `branch-not-created` when the branch exists or git refuses. */
export async function commitToBranch(
  root: string,
  commit: {
    branch: string
    message: string
    changes: readonly Pick<FileChange, 'path' | 'mode' | 'after'>[]
  },
): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'regreen-index-'))
  const git = (args: string[], input = '') => runGit(root, join(scratch, 'index'), args, input)
  try {
    await git(['check-ref-format', '--branch', commit.branch])
    await git(['read-tree', 'HEAD'])
    for (const { path, mode, after } of commit.changes) {
      if (after === null) await git(['update-index', '--force-remove', '--', path])
      else {
        const blob = await git(['hash-object', '-w', '--stdin', '--no-filters'], after)
        await git(['update-index', '--add', '--cacheinfo', `${mode},${blob},${path}`])
      }
    }
    const tree = await git(['write-tree'])
    const sha = await git(['commit-tree', tree, '-p', 'HEAD', '-F', '-'], commit.message)
    await git(['update-ref', `refs/heads/${commit.branch}`, sha, '0'.repeat(40)])
    return sha
  } catch (error) {
    throw new OperatorError({
      code: 'branch-not-created',
      message: `The branch ${commit.branch} was not made: ${(error as Error).message}. Choose another --branch, or use --write.`,
      cause: error,
    })
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

async function runGit(root: string, index: string, args: string[], input: string): Promise<string> {
  const child = spawn('git', ['-C', root, '-c', 'core.hooksPath=/dev/null', ...args], {
    env: { ...process.env, GIT_INDEX_FILE: index, LC_ALL: 'C' },
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [output, problem, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  if (code !== 0) throw new Error(problem.trim() || `git ${args[0]} ended with ${code}`)
  return output.trim()
}
