/** Finds playbooks by reading their folder: a new one is a new folder and nothing to register. */
import { readdir } from 'node:fs/promises'
import { OperatorError } from '../errors.ts'
import type { Playbook } from '../playbook.ts'

/**
 * Every playbook beside this file, sorted by name. A folder without a valid `playbook.ts` stops the start:
 * a playbook that is silently left out would look like a failure that has no repair.
 */
export async function loadPlaybooks(
  folder: URL = new URL('./', import.meta.url),
): Promise<readonly Playbook[]> {
  const names = await playbookNames(folder)
  return Promise.all(names.map((name) => loadPlaybook(folder, name)))
}

async function playbookNames(folder: URL): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

async function loadPlaybook(folder: URL, name: string): Promise<Playbook> {
  const module = await importPlaybook(new URL(`${name}/playbook.ts`, folder), name)
  const { playbook } = module as { playbook?: unknown }
  if (!isPlaybook(playbook)) {
    throw invalid(name, 'It must export `playbook` with a name, the classes it handles and a draft function.')
  }
  if (playbook.name !== name) {
    throw invalid(name, `Its name is "${playbook.name}"; give it the folder's name.`)
  }
  return playbook
}

async function importPlaybook(file: URL, name: string): Promise<unknown> {
  try {
    return await import(file.href)
  } catch (cause) {
    throw invalid(name, 'Its playbook.ts is missing or does not load.', cause)
  }
}

function isPlaybook(value: unknown): value is Playbook {
  if (typeof value !== 'object' || value === null) return false
  const { name, handles, draft } = value as Record<string, unknown>
  return (
    typeof name === 'string' && Array.isArray(handles) && handles.length > 0 && typeof draft === 'function'
  )
}

function invalid(name: string, reason: string, cause?: unknown): OperatorError {
  return new OperatorError({
    code: 'invalid-playbook',
    message: `The playbook "${name}" cannot be used. ${reason}`,
    cause,
  })
}
