/** Real git against the small GitHub: clone, push, and who may. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient, useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub({
  app: { permissions: { contents: 'write', actions: 'read', pull_requests: 'read' } },
})
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'git-http-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function git(cwd: string, ...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
  }
  const identity = ['-c', 'user.name=mona', '-c', 'user.email=mona@example.com']
  const { stdout } = await promisify(execFile)('git', [...identity, ...args], { cwd, env })
  return stdout.trim()
}

function addressOf(fullName: string, token?: string): string {
  const url = new URL(`${fixture.github.url}/${fullName}.git`)
  if (token) Object.assign(url, { username: 'x-access-token', password: token })
  return String(url)
}

async function installationToken(fullName: string): Promise<string> {
  const octokit = fixture.asApp(fullName)
  const auth = (await octokit.auth({ type: 'installation' })) as { token: string }
  return auth.token
}

const files = { 'README.md': 'one\n', '.github/workflows/ci.yml': 'on: workflow_dispatch\n' }

it('clones shallow and without blobs', async () => {
  await fixture.github.createRepository('octo/clone', { files })
  await fixture.github.push('octo/clone', { branch: 'main', files: { 'README.md': 'two\n' } })

  await git(folder, 'clone', '--quiet', '--depth=1', addressOf('octo/clone'), 'shallow')
  await git(
    folder,
    'clone',
    '--quiet',
    '--filter=blob:none',
    '--no-checkout',
    addressOf('octo/clone'),
    'blobless',
  )

  expect(await git(join(folder, 'shallow'), 'rev-list', '--count', 'HEAD')).toBe('1')
  expect(await git(join(folder, 'blobless'), 'rev-list', '--count', 'HEAD')).toBe('2')
  expect(await git(join(folder, 'blobless'), 'rev-list', '--objects', '--missing=print', '--all')).toContain(
    '?',
  )
})

it('announces a push over HTTP as GitHub would', async () => {
  await fixture.github.createRepository('octo/push', { files, collaborators: { mona: 'write' } })
  await git(folder, 'clone', '--quiet', addressOf('octo/push', fixture.github.userToken('mona')), 'push')
  const clone = join(folder, 'push')
  await writeFile(join(clone, 'run.sh'), '#!/bin/sh\n')
  await chmod(join(clone, 'run.sh'), 0o755)
  await git(clone, 'checkout', '--quiet', '-b', 'feature/x')
  await git(clone, 'add', '.')
  await git(clone, 'commit', '--quiet', '-m', 'Add a script')

  await git(clone, 'push', '--quiet', 'origin', 'feature/x')
  await fixture.github.idle()

  const sha = await git(clone, 'rev-parse', 'HEAD')
  const push = fixture.receiver.received.findLast(({ event }) => event === 'push')!
  expect(push.payload).toMatchObject({
    ref: 'refs/heads/feature/x',
    before: '0'.repeat(40),
    after: sha,
    created: true,
    deleted: false,
    forced: false,
    head_commit: { id: sha, message: 'Add a script' },
    sender: { login: 'mona' },
  })
})

it('lets an App push, but not workflow files without the permission', async () => {
  await fixture.github.createRepository('octo/app', { files, private: true })
  const address = addressOf('octo/app', await installationToken('octo/app'))
  await git(folder, 'clone', '--quiet', address, 'app')
  const clone = join(folder, 'app')
  await writeFile(join(clone, 'README.md'), 'fixed\n')
  await git(clone, 'commit', '--quiet', '-am', 'Fix')
  await git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/fix')

  await writeFile(join(clone, '.github/workflows/ci.yml'), 'on: push\n')
  await git(clone, 'commit', '--quiet', '-am', 'Change the workflow')

  await expect(git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/workflow')).rejects.toThrow(
    'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
  )
})

it('asks strangers for credentials and refuses readers', async () => {
  await fixture.github.createRepository('octo/private', {
    files,
    private: true,
    collaborators: { reader: 'read' },
  })
  const reader = addressOf('octo/private', fixture.github.userToken('reader'))

  await expect(git(folder, 'clone', addressOf('octo/private'), 'stranger')).rejects.toThrow(
    'could not read Username',
  )
  await git(folder, 'clone', '--quiet', reader, 'reader')
  await expect(git(join(folder, 'reader'), 'push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow('403')
  await expect(
    git(folder, 'clone', addressOf('octo/none', fixture.github.userToken('octo')), 'none'),
  ).rejects.toThrow('not found')
})

it('imports a folder with its executable bits', async () => {
  const source = await mkdtemp(join(folder, 'source-'))
  await writeFile(join(source, 'run.sh'), '#!/bin/sh\necho run\n')
  await chmod(join(source, 'run.sh'), 0o755)
  await writeFile(join(source, 'data.txt'), 'data\n')

  await fixture.github.importDirectory('octo/import', source)
  await git(folder, 'clone', '--quiet', addressOf('octo/import'), 'import')

  expect(await git(join(folder, 'import'), 'ls-files', '--stage')).toMatch(
    /^100644 .*data\.txt\n100755 .*run\.sh$/,
  )
  expect(await readFile(join(folder, 'import', 'data.txt'), 'utf8')).toBe('data\n')
})

it('gives the same sha to the same commit made through the Git Data API', async () => {
  await fixture.github.createRepository('octo/same', { files })
  const octokit = createClient(fixture.github, fixture.github.userToken('octo'))
  const at = { owner: 'octo', repo: 'same' }
  const { data: main } = await octokit.repos.getBranch({ ...at, branch: 'main' })
  const author = { name: 'regreen[bot]', email: 'regreen@example.com', date: '2026-01-02T03:04:05Z' }
  const asked = {
    ...at,
    message: 'Fix',
    tree: main.commit.commit.tree.sha,
    parents: [main.commit.sha],
    author,
  }

  const first = await octokit.git.createCommit(asked)
  const second = await octokit.git.createCommit(asked)

  expect(second.data.sha).toBe(first.data.sha)
  expect(first.data.author).toEqual(author)
})

it('writes trees that git finds sound', async () => {
  await fixture.github.createRepository('octo/trees', {
    files: { 'a/b/c.txt': '1\n', 'a.txt': '2\n', 'a-b': '3\n', 'd/e': '4\n' },
  })
  await fixture.github.push('octo/trees', {
    branch: 'main',
    files: {
      'a/b/c.txt': null,
      'a/x/y/z': '5\n',
      'd/e': null,
      d: '6\n',
      'a-b': null,
      'a-b/in': '7\n',
      'missing/file': null,
    },
  })

  await git(folder, 'clone', '--quiet', '-c', 'transfer.fsckObjects=true', addressOf('octo/trees'), 'trees')

  const clone = join(folder, 'trees')
  await git(clone, 'fsck', '--strict')
  expect((await git(clone, 'ls-files')).split('\n')).toEqual(['a-b/in', 'a.txt', 'a/x/y/z', 'd'])
})
