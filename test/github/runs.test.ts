import { describe, expect, it } from 'vitest'
import {
  type ApiJob,
  type ApiRun,
  findFailedRun,
  findLastGreenRun,
  listFailedRuns,
  listJobs,
  listRunsForCommit,
  toFailedJob,
  toJobResult,
  toWorkflowRun,
} from '../../src/github/runs.ts'
import {
  listJobs as expectJobs,
  listRuns,
  listWorkflowRuns,
  repositoryClient,
  useGithubApi,
} from '../support/github-api.ts'
import { headSha, runWith } from '../support/repairs.ts'

useGithubApi()

const client = repositoryClient()
const aiko = { id: 7, login: 'aiko', type: 'User', avatar_url: 'https://example.com/a.png' }

/** A run as GitHub gives it, in the fields that are read and some that are not. */
function apiRun(changes: object = {}): ApiRun {
  return {
    id: 100,
    run_attempt: 1,
    workflow_id: 9,
    name: 'CI',
    path: '.github/workflows/ci.yml',
    event: 'push',
    head_branch: 'main',
    head_sha: headSha,
    head_repository: { id: 5 },
    status: 'completed',
    conclusion: 'failure',
    html_url: 'https://github.com/acme/orders/actions/runs/100',
    actor: aiko,
    triggering_actor: aiko,
    pull_requests: [],
    created_at: '2026-01-02T03:04:05Z',
    display_title: 'Break it',
    ...changes,
  } as unknown as ApiRun
}

const pull = (number: number, repositoryId: number) => ({ number, base: { repo: { id: repositoryId } } })

describe('toWorkflowRun', () => {
  it('keeps the fields that a repair needs', () => {
    expect(toWorkflowRun(apiRun(), { id: 5 })).toEqual(runWith())
  })

  it.each([
    ['no attempt', { run_attempt: undefined }, { runAttempt: 1 }],
    ['no name', { name: null }, { workflowName: '' }],
    ['no branch', { head_branch: null }, { headBranch: null }],
    ['a deleted fork', { head_repository: null }, { headRepositoryId: null }],
    [
      'deleted accounts',
      { actor: null, triggering_actor: undefined },
      { actor: null, triggeringActor: null },
    ],
    ['no list of pull requests', { pull_requests: null }, { pullRequestNumbers: [] }],
    [
      'no conclusion',
      { status: 'in_progress', conclusion: null },
      { status: 'in_progress', conclusion: null },
    ],
    ['a ref behind its path', { path: '.github/workflows/ci.yml@refs/heads/main' }, {}],
    ['a ref with an @', { path: '.github/workflows/ci.yml@refs/heads/a@b' }, {}],
    [
      'an @ in its file name',
      { path: '.github/workflows/a@b.yaml' },
      { workflowPath: '.github/workflows/a@b.yaml' },
    ],
    [
      'an @ in its file name and a ref',
      { path: '.github/workflows/a@b.yml@v1' },
      { workflowPath: '.github/workflows/a@b.yml' },
    ],
    [
      'a path that is no file',
      { path: 'dynamic/pages/pages-build-deployment' },
      { workflowPath: 'dynamic/pages/pages-build-deployment' },
    ],
    [
      'pull requests of other repositories',
      { pull_requests: [pull(3, 5), pull(4, 6)] },
      { pullRequestNumbers: [3] },
    ],
  ])('reads a run with %s', (_name, given, expected) => {
    expect(toWorkflowRun(apiRun(given), { id: 5 })).toEqual(runWith(expected))
  })
})

describe('jobs', () => {
  const job = {
    id: 11,
    name: 'image',
    status: 'completed',
    conclusion: 'failure',
    html_url: 'https://github.com/acme/orders/actions/runs/100/job/11',
    steps: [
      {
        number: 2,
        name: 'Build',
        status: 'completed',
        conclusion: 'failure',
        started_at: '2026-01-02T03:04:05Z',
      },
    ],
  } as unknown as ApiJob

  it('keep their steps', () => {
    expect(toFailedJob(job)).toEqual({
      id: 11,
      name: 'image',
      conclusion: 'failure',
      htmlUrl: job.html_url,
      steps: [{ number: 2, name: 'Build', status: 'completed', conclusion: 'failure' }],
    })
  })

  it('may have no steps', () => {
    expect(toFailedJob({ ...job, steps: undefined } as unknown as ApiJob).steps).toEqual([])
  })

  it('are a result for the proof', () => {
    expect(toJobResult(job)).toEqual({ name: 'image', conclusion: 'failure', htmlUrl: job.html_url })
  })

  it('are listed over pages', async () => {
    const page = Array.from({ length: 100 }, (_, index) => ({ id: index }))
    expectJobs(100, 2, 1, { body: { total_count: 101, jobs: page } })
    expectJobs(100, 2, 2, { body: { total_count: 101, jobs: [{ id: 100 }] } })

    expect((await listJobs(client, 100, 2)).map(({ id }) => id)).toEqual(
      Array.from({ length: 101 }, (_, index) => index),
    )
  })

  it('are listed for ten pages at most', async () => {
    const page = Array.from({ length: 100 }, (_, index) => ({ id: index }))
    for (let number = 1; number <= 10; number++) {
      expectJobs(100, 1, number, { body: { total_count: 5_000, jobs: page } })
    }

    expect(await listJobs(client, 100, 1)).toHaveLength(1_000)
  })
})

describe('runs', () => {
  const runs = (...ids: number[]) => ({ body: { workflow_runs: ids.map((id) => ({ id })) } })

  it('are found by their success on a branch', async () => {
    const query = { branch: 'release/1.x & more', status: 'success', per_page: 1 }
    listWorkflowRuns(9, query, runs(8))
    listWorkflowRuns(9, query, runs())

    expect(await findLastGreenRun(client, 9, 'release/1.x & more')).toEqual({ id: 8 })
    expect(await findLastGreenRun(client, 9, 'release/1.x & more')).toBeNull()
  })

  it('are found by their commit', async () => {
    listWorkflowRuns(9, { head_sha: headSha, per_page: 20 }, runs(8, 7))

    expect(await listRunsForCommit(client, 9, headSha)).toEqual([{ id: 8 }, { id: 7 }])
  })

  it('are found by their failure on a commit', async () => {
    listRuns({ head_sha: headSha, status: 'failure', per_page: 1 }, runs(8))
    listRuns({ head_sha: headSha, status: 'failure', per_page: 1 }, runs())

    expect(await findFailedRun(client, headSha)).toEqual({ id: 8 })
    expect(await findFailedRun(client, headSha)).toBeNull()
  })

  it('are found by their failure since a moment', async () => {
    listRuns({ status: 'failure', created: '>=2026-01-02T03:04:05.000Z', per_page: 100 }, runs(8, 7))

    expect(await listFailedRuns(client, new Date('2026-01-02T03:04:05Z'))).toEqual([{ id: 8 }, { id: 7 }])
  })
})
