/** The whole way: a push, a red run, its webhook and its log. */
import { Octokit } from '@octokit/rest'
import { expect, it } from 'vitest'
import { useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub()

const workflow = `name: CI
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Run the tests
        run: |
          cat README.md
          echo "::error file=test.js,line=3::expected 1 to be 2"
          exit 3
`

it('runs a failing workflow after a push and tells the App', async () => {
  await fixture.github.createRepository('octo/smoke', {
    files: { '.github/workflows/ci.yml': workflow, 'README.md': 'hello\n' },
  })
  await fixture.github.idle()

  const completed = fixture.receiver.received.find(
    ({ event, payload }) => event === 'workflow_run' && payload.action === 'completed',
  )!
  expect(completed).toMatchObject({
    isSignatureValid: true,
    payload: {
      workflow_run: { name: 'CI', event: 'push', conclusion: 'failure', head_branch: 'main', run_attempt: 1 },
      repository: { full_name: 'octo/smoke' },
      sender: { login: 'octo' },
    },
  })

  const octokit = fixture.asApp('octo/smoke')
  const at = { owner: 'octo', repo: 'smoke' }
  const { data } = await octokit.actions.listJobsForWorkflowRun({
    ...at,
    run_id: completed.payload.workflow_run.id,
  })
  expect(data.jobs[0]!.steps!.map(({ name, conclusion }) => [name, conclusion])).toEqual([
    ['Set up job', 'success'],
    ['Run actions/checkout@v4', 'success'],
    ['Run the tests', 'failure'],
    ['Post Run actions/checkout@v4', 'success'],
    ['Complete job', 'success'],
  ])

  const log = String(
    (await octokit.actions.downloadJobLogsForWorkflowRun({ ...at, job_id: data.jobs[0]!.id })).data,
  )
  expect(log).toContain('##[error]expected 1 to be 2')
  expect(log).toContain('##[error]Process completed with exit code 3.')
  expect(log).toMatch(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:]+\.\d{7}Z Current runner version/)
})

it('answers below /api/v3 as GitHub Enterprise Server does', async () => {
  await fixture.github.createRepository('octo/enterprise', { files: { a: 'a' } })
  const token = fixture.github.userToken('octo')
  const octokit = new Octokit({ baseUrl: `${fixture.github.url}/api/v3`, auth: token })
  await fixture.github.push('octo/enterprise', { branch: 'fix', files: { a: 'b' } })
  const at = { owner: 'octo', repo: 'enterprise' }

  const { data: pull } = await octokit.pulls.create({ ...at, title: 'Fix', head: 'fix', base: 'main' })
  await octokit.graphql(
    'mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { clientMutationId } }',
    { id: pull.node_id },
  )

  expect((await octokit.pulls.get({ ...at, pull_number: pull.number })).data.draft).toBe(true)
  await expect(octokit.graphql('{ viewer { login } }')).rejects.toMatchObject({ status: 501 })
})
