import { describe, expect, it } from 'vitest'
import { reactToComment, writeComment } from '../../src/github/comments.ts'
import {
  createCommitComment,
  createIssueComment,
  createReaction,
  listCommitComments,
  listIssueComments,
  repositoryClient,
  updateCommitComment,
  updateIssueComment,
  useGithubApi,
} from '../support/github-api.ts'

useGithubApi()

const client = repositoryClient()
const sha = '1f'.repeat(20)
const marker = '<!-- regreen:0a1b2c3d -->'
const common = { marker, botLogin: 'regreen[bot]', body: `${marker}\nfixed` }
const inPull = { ...common, place: { pullRequestNumber: 7 } }
const onCommit = { ...common, place: { commitSha: sha } }

const comment = (id: number, login: string | null, body: string | undefined) => ({
  id,
  body,
  user: login === null ? null : { login },
})

/** A page that is full, of comments that are not ours. */
const fullPage = (from: number) =>
  Array.from({ length: 100 }, (_, index) => comment(from + index, 'aiko', `comment ${index}`))

describe('writeComment in a pull request', () => {
  it('creates the comment where the bot has none', async () => {
    listIssueComments(7, 1, {
      body: [comment(1, 'aiko', 'hello'), comment(2, 'regreen[bot]', 'another report')],
    })
    const asked = createIssueComment(7, { body: { id: 31 } })

    expect(await writeComment(client, { ...inPull, commentId: null })).toBe(31)
    expect(asked.body).toEqual({ body: common.body })
  })

  it('edits the comment of the bot that carries the marker', async () => {
    listIssueComments(7, 1, {
      body: [comment(1, 'aiko', 'hello'), comment(2, 'regreen[bot]', `${marker}\nold`)],
    })
    const asked = updateIssueComment(2)

    expect(await writeComment(client, { ...inPull, commentId: null })).toBe(2)
    expect(asked.body).toEqual({ body: common.body })
  })

  it('ignores the marker in comments of people, other bots and deleted accounts', async () => {
    listIssueComments(7, 1, {
      body: [
        comment(1, 'aiko', `${marker}\nmine`),
        comment(2, 'regreen', `${marker}\nmine`),
        comment(3, 'other[bot]', `${marker}\nmine`),
        comment(4, null, `${marker}\nmine`),
        comment(5, 'regreen[bot]', undefined),
      ],
    })
    createIssueComment(7, { body: { id: 31 } })

    expect(await writeComment(client, { ...inPull, commentId: null })).toBe(31)
  })

  it('looks on later pages', async () => {
    listIssueComments(7, 1, { body: fullPage(100) })
    listIssueComments(7, 2, { body: fullPage(200) })
    listIssueComments(7, 3, { body: [comment(300, 'regreen[bot]', marker)] })
    updateIssueComment(300)

    expect(await writeComment(client, { ...inPull, commentId: null })).toBe(300)
  })

  it('looks no further than ten pages', async () => {
    for (let page = 1; page <= 10; page++) listIssueComments(7, page, { body: fullPage(page * 100) })
    createIssueComment(7, { body: { id: 31 } })

    expect(await writeComment(client, { ...inPull, commentId: null })).toBe(31)
  })

  it('edits a comment it knows without looking for it', async () => {
    updateIssueComment(2)

    expect(await writeComment(client, { ...inPull, commentId: 2 })).toBe(2)
  })

  it('writes a new comment where a person deleted the known one', async () => {
    updateIssueComment(2, { status: 404, body: { message: 'Not Found' } })
    const asked = createIssueComment(7, { body: { id: 31 } })

    expect(await writeComment(client, { ...inPull, commentId: 2 })).toBe(31)
    expect(asked.body).toEqual({ body: common.body })
  })
})

describe('writeComment on a commit', () => {
  it('creates the comment where the bot has none', async () => {
    listCommitComments(sha, 1, { body: [comment(1, 'aiko', marker)] })
    const asked = createCommitComment(sha, { body: { id: 41 } })

    expect(await writeComment(client, { ...onCommit, commentId: null })).toBe(41)
    expect(asked.body).toEqual({ body: common.body })
  })

  it('edits the comment of the bot that carries the marker', async () => {
    listCommitComments(sha, 1, { body: [comment(4, 'regreen[bot]', marker)] })
    updateCommitComment(4)

    expect(await writeComment(client, { ...onCommit, commentId: null })).toBe(4)
  })

  it('writes a new comment where a person deleted the known one', async () => {
    updateCommitComment(4, { status: 404, body: { message: 'Not Found' } })
    createCommitComment(sha, { body: { id: 41 } })

    expect(await writeComment(client, { ...onCommit, commentId: 4 })).toBe(41)
  })
})

describe('reactToComment', () => {
  it('sends the reaction', async () => {
    const asked = createReaction(9)

    await reactToComment(client, 9, 'eyes')

    expect(asked.body).toEqual({ content: 'eyes' })
  })
})
