/** The files of the build context, under the names that the Dockerfile gives them. */
import { joinPath, pathWithin } from '../../../workflow/repository-path.ts'
import type { Situation } from '../situation.ts'

/** One project: the context's folder. Paths are relative to it. */
export interface ProjectFiles {
  readonly files: readonly string[]
  has(path: string): boolean
  read(path: string): Promise<string | null>
}

/** The context of the failed build as a project. */
export function projectFiles({
  context,
  files,
  read,
}: Pick<Situation, 'context' | 'files' | 'read'>): ProjectFiles {
  const inside = files.map((path) => pathWithin(context, path)).filter((path) => path !== null)
  const known = new Set(inside)
  return {
    files: inside,
    has: (path) => known.has(path),
    read: async (path) => (known.has(path) ? read(joinPath(context, path)) : null),
  }
}

/** The names directly in the project's folder; folders end with a slash. */
export function topEntries({ files }: ProjectFiles): readonly string[] {
  const names = files.map((path) => (path.includes('/') ? `${path.split('/')[0]}/` : path))
  return [...new Set(names)].sort()
}
