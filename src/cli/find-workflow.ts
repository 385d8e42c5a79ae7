/** Finds the workflow file that a log belongs to. */
import type { Evidence, JobLog } from '../domain/evidence.ts'
import type { RepositoryFiles } from '../playbook.ts'
import { usageError } from './command.ts'

const workflowPath = /^\.github\/workflows\/[^/]{1,255}\.ya?ml$/

/**
 * The given file, the only one, or the only one that names what the log's failing step ran.
 * Throws `usage`, with the candidates, when it cannot be told.
 */
export async function findWorkflow(
  files: RepositoryFiles,
  log: JobLog,
  given: string | undefined,
): Promise<Evidence['workflow']> {
  const paths = (await files.list()).filter((path) => workflowPath.test(path))
  if (given !== undefined) return readGiven(files, given)
  const candidates = paths.length > 1 ? await narrow(files, paths, log) : paths
  const [path] = candidates
  if (path === undefined) return null
  if (candidates.length > 1) {
    throw usageError(
      `Several workflows could have written this log (${candidates.join(', ')}); choose one with --workflow`,
    )
  }
  return { path, text: (await files.read(path)) ?? '' }
}

async function readGiven(files: RepositoryFiles, path: string): Promise<Evidence['workflow']> {
  const text = await files.read(path.replace(/^\.\//, ''))
  if (text === null) throw usageError(`The repository has no workflow ${path}`)
  return { path, text }
}

/** A step's group names its action or its command: the workflow must hold that text. */
async function narrow(files: RepositoryFiles, paths: readonly string[], log: JobLog): Promise<string[]> {
  const steps = log.lines
    .map(({ text }) => /^##\[group\]Run (?<step>.{3,200})$/.exec(text)?.groups?.step)
    .filter((step) => step !== undefined)
  const fitting: string[] = []
  for (const path of paths) {
    const text = (await files.read(path)) ?? ''
    if (steps.length > 0 && steps.every((step) => text.includes(step))) fitting.push(path)
  }
  return fitting.length > 0 ? fitting : [...paths]
}
