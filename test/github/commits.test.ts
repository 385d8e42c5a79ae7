import { describe, expect, it } from 'vitest'
import { deleteBranch, pushCommit } from '../../src/github/commits.ts'
import {
  branchAt,
  createCommit,
  createRef,
  createTree,
  deleteRef,
  getCommit,
  repositoryClient,
  useGithubApi,
} from '../support/github-api.ts'

useGithubApi()

const client = repositoryClient()
const branch = 'regreen/0a1b2c3d-1'
const parentSha = 'aa'.repeat(20)
const parentTree = 'bb'.repeat(20)
const tree = 'cc'.repeat(20)
const sha = 'dd'.repeat(20)
const foreign = 'ee'.repeat(20)
const message = 'Add backend/Dockerfile\n\nRegreen-Repair: 0a1b2c3d\n'

const input = {
  branch,
  parentSha,
  message,
  changes: [
    { path: 'a.txt', mode: '100644' as const, after: 'new\n' },
    { path: 'run.sh', mode: '100755' as const, after: '#!/bin/sh -e\n' },
    { path: 'old.txt', mode: '100644' as const, after: null },
    { path: 'app/__init__.py', mode: '100644' as const, after: '' },
  ],
}

/** The tree is always made first: the same changes give the same tree. */
function expectTree() {
  getCommit(parentSha, { body: { tree: { sha: parentTree } } })
  return createTree(tree)
}

/** What GitHub tells of the commit on the branch; ours unless changed. */
function headIs(at: string, changes: object = {}) {
  getCommit(at, {
    body: { message: message.trimEnd(), tree: { sha: tree }, parents: [{ sha: parentSha }], ...changes },
  })
}

describe('pushCommit', () => {
  it('makes tree, commit and branch, and leaves author and committer to GitHub', async () => {
    const askedTree = expectTree()
    branchAt(branch, null)
    const askedCommit = createCommit(sha)
    const askedRef = createRef()

    const pushed = await pushCommit(client, input)

    expect(pushed).toBe(sha)
    expect(askedTree.body).toEqual({
      base_tree: parentTree,
      tree: [
        { path: 'a.txt', mode: '100644', type: 'blob', content: 'new\n' },
        { path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh -e\n' },
        { path: 'old.txt', mode: '100644', type: 'blob', sha: null },
        { path: 'app/__init__.py', mode: '100644', type: 'blob', content: '' },
      ],
    })
    expect(askedCommit.body).toEqual({ message, tree, parents: [parentSha] })
    expect(askedRef.body).toEqual({ ref: `refs/heads/${branch}`, sha })
  })

  it('finds its own commit when it is repeated, and writes neither commit nor branch', async () => {
    expectTree()
    branchAt(branch, sha)
    headIs(sha)

    expect(await pushCommit(client, input)).toBe(sha)
  })

  it.each([
    ['another tree', { tree: { sha: foreign } }],
    ['another parent', { parents: [{ sha: foreign }] }],
    ['a second parent', { parents: [{ sha: parentSha }, { sha: foreign }] }],
    ['no parent', { parents: [] }],
    ['another message', { message: 'Add backend/Dockerfile' }],
  ])('leaves a branch alone whose head has %s', async (_name, changes) => {
    expectTree()
    branchAt(branch, foreign)
    headIs(foreign, changes)

    expect(await pushCommit(client, input)).toBeNull()
  })

  it('takes the commit of a try of its own that was faster', async () => {
    expectTree()
    branchAt(branch, null)
    createCommit(sha)
    createRef({ status: 422, body: { message: 'Reference already exists' } })
    branchAt(branch, foreign)
    headIs(foreign)

    expect(await pushCommit(client, input)).toBe(foreign)
  })

  it('leaves a branch alone that somebody else made in between', async () => {
    expectTree()
    branchAt(branch, null)
    createCommit(sha)
    createRef({ status: 422, body: { message: 'Reference already exists' } })
    branchAt(branch, foreign)
    headIs(foreign, { message: 'Mine' })

    expect(await pushCommit(client, input)).toBeNull()
  })

  it('throws when GitHub refuses the branch and there is none', async () => {
    expectTree()
    branchAt(branch, null)
    createCommit(sha)
    createRef({ status: 422, body: { message: 'Reference name is not valid' } })
    branchAt(branch, null)

    await expect(pushCommit(client, input)).rejects.toMatchObject({ status: 422 })
  })
})

describe('deleteBranch', () => {
  it('deletes a branch at the commit it was left at', async () => {
    branchAt(branch, sha)
    deleteRef(branch)

    expect(await deleteBranch(client, branch, sha)).toBe(true)
  })

  it.each([
    ['moved on', foreign],
    ['is gone', null],
  ])('leaves a branch alone that %s', async (_name, head) => {
    branchAt(branch, head)

    expect(await deleteBranch(client, branch, sha)).toBe(false)
  })
})
