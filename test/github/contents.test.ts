import { describe, expect, it } from 'vitest'
import { branchHead, compareCommits, decodeUtf8, listTree, readFileAt } from '../../src/github/contents.ts'
import { fileBytesMax } from '../../src/limits.ts'
import {
  branchAt,
  compare,
  getContent,
  getRef,
  getTree,
  repositoryClient,
  useGithubApi,
} from '../support/github-api.ts'

useGithubApi()

const sha = '1f'.repeat(20)
const client = repositoryClient()

function file(content: Buffer | string, changes: object = {}) {
  const bytes = Buffer.from(content as string)
  return { body: { type: 'file', size: bytes.length, content: bytes.toString('base64'), ...changes } }
}

describe('listTree', () => {
  it('lists files, links and submodules, without folders', async () => {
    getTree(sha, {
      body: {
        truncated: false,
        tree: [
          { path: 'app', mode: '040000', type: 'tree' },
          { path: 'app/main.py', mode: '100644', type: 'blob' },
          { path: 'app/run.sh', mode: '100755', type: 'blob' },
          { path: 'latest', mode: '120000', type: 'blob' },
          { path: 'vendor/lib', mode: '160000', type: 'commit' },
        ],
      },
    })

    const listed = await listTree(client, sha)

    expect(listed).toEqual({
      entries: [
        { path: 'app/main.py', mode: '100644' },
        { path: 'app/run.sh', mode: '100755' },
        { path: 'latest', mode: '120000' },
        { path: 'vendor/lib', mode: '160000' },
      ],
      truncated: false,
    })
  })

  it('tells when GitHub cut the list', async () => {
    getTree(sha, { body: { truncated: true, tree: [{ path: 'a', mode: '100644', type: 'blob' }] } })

    expect(await listTree(client, sha)).toEqual({ entries: [{ path: 'a', mode: '100644' }], truncated: true })
  })
})

describe('readFileAt', () => {
  it('reads text as it is, with its byte-order mark and line ends', async () => {
    getContent('app/Käse & 茶.txt', sha, file('\uFEFFein\r\nzwei'))

    expect(await readFileAt(client, 'app/Käse & 茶.txt', sha)).toBe('\uFEFFein\r\nzwei')
  })

  it('reads an empty file as empty text', async () => {
    getContent('app/__init__.py', sha, file(''))

    expect(await readFileAt(client, 'app/__init__.py', sha)).toBe('')
  })

  it.each([
    ['an absent file', { status: 404, body: { message: 'Not Found' } }],
    ['a folder', { body: [{ type: 'file', path: 'thing/a' }] }],
    ['a symbolic link out of the repository', { body: { type: 'symlink', target: '/etc/passwd', size: 11 } }],
    ['a submodule', { body: { type: 'submodule', size: 0, submodule_git_url: 'https://example.com/x.git' } }],
    ['bytes that are not UTF-8', file(Buffer.from([0x89, 0x50, 0xff, 0xfe]))],
    [
      'a file over the bound',
      { body: { type: 'file', size: fileBytesMax + 1, content: '', encoding: 'none' } },
    ],
  ])('reads %s as null', async (_name, answer) => {
    getContent('thing', sha, answer)

    expect(await readFileAt(client, 'thing', sha)).toBeNull()
  })

  it('throws when GitHub fails', async () => {
    getContent('thing', sha, { status: 502, body: { message: 'Bad gateway' } })

    await expect(readFileAt(client, 'thing', sha)).rejects.toMatchObject({ status: 502 })
  })
})

describe('compareCommits', () => {
  it('lists the changed files with the former path of a renamed one', async () => {
    compare(`main...${sha}`, {
      body: {
        files: [
          { filename: 'docker/Dockerfile', status: 'renamed', previous_filename: 'Dockerfile' },
          { filename: 'app.py', status: 'modified' },
        ],
      },
    })

    expect(await compareCommits(client, 'main', sha)).toEqual([
      { path: 'docker/Dockerfile', status: 'renamed', previousPath: 'Dockerfile' },
      { path: 'app.py', status: 'modified', previousPath: null },
    ])
  })

  it('lists nothing where GitHub lists no files', async () => {
    compare(`main...${sha}`, { body: {} })

    expect(await compareCommits(client, 'main', sha)).toEqual([])
  })
})

describe('branchHead', () => {
  it('names the commit of a branch', async () => {
    branchAt('regreen/fix-1', sha)

    expect(await branchHead(client, 'regreen/fix-1')).toBe(sha)
  })

  it('is null without the branch', async () => {
    branchAt('regreen/fix-1', null)

    expect(await branchHead(client, 'regreen/fix-1')).toBeNull()
  })

  it('throws when GitHub refuses', async () => {
    getRef('main', { status: 403, body: { message: 'Resource not accessible by integration' } })

    await expect(branchHead(client, 'main')).rejects.toMatchObject({ status: 403 })
  })
})

describe('decodeUtf8', () => {
  it('gives back what was encoded, and null for anything else', () => {
    expect(decodeUtf8(Buffer.from('茶\0\n'))).toBe('茶\0\n')
    expect(decodeUtf8(Buffer.from([0xc3, 0x28]))).toBeNull()
    expect(decodeUtf8(Buffer.from([0xed, 0xa0, 0x80]))).toBeNull()
  })
})
