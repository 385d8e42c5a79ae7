import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadPlaybooks } from '../../src/playbooks/load-playbooks.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playbooks-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(name: string, text: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true })
  await writeFile(join(folder, name, 'playbook.ts'), text)
}

function load() {
  return loadPlaybooks(pathToFileURL(`${folder}/`))
}

const valid = (name: string) =>
  `export const playbook = { name: '${name}', handles: ['other'], draft: async () => null }\n`

it('finds every folder, sorted by name', async () => {
  await write('zeta', valid('zeta'))
  await write('alpha', valid('alpha'))

  const playbooks = await load()

  expect(playbooks.map(({ name }) => name)).toEqual(['alpha', 'zeta'])
})

it('refuses a playbook under another name than its folder', async () => {
  await write('alpha', valid('beta'))

  await expect(load()).rejects.toThrow('Its name is "beta"; give it the folder\'s name.')
})

it.each([
  ['no export', 'export const other = 1\n'],
  ['no classes', `export const playbook = { name: 'alpha', handles: [], draft: async () => null }\n`],
  ['a broken file', 'export const playbook = {\n'],
])('refuses a folder with %s', async (_, text) => {
  await write('alpha', text)

  await expect(load()).rejects.toMatchObject({ code: 'invalid-playbook' })
})

it('loads the playbooks of this repository', async () => {
  const playbooks = await loadPlaybooks()

  expect(new Set(playbooks.map(({ name }) => name)).size).toBe(playbooks.length)
})
