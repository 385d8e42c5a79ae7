import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileBytesMax } from '../../src/limits.ts'
import { openDirectory } from '../../src/workspace/directory.ts'
import { commitAll, git, newRepository, temporaryFolder, writeFiles } from '../support/git.ts'

describe('openDirectory', () => {
  it('lists what git tracks and what it would track, with modes', async () => {
    const root = newRepository({ '.gitignore': '*.log\nbuild/\n', 'run.sh*': '#!/bin/sh\n', 'a.txt': 'a\n' })
    symlinkSync('a.txt', join(root, 'link'))
    writeFiles(root, { 'new.txt': 'new\n', 'new.sh*': '#!/bin/sh\n', 'debug.log': 'x', 'build/out': 'x' })

    const files = await openDirectory(root)

    expect(files.tree).toEqual([
      { path: '.gitignore', mode: '100644' },
      { path: 'a.txt', mode: '100644' },
      { path: 'link', mode: '120000' },
      { path: 'new.sh', mode: '100755' },
      { path: 'new.txt', mode: '100644' },
      { path: 'run.sh', mode: '100755' },
    ])
    expect(await files.list()).toEqual(files.tree.map(({ path }) => path))
    expect(await files.read('new.txt')).toBe('new\n')
    expect(await files.read('debug.log')).toBeNull()
  })

  it('finds the top from a folder below it', async () => {
    const root = newRepository({ 'backend/src/main.py': 'x\n' })

    const files = await openDirectory(join(root, 'backend/src'))

    expect(files.root).toBe(root)
    expect(await files.list()).toEqual(['backend/src/main.py'])
  })

  it('reads names with spaces, quotes, line breaks and other scripts', async () => {
    const names = ['a "b".txt', "it's.txt", 'line\nbreak.txt', '茶/käse.txt', '-rf', ':(top)x']
    const root = newRepository(Object.fromEntries(names.map((name) => [name, `${name}\n`])))

    const files = await openDirectory(root)

    expect([...(await files.list())].sort()).toEqual([...names].sort())
    for (const name of names) expect(await files.read(name), name).toBe(`${name}\n`)
  })

  it('does not read through links out of the repository', async () => {
    const outside = temporaryFolder()
    writeFiles(outside, { secret: 'secret\n' })
    const root = newRepository({ 'docs/secret': 'public\n', 'a.txt': 'a\n' })
    rmSync(join(root, 'docs'), { recursive: true })
    symlinkSync(outside, join(root, 'docs'))
    symlinkSync(join(outside, 'secret'), join(root, 'file'))
    symlinkSync('loop', join(root, 'loop'))

    const files = await openDirectory(root)

    for (const path of ['docs/secret', 'file', 'loop', '../secret', '/etc/passwd', 'absent']) {
      expect(await files.read(path), path).toBeNull()
    }
  })

  it('does not read through a folder that links to itself', async () => {
    const root = newRepository({ 'docs/guide.md': 'guide\n' })
    rmSync(join(root, 'docs'), { recursive: true })
    symlinkSync('docs', join(root, 'docs'))

    expect(await (await openDirectory(root)).read('docs/guide.md')).toBeNull()
  })

  it('does not read files that are too large or no text', async () => {
    const root = newRepository({
      exact: 'x'.repeat(fileBytesMax),
      large: 'x'.repeat(fileBytesMax + 1),
      binary: Buffer.from([0xff, 0xfe, 0x00]),
    })

    const files = await openDirectory(root)

    expect((await files.read('exact'))?.length).toBe(fileBytesMax)
    expect(await files.read('large')).toBeNull()
    expect(await files.read('binary')).toBeNull()
  })

  it('does not list a submodule as a file to read, nor a clone within the clone', async () => {
    const root = newRepository()
    const inner = newRepository()
    const sha = git(inner, ['rev-parse', 'HEAD'])
    git(root, ['update-index', '--add', '--cacheinfo', `160000,${sha},vendor/lib`])
    mkdirSync(join(root, 'nested'))
    git(join(root, 'nested'), ['init', '--quiet'])
    writeFiles(root, { 'nested/x': 'x\n' })

    const files = await openDirectory(root)

    expect(files.tree).toEqual([
      { path: 'README.md', mode: '100644' },
      { path: 'vendor/lib', mode: '160000' },
    ])
    expect(await files.read('vendor/lib')).toBeNull()
  })

  it('tells what the last commit changed', async () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join('')
    const root = newRepository({
      Dockerfile: text,
      'gone.txt': 'gone\n',
      'same.txt': 'same\n',
      'edit.txt': 'a\n',
    })
    git(root, ['mv', 'Dockerfile', 'Dockerfile.dev'])
    rmSync(join(root, 'gone.txt'))
    writeFiles(root, { 'added "x".txt': 'x\n', 'edit.txt': 'b\n' })
    const headSha = commitAll(root)

    const files = await openDirectory(root)

    expect(files.headSha).toBe(headSha)
    expect(files.changedFiles).toEqual([
      { path: 'Dockerfile.dev', status: 'renamed', previousPath: 'Dockerfile' },
      { path: 'added "x".txt', status: 'added', previousPath: null },
      { path: 'edit.txt', status: 'modified', previousPath: null },
      { path: 'gone.txt', status: 'removed', previousPath: null },
    ])
  })

  it('knows no changes of a first commit, and no commit before it', async () => {
    const first = newRepository()
    const empty = temporaryFolder()
    git(empty, ['init', '--quiet'])
    writeFiles(empty, { 'a.txt': 'a\n' })

    expect(await openDirectory(first)).toMatchObject({
      headSha: git(first, ['rev-parse', 'HEAD']),
      changedFiles: [],
    })
    expect(await openDirectory(empty)).toMatchObject({
      headSha: null,
      changedFiles: [],
      tree: [{ path: 'a.txt', mode: '100644' }],
    })
  })

  it('runs nothing that the clone configures', async () => {
    const root = newRepository({ '.gitattributes': '* filter=evil diff=evil\n', 'a.txt': 'a\n' })
    writeFiles(root, { 'a.txt': 'b\n' })
    commitAll(root)
    const canary = join(root, '.git/canary')
    const evil = join(root, '.git/evil')
    writeFileSync(evil, `#!/bin/sh\ntouch ${canary}\ncat\n`)
    chmodSync(evil, 0o755)
    for (const key of [
      'core.fsmonitor',
      'filter.evil.clean',
      'filter.evil.smudge',
      'diff.evil.textconv',
      'diff.external',
    ]) {
      git(root, ['config', key, evil])
    }

    const files = await openDirectory(root)
    await files.read('a.txt')

    expect(await openDirectory(join(root, '.git')).catch(({ code }) => code)).toBe('not-a-repository')
    expect(() => git(root, ['cat-file', '-e', 'HEAD'])).not.toThrow()
    expect(existsSync(canary)).toBe(false)
  })

  it.each([
    ['a folder outside of any clone', () => temporaryFolder()],
    ['a folder that is not there', () => '/nonexistent/clone'],
    ['a name that looks like an option', () => '--upload-pack=touch'],
  ])('refuses %s, and says what to give', async (_name, directory) => {
    const given = directory()

    await expect(openDirectory(given)).rejects.toMatchObject({
      code: 'not-a-repository',
      message: expect.stringContaining(`${given} is not a git working tree`),
    })
  })
})
