import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkDockerfile } from '../src/docker/check-dockerfile.ts'

const root = join(import.meta.dirname, '..')

/** All files that a build of our own image could see. */
async function listFiles(): Promise<string[]> {
  const skipped = new Set(['node_modules', '.git', 'demo-output', 'data', 'coverage'])
  const files: string[] = []
  for (const top of await readdir(root, { withFileTypes: true })) {
    if (skipped.has(top.name)) continue
    if (top.isFile()) files.push(top.name)
    else {
      const inside = await readdir(join(root, top.name), { recursive: true, withFileTypes: true })
      const paths = inside
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
      files.push(...paths.map((path) => path.slice(root.length + 1)))
    }
  }
  return files.sort()
}

it('keeps our own rules in our own Dockerfile', async () => {
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => null)

  const results = await checkDockerfile({
    path: 'Dockerfile',
    text: (await read('Dockerfile')) ?? '',
    dockerignore: await read('.dockerignore'),
    context: '',
    files: await listFiles(),
    read,
    buildStep: null,
  })

  const unmet = results.filter(
    ({ level, outcome }) => level !== 'information' && !['passed', 'not_applicable'].includes(outcome),
  )
  expect(unmet.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([])
})

it('copies into the image every folder that the source reads at run time', async () => {
  const dockerfile = (await readFile(join(root, 'Dockerfile'), 'utf8')).split('\n')

  for (const folder of ['agents', 'prompts', 'src']) {
    expect(dockerfile, folder).toContain(`COPY ${folder} ./${folder}`)
  }
})
