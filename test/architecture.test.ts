import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const source = join(root, 'src')

/** Who may import whom, by folder or file of src/: a part may import those of lower rank, and itself. */
const ranks: Record<string, number> = {
  domain: 0,
  'limits.ts': 1,
  'errors.ts': 1,
  'playbook.ts': 2,
  log: 2,
  patch: 2,
  workflow: 3,
  report: 3,
  docker: 4,
  playbooks: 5,
  github: 5,
  agent: 5,
  model: 5,
  workspace: 6,
  store: 6,
  'services.ts': 7,
  stages: 8,
  repair: 9,
  'config.ts': 9,
  'app.ts': 10,
  'server.ts': 11,
  'regreen.ts': 12,
  'main.ts': 13,
  cli: 14,
}

interface Import {
  from: string
  to: string
}

async function listImports(folder: string): Promise<Import[]> {
  const found: Import[] = []
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const file = join(entry.parentPath, entry.name)
    for (const [, target] of (await readFile(file, 'utf8')).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      found.push({ from: relative(root, file), to: relative(root, join(dirname(file), target!)) })
    }
  }
  return found
}

/** `src/github/runs.ts` is part of `github`, `src/app.ts` is its own part. */
const partOf = (path: string) => path.split('/')[1]!

describe('imports', async () => {
  const imports = await listImports(source)

  it('run one way', () => {
    const against = imports
      .filter(({ to }) => to.startsWith('src/'))
      .filter(({ from, to }) => partOf(from) !== partOf(to) && !(ranks[partOf(to)]! < ranks[partOf(from)]!))

    expect(against).toEqual([])
  })

  it('reach outside src only from the demo command', () => {
    const outside = imports.filter(({ to }) => !to.startsWith('src/'))

    expect(outside).toEqual([{ from: 'src/cli/demo.ts', to: 'demo/run-demo.ts' }])
  })

  it('never lead from one stage to another', () => {
    const stageOf = (path: string) => /^src\/stages\/(?<stage>[^/.]+)\//.exec(path)?.groups?.stage
    const across = imports.filter(
      ({ from, to }) => stageOf(from) && stageOf(to) && stageOf(from) !== stageOf(to),
    )

    expect(across).toEqual([])
  })

  it('bring nothing but zod into the domain', async () => {
    for (const name of await readdir(join(source, 'domain'))) {
      const text = await readFile(join(source, 'domain', name), 'utf8')
      const packages = [...text.matchAll(/from '([^.'][^']*)'/g)].map(([, target]) => target)

      expect(
        packages.filter((target) => target !== 'zod'),
        name,
      ).toEqual([])
    }
  })
})

describe('calls that do not exist', () => {
  const forbidden = [
    /pulls\.merge\b/,
    /createReview\b/,
    /createDispatchEvent|createWorkflowDispatch|workflows\/\{[a-z_]+\}\/dispatches/,
    /createRelease\b/,
    /force: true,?\s*sha|updateRef\(/,
    /enablePullRequestAutoMerge|mergePullRequest\b/,
  ]

  it('are in no source file: nothing merges, approves, releases, dispatches or force-pushes', async () => {
    for (const entry of await readdir(source, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8')
      for (const pattern of forbidden) expect(text, `${entry.name}: ${pattern}`).not.toMatch(pattern)
    }
  })
})

it('every part of src has a rank', async () => {
  const parts = await readdir(source)

  expect(parts.filter((part) => part !== 'README.md' && ranks[part] === undefined)).toEqual([])
})

it('runs on Node 24, whatever the system has', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24)
})
