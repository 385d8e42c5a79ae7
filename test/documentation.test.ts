import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFile(join(root, path), 'utf8')

async function readSources(folder: string): Promise<string> {
  const texts: string[] = []
  for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith('.ts'))
      texts.push(await readFile(join(entry.parentPath, entry.name), 'utf8'))
  }
  return texts.join('\n')
}

const found = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))].sort()

describe('the documentation', () => {
  it('has a heading for every error code, and for no other', async () => {
    const sources = (await readSources('src')) + (await read('demo/run-demo.ts'))

    const codes = found(sources, /\bcode: '([a-z]+(?:-[a-z]+)*)',?\n?/g)
    const headings = found(await read('docs/errors.md'), /^## (\S+)$/gm)

    expect(headings).toEqual(codes)
  })

  it('explains every setting of the operator, and no other', async () => {
    const settings = found(await read('src/config.ts'), /^ {2}([A-Z_]+): z/gm)
    const rows = found(await read('docs/configuration.md'), /^\| `([A-Z_]+)` \|/gm)

    expect(rows).toEqual(settings)
  })

  it('explains every key of a repository’s settings, and no other', async () => {
    const schema = /repositoryConfigSchema = z\.strictObject\(\{(?<keys>[\s\S]*?)\n\}\)/.exec(
      await read('src/stages/accept/repository-config.ts'),
    )?.groups?.keys
    const rows = found(await read('docs/configuration.md'), /^\| `([a-z][A-Za-z.]*)` \|/gm)

    expect(rows).toEqual(found(schema ?? '', /^ {2}([a-z]\w*): /gm))
  })

  it('shows only npm scripts that exist', async () => {
    const scripts = found(await read('README.md'), /npm (?:run )?(demo|test|check|start)\b/g)

    expect(scripts.filter((name) => !(name in packageJson.scripts))).toEqual([])
  })

  it('links only to files that exist', async () => {
    for (const page of [
      'README.md',
      'src/README.md',
      'docs/errors.md',
      'docs/configuration.md',
      'docs/gates.md',
    ]) {
      const folder = page.split('/').slice(0, -1).join('/')
      for (const target of found(await read(page), /\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
        await expect(
          readdir(join(root, folder)).then(() =>
            import('node:fs/promises').then((fs) => fs.stat(join(root, folder, target))),
          ),
          `${page}: ${target}`,
        ).resolves.toBeDefined()
      }
    }
  })
})
