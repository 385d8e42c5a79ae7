import { describe, expect, it } from 'vitest'
import { listAnnotations, writeCheckRun } from '../../src/github/checks.ts'
import {
  createCheckRun,
  listAnnotations as expectAnnotations,
  listCheckRuns,
  repositoryClient,
  updateCheckRun,
  useGithubApi,
} from '../support/github-api.ts'

useGithubApi()

const client = repositoryClient()
const headSha = '1f'.repeat(20)
const externalId = '0a1b2c3d-0000-4000-8000-000000000001'
const running = { status: 'in_progress', title: 'Reading the log', summary: 'One job failed.' } as const
const ended = { ...running, status: 'completed', conclusion: 'neutral' } as const

describe('writeCheckRun', () => {
  it('creates the check run on the failing commit, named by the repair', async () => {
    listCheckRuns(headSha, { body: { total_count: 0, check_runs: [] } })
    const asked = createCheckRun({ body: { id: 61 } })

    expect(await writeCheckRun(client, { headSha, externalId, checkRunId: null, content: running })).toBe(61)
    expect(asked.body).toEqual({
      name: 'Regreen',
      head_sha: headSha,
      external_id: externalId,
      status: 'in_progress',
      output: { title: 'Reading the log', summary: 'One job failed.' },
    })
  })

  it('updates the one it finds by its external id, not another of the same name', async () => {
    listCheckRuns(headSha, {
      body: {
        total_count: 2,
        check_runs: [
          { id: 61, external_id: 'another repair' },
          { id: 62, external_id: externalId },
        ],
      },
    })
    const asked = updateCheckRun(62)

    expect(await writeCheckRun(client, { headSha, externalId, checkRunId: null, content: ended })).toBe(62)
    expect(asked.body).toEqual({
      status: 'completed',
      conclusion: 'neutral',
      output: { title: 'Reading the log', summary: 'One job failed.' },
    })
  })

  it('updates one it knows without looking for it', async () => {
    updateCheckRun(62)

    expect(await writeCheckRun(client, { headSha, externalId, checkRunId: 62, content: ended })).toBe(62)
  })
})

describe('listAnnotations', () => {
  it('reads annotations, with what GitHub may leave out', async () => {
    expectAnnotations(62, {
      body: [
        { annotation_level: 'failure', message: 'exit code 1', path: '.github', start_line: 12 },
        { annotation_level: null, message: null },
      ],
    })

    expect(await listAnnotations(client, 62)).toEqual([
      { level: 'failure', message: 'exit code 1', path: '.github', line: 12 },
      { level: 'notice', message: '', path: null, line: null },
    ])
  })
})
