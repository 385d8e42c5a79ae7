import { execFile } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type SmallGithub, startSmallGithub } from '../../demo/github/small-github.ts'
import { UpstreamError } from '../../src/errors.ts'
import { openGithubAccess } from '../../src/github/access.ts'
import { fileBytesMax } from '../../src/limits.ts'
import { openWorkspaceAccess } from '../../src/workspace/workspace-access.ts'
import { git, gitEnvironment, newRepository, temporaryFolder } from '../support/git.ts'
import { repairWith, runWith } from '../support/repairs.ts'

let github: SmallGithub
let repositoryId: number
const originalEnvironment = { ...process.env }

beforeAll(async () => {
  github = await startSmallGithub()
  repositoryId = (
    await github.createRepository('acme/hostile', { files: { 'README.md': 'hello\n' }, private: true })
  ).id
})
afterAll(() => github.close())

/** A machine whose every git call is recorded, and whose user configuration would leave a canary. */
let machine: string
beforeEach(async () => {
  machine = temporaryFolder()
  await mkdir(join(machine, 'bin'))
  await mkdir(join(machine, 'tmp'))
  await mkdir(join(machine, 'template/hooks'), { recursive: true })
  const real = git(machine, ['--exec-path'])
  const recorder = `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> ${machine}/calls\nexec ${real}/git "$@"\n`
  const evil = `#!/bin/sh\ntouch ${machine}/canary\n`
  await writeFile(join(machine, 'bin/git'), recorder)
  await writeFile(join(machine, 'evil'), evil)
  await chmod(join(machine, 'bin/git'), 0o755)
  await chmod(join(machine, 'evil'), 0o755)
  for (const hook of ['reference-transaction', 'post-checkout', 'post-merge']) {
    await writeFile(join(machine, 'template/hooks', hook), evil)
    await chmod(join(machine, 'template/hooks', hook), 0o755)
  }
  await writeFile(
    join(machine, '.gitconfig'),
    `[core]\n\tfsmonitor = ${machine}/evil\n[init]\n\ttemplateDir = ${machine}/template\n` +
      `[credential]\n\thelper = ${machine}/evil\n[filter "evil"]\n\tsmudge = ${machine}/evil\n`,
  )
  Object.assign(process.env, {
    HOME: machine,
    TMPDIR: join(machine, 'tmp'),
    PATH: `${join(machine, 'bin')}:${process.env.PATH}`,
  })
})
afterEach(() => {
  for (const name of ['HOME', 'TMPDIR', 'PATH']) {
    const value = originalEnvironment[name]
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
})

const contents: Record<string, string | Buffer> = {
  '.gitattributes': '* filter=evil diff=evil\n',
  '.githooks/post-checkout': '#!/bin/sh\ntouch canary\n',
  'a "quoted" name.txt': 'quoted\n',
  'back\\slash': 'backslash\n',
  'binary.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]),
  'exact.txt': 'x'.repeat(fileBytesMax),
  'large.txt': 'x'.repeat(fileBytesMax + 1),
  'line\nbreak\t.txt': 'line break\n',
  '茶/käse.txt': 'ein Käse\r\n',
}

/** Pushes the repository that GitHub holds for an attacker. */
async function pushHostile(): Promise<string> {
  const folder = newRepository()
  const entries = Object.entries(contents).map(([path, content]) => {
    const id = git(folder, ['hash-object', '-w', '--stdin'], content)
    return `100644 ${id}\t${path}`
  })
  const target = git(folder, ['hash-object', '-w', '--stdin'], '/etc/passwd')
  const head = git(folder, ['rev-parse', 'HEAD'])
  entries.push(`120000 ${target}\tpasswd`, `160000 ${head}\tvendor/lib`)
  git(folder, ['update-index', '-z', '--index-info'], `${entries.join('\0')}\0`)
  const tree = git(folder, ['write-tree'])
  const sha = git(folder, ['commit-tree', tree, '-p', head, '-m', 'Hostile'])
  const url = new URL(`${github.url}/acme/hostile.git`)
  url.username = 'acme'
  url.password = github.userToken('acme')
  // Not in sync: GitHub answers from this process.
  const push = ['-C', folder, 'push', '--quiet', '--force', url.href, `${sha}:refs/heads/hostile`]
  await promisify(execFile)('git', push, { env: gitEnvironment })
  return sha
}

function open(sha: string) {
  const { id: appId, privateKey } = github.app
  const credentials = { appId, privateKey, apiUrl: github.url, serverUrl: github.url }
  const repair = repairWith({
    installationId: github.installationId('acme/hostile'),
    repository: { id: repositoryId, owner: 'acme', name: 'hostile', defaultBranch: 'main', isPrivate: true },
    run: runWith({ headSha: sha }),
  })
  return openWorkspaceAccess(openGithubAccess(credentials, pino({ level: 'silent' }))).open(repair)
}

async function snapshotFolders(): Promise<string[]> {
  const folder = join(machine, 'tmp')
  const names = (await readdir(folder)).filter((name) => name.startsWith('regreen-snapshot-'))
  return names.map((name) => join(folder, name))
}

/** Everything under the folder, as text. */
async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  return (
    await Promise.all(files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')))
  ).join('\n')
}

/** As GitHub's tokens look here and in git's header. */
const tokenText = /gh[a-z]_\w|eC1hY2Nlc3MtdG9rZW4|authorization/i

describe('openSnapshot', () => {
  it('lists and reads a hostile repository, and none of it takes effect', async () => {
    const snapshot = await open(await pushHostile())

    const read = Object.fromEntries(
      await Promise.all(
        [...Object.keys(contents), 'README.md', 'passwd', 'vendor/lib', '../calls', 'absent'].map(
          async (path) => [path, await snapshot.read(path)],
        ),
      ),
    )

    expect(await snapshot.list()).toEqual([...Object.keys(contents), 'README.md', 'passwd'].sort())
    expect(read).toEqual({
      ...contents,
      'README.md': 'hello\n',
      'binary.png': null,
      'large.txt': null,
      passwd: null,
      'vendor/lib': null,
      '../calls': null,
      absent: null,
    })
    await snapshot.close()
    expect(await readdir(machine)).not.toContain('canary')
  })

  it('checks nothing out', async () => {
    const snapshot = await open(await pushHostile())

    const [folder] = await snapshotFolders()
    const names = await readdir(folder!, { recursive: true })

    expect(names).toContain('HEAD')
    expect(names.filter((name) => /README|hooks\/.+(?<!\.sample)$|passwd|gitattributes/.test(name))).toEqual(
      [],
    )
    await snapshot.close()
  })

  it('keeps the token out of the disk, of arguments and of the environment', async () => {
    const snapshot = await open(await pushHostile())
    await snapshot.read('README.md')

    const onDisk = await textsBelow((await snapshotFolders())[0]!)
    const calls = await readFile(join(machine, 'calls'), 'utf8')

    expect(onDisk).not.toMatch(tokenText)
    expect(calls).toContain('fetch')
    expect(calls).not.toMatch(tokenText)
    await snapshot.close()
  })

  it('leaves nothing behind when it is closed', async () => {
    const snapshot = await open(await pushHostile())

    await snapshot.close()

    expect(await snapshotFolders()).toEqual([])
  })

  it('asks GitHub for one commit without its history', async () => {
    const snapshot = await open(await pushHostile())

    const [folder] = await snapshotFolders()
    const objects = git(folder!, ['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)'])

    expect(objects.split('\n').filter((type) => type === 'commit')).toHaveLength(1)
    expect(await readFile(join(folder!, 'shallow'), 'utf8')).toMatch(/^[0-9a-f]{40}\n$/)
    await snapshot.close()
  })

  it('leaves nothing behind when the commit is not there, and says what happens next', async () => {
    const error = await open('ab'.repeat(20)).catch((reason) => reason)

    expect(error).toBeInstanceOf(UpstreamError)
    expect(error).toMatchObject({
      code: 'snapshot-failed',
      message: 'Could not fetch commit abababababab by git. The step is tried again.',
    })
    expect(`${error.cause} ${JSON.stringify(error.cause)}`).not.toMatch(tokenText)
    expect(await snapshotFolders()).toEqual([])
  })
})
