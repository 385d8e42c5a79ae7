import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { OperatorError } from '../../src/errors.ts'
import { commitToBranch } from '../../src/workspace/commit-to-branch.ts'
import { git, newRepository, temporaryFolder, writeFiles } from '../support/git.ts'

const message = 'Add Dockerfile\n\n- Dockerfile: The workflow builds it.\n'
const changes = [
  { path: 'app/Dockerfile', mode: '100644' as const, after: 'FROM scratch\r\n' },
  { path: 'run.sh', mode: '100755' as const, after: '#!/bin/sh -e\n' },
  { path: 'old.txt', mode: '100644' as const, after: null },
  { path: '茶 "x",y.txt', mode: '100644' as const, after: '' },
]

function newClone(): string {
  return newRepository({ '.gitattributes': '* text=auto\n', 'run.sh': '#!/bin/sh\n', 'old.txt': 'old\n' })
}

const stateOf = (root: string) => ({
  status: git(root, ['status', '--porcelain=v2', '--branch']),
  staged: git(root, ['diff', '--cached']),
  unstaged: git(root, ['diff']),
  refs: git(root, ['for-each-ref']),
})

describe('commitToBranch', () => {
  it('commits exactly the changes on top of the current commit', async () => {
    const root = newClone()

    const sha = await commitToBranch(root, { branch: 'fix/image', message, changes })

    expect(git(root, ['rev-parse', 'refs/heads/fix/image'])).toBe(sha)
    expect(git(root, ['rev-parse', `${sha}^`])).toBe(git(root, ['rev-parse', 'main']))
    expect(git(root, ['log', '-1', '--format=%B', sha])).toBe(message)
    expect(git(root, ['diff', '--raw', '--no-renames', '--abbrev=1', '-z', 'main', sha]).split('\0')).toEqual(
      [
        expect.stringMatching(/^:000000 100644 .* A$/),
        'app/Dockerfile',
        expect.stringMatching(/^:100644 000000 .* D$/),
        'old.txt',
        expect.stringMatching(/^:100644 100755 .* M$/),
        'run.sh',
        expect.stringMatching(/^:000000 100644 .* A$/),
        '茶 "x",y.txt',
        '',
      ],
    )
    expect(git(root, ['cat-file', 'blob', `${sha}:app/Dockerfile`])).toBe('FROM scratch\r')
  })

  it('leaves working tree, index and branch as they are', async () => {
    const root = newClone()
    writeFiles(root, { 'run.sh': '#!/bin/bash\n', 'mine.txt': 'mine\n', 'staged.txt': 'staged\n' })
    git(root, ['add', 'staged.txt'])
    const before = stateOf(root)

    await commitToBranch(root, { branch: 'fix', message, changes })

    const { refs, ...after } = stateOf(root)
    expect(after).toEqual({ status: before.status, staged: before.staged, unstaged: before.unstaged })
    expect(refs.split('\n')).toHaveLength(2)
    expect(git(root, ['ls-tree', '-r', '--name-only', 'fix'])).not.toContain('mine.txt')
  })

  it('refuses a branch that exists and leaves it where it is', async () => {
    const root = newClone()
    git(root, ['branch', 'fix'])
    const before = stateOf(root)

    const error = await commitToBranch(root, { branch: 'fix', message, changes }).catch((reason) => reason)

    expect(error).toBeInstanceOf(OperatorError)
    expect(error).toMatchObject({
      code: 'branch-not-created',
      message: expect.stringMatching(
        /^The branch fix was not made: .*Choose another --branch, or use --write\.$/s,
      ),
    })
    expect(stateOf(root)).toEqual(before)
  })

  it.each([
    '',
    '--help',
    '-b',
    '-',
    '@{-1}',
    'a..b',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a\nb',
    'a.lock',
    '/a',
    'a/',
    '.a',
    'HEAD',
    'main/below',
    '../../config',
  ])('refuses the name %j', async (branch) => {
    const root = newClone()
    git(root, ['switch', '--quiet', '--create', 'other'])
    git(root, ['switch', '--quiet', 'main'])
    const before = stateOf(root)

    await expect(commitToBranch(root, { branch, message, changes })).rejects.toMatchObject({
      code: 'branch-not-created',
    })
    expect(stateOf(root)).toEqual(before)
  })

  it('refuses where there is no commit yet', async () => {
    const root = temporaryFolder()
    git(root, ['init', '--quiet'])

    await expect(commitToBranch(root, { branch: 'fix', message, changes })).rejects.toMatchObject({
      code: 'branch-not-created',
    })
  })

  it('runs no hook and no filter', async () => {
    const root = newClone()
    const canary = join(root, '.git/canary')
    for (const hook of ['reference-transaction', 'pre-commit', 'commit-msg', 'post-commit']) {
      writeFileSync(join(root, '.git/hooks', hook), `#!/bin/sh\ntouch ${canary}\n`)
      chmodSync(join(root, '.git/hooks', hook), 0o755)
    }
    writeFiles(root, { '.git/info/attributes': '* filter=evil\n' })
    git(root, ['config', 'filter.evil.clean', `touch ${canary}; cat`])

    await commitToBranch(root, { branch: 'fix', message, changes })

    expect(() => git(root, ['hash-object', canary])).toThrow()
  })
})
