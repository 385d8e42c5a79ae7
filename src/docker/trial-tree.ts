/** The folder in which a draft is built: the repository's files with the changes applied, and nothing else. */
import { cp, mkdir, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import type { FileChange } from '../domain/patch.ts'
import { repositoryPath } from '../workflow/repository-path.ts'

interface TreeSource {
  /** The repository on disk; it is read, never changed. */
  readonly folder: string
  /** The files to copy; without a list all but `.git` and `node_modules`. */
  readonly files?: readonly string[]
  readonly changes: readonly FileChange[]
}

const sourcePattern = /\.(py|[cm]?[jt]sx?|html|astro|vue)$/

/** Copies the repository into the target folder and applies the changes there. */
export async function copyTree({ folder, files, changes }: TreeSource, target: string): Promise<void> {
  if (files) await copyListed(folder, files, target)
  else await cp(folder, target, { recursive: true, verbatimSymlinks: true, filter: isProjectFile })
  for (const change of changes) await applyChange(change, target)
}

function isProjectFile(path: string): boolean {
  return !/[/\\](\.git|node_modules)$/.test(path)
}

/** What CI would check out: untracked files such as `.env` stay out of the build. */
async function copyListed(folder: string, files: readonly string[], target: string): Promise<void> {
  for (const path of files) {
    const file = await insidePath(target, path)
    await mkdir(dirname(file), { recursive: true })
    await cp(join(folder, path), file, { verbatimSymlinks: true }).catch(ignoreMissing)
  }
}

/** Git lists files that the working tree has lost. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

async function applyChange({ path, after, mode }: FileChange, target: string): Promise<void> {
  const file = await insidePath(target, path)
  if (after === null) return rm(file, { force: true })
  await mkdir(dirname(file), { recursive: true })
  await rm(file, { force: true })
  await writeFile(file, after, { mode: mode === '100755' ? 0o755 : 0o644 })
}

/** The path below the folder; a draft must not write through `..` or a link to elsewhere. */
export async function insidePath(folder: string, path: string): Promise<string> {
  const relative = repositoryPath(path)
  if (!relative) throw new RangeError(`The path ${path} is not inside the repository.`)
  const root = await realpath(folder)
  let parent = dirname(join(root, relative))
  const missing: string[] = []
  for (;;) {
    const real = await realpath(parent).catch(() => null)
    if (real !== null) {
      if (real !== root && !real.startsWith(root + sep))
        throw new RangeError(`The path ${path} leaves the repository.`)
      return join(real, ...missing, relative.split('/').at(-1)!)
    }
    missing.unshift(parent.slice(dirname(parent).length + 1))
    parent = dirname(parent)
  }
}

/** The first source file under what the Dockerfile copies; configuration files change more than a source edit does. */
export async function findSource(root: string, sources: readonly string[]): Promise<string | null> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(root.length)
        .replace(/^[/\\]/, ''),
    )
    .filter((path) => sourcePattern.test(path) && !/\.config\.|(^|\/)tests?\//.test(path))
    .sort()
  const cleaned = sources.map((source) => repositoryPath(source.replace(/^\/+/, '')) ?? source)
  return (
    files.find((path) =>
      cleaned.some((source) => source === '' || path === source || path.startsWith(`${source}/`)),
    ) ?? null
  )
}
