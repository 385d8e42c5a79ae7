/** The sample repositories of the demo. Their workflow comes with the push that turns them red. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

export interface DemoCase {
  /** The repository's name on the small GitHub. */
  repository: string
  /** The message of the commit that adds the workflow. */
  message: string
}

export const demoCases: Readonly<Record<string, DemoCase>> = {
  'fastapi-missing-dockerfile': {
    repository: 'acme/orders',
    message: 'ci: build the production image',
  },
  'node-wrong-dockerfile-path': {
    repository: 'acme/web',
    message: 'ci: test and build the image',
  },
}

/** The files of a case: what the repository holds first, and what the push adds. */
export async function readDemoFiles(
  name: string,
): Promise<{ first: Record<string, string>; pushed: Record<string, string> }> {
  const folder = join(import.meta.dirname, 'repositories', name)
  const first: Record<string, string> = {}
  const pushed: Record<string, string> = {}
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    const path = relative(folder, full).split(sep).join('/')
    const target = path.startsWith('.github/workflows/') ? pushed : first
    target[path] = await readFile(full, 'utf8')
  }
  return { first, pushed }
}
