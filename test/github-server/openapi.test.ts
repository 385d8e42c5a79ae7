/** Every answer has the shape that GitHub publishes. */
import { afterAll, expect, it } from 'vitest'
import { createResponseValidator } from '../../demo/github/schema/validate.ts'
import { routes } from '../../demo/github/server.ts'
import { createClient, useSmallGithub } from './support/fixture.ts'

const validator = createResponseValidator()
const fixture = useSmallGithub({ onResponse: validator.onResponse })
const at = { owner: 'octo', repo: 'shapes' }

const workflow = `name: CI
on: [push, pull_request, workflow_dispatch]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: exit 1
`

afterAll(() => {
  const served = routes
    .map((route) => route.operation)
    .filter((operation) => !withoutJson.includes(operation))
  expect(served.filter((operation) => !validator.checked.has(operation))).toEqual([])
})

/** Answers without a JSON body, or none in GitHub's REST description. */
const withoutJson = [
  'POST /graphql',
  'DELETE /installation/token',
  'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
  'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
  'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
]

it('answers the App itself as described', async () => {
  await fixture.github.createRepository('octo/shapes', {
    collaborators: { mona: 'write' },
    files: { '.github/workflows/ci.yml': workflow, 'src/a.txt': 'a\n', 'README.md': '# Shapes\n' },
  })
  await fixture.github.idle()
  const octokit = fixture.asApp('octo/shapes')

  const app = createClient(fixture.github, await appToken())
  await app.apps.getAuthenticated()
  const { data: installations } = await app.apps.listInstallations()
  await app.apps.getInstallation({ installation_id: installations[0]!.id })
  await app.apps.getRepoInstallation(at)
  await app.apps.createInstallationAccessToken({
    installation_id: installations[0]!.id,
    repositories: ['shapes'],
  })
  const { data: deliveries } = await app.apps.listWebhookDeliveries()
  await app.apps.getWebhookDelivery({ delivery_id: deliveries[0]!.id })
  await app.apps.redeliverWebhookDelivery({ delivery_id: deliveries[0]!.id })
  await octokit.apps.listReposAccessibleToInstallation()

  expect(validator.misfits).toEqual([])
})

it('answers repositories and git data as described', async () => {
  const octokit = fixture.asApp('octo/shapes')

  await octokit.repos.get(at)
  await octokit.repos.listBranches(at)
  const { data: branch } = await octokit.repos.getBranch({ ...at, branch: 'main' })
  await octokit.repos.getCollaboratorPermissionLevel({ ...at, username: 'mona' })
  await octokit.repos.getContent({ ...at, path: 'README.md' })
  await octokit.repos.getContent({ ...at, path: 'src' })
  await octokit.repos.listCommits(at)
  await octokit.repos.getCommit({ ...at, ref: 'main' })
  await octokit.users.getByUsername({ username: 'mona' })
  const { data: blob } = await octokit.git.createBlob({ ...at, content: 'fixed\n' })
  await octokit.git.getBlob({ ...at, file_sha: blob.sha })
  const { data: tree } = await octokit.git.createTree({
    ...at,
    base_tree: branch.commit.sha,
    tree: [
      { path: 'src/b.txt', mode: '100644', type: 'blob', sha: blob.sha },
      { path: 'src/a.txt', mode: '100644', type: 'blob', sha: null },
    ],
  })
  await octokit.git.getTree({ ...at, tree_sha: tree.sha, recursive: 'true' })
  const { data: commit } = await octokit.git.createCommit({
    ...at,
    message: 'fix: move it',
    tree: tree.sha,
    parents: [branch.commit.sha],
  })
  await octokit.git.getCommit({ ...at, commit_sha: commit.sha })
  await octokit.git.createRef({ ...at, ref: 'refs/heads/regreen/1-x', sha: commit.sha })
  await octokit.git.getRef({ ...at, ref: 'heads/regreen/1-x' })
  await octokit.git.listMatchingRefs({ ...at, ref: 'heads/regreen' })
  await octokit.git.updateRef({ ...at, ref: 'heads/regreen/1-x', sha: commit.sha })
  await octokit.repos.compareCommitsWithBasehead({ ...at, basehead: 'main...regreen/1-x' })

  expect(validator.misfits).toEqual([])
})

it('answers pull requests and comments as described', async () => {
  const octokit = fixture.asApp('octo/shapes')
  const mona = fixture.asPerson('mona')

  const { data: pull } = await octokit.pulls.create({
    ...at,
    title: 'Fix',
    head: 'regreen/1-x',
    base: 'main',
    draft: true,
  })
  const one = { ...at, pull_number: pull.number }
  await octokit.pulls.list(at)
  await octokit.pulls.get(one)
  await octokit.pulls.update({ ...one, body: 'A report' })
  await octokit.pulls.listFiles(one)
  await octokit.pulls.listCommits(one)
  await octokit.repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: pull.head.sha })
  await octokit.pulls.createReviewComment({
    ...one,
    body: 'why',
    commit_id: pull.head.sha,
    path: 'src/b.txt',
    line: 1,
  })
  await octokit.pulls.listReviewComments(one)
  await mona.pulls.createReview({ ...one, event: 'APPROVE' })
  await octokit.pulls.listReviews(one)
  await octokit.pulls.requestReviewers({ ...one, reviewers: ['mona'] })
  await octokit.pulls.listRequestedReviewers(one)
  const issue = { ...at, issue_number: pull.number }
  await octokit.issues.get(issue)
  await octokit.issues.addLabels({ ...issue, labels: ['regreen'] })
  const { data: comment } = await octokit.issues.createComment({ ...issue, body: 'working on it' })
  const commented = { ...at, comment_id: comment.id }
  await octokit.issues.listComments(issue)
  await octokit.issues.getComment(commented)
  await octokit.issues.updateComment({ ...commented, body: 'done' })
  await octokit.reactions.createForIssueComment({ ...commented, content: 'eyes' })
  await octokit.reactions.createForIssueComment({ ...commented, content: 'eyes' })
  await octokit.reactions.listForIssueComment(commented)
  await octokit.issues.deleteComment(commented)
  const commit = { ...at, commit_sha: pull.head.sha }
  const { data: remark } = await octokit.repos.createCommitComment({ ...commit, body: 'red' })
  const remarked = { ...at, comment_id: remark.id }
  await octokit.repos.listCommentsForCommit(commit)
  await octokit.repos.getCommitComment(remarked)
  await octokit.repos.updateCommitComment({ ...remarked, body: 'green' })
  await octokit.reactions.createForCommitComment({ ...remarked, content: 'rocket' })
  await octokit.reactions.listForCommitComment(remarked)
  await octokit.graphql(
    'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }',
    {
      id: pull.node_id,
    },
  )
  await mona.pulls.merge(one)

  expect(validator.misfits).toEqual([])
})

it('answers checks and actions as described', async () => {
  const octokit = fixture.asApp('octo/shapes')
  await fixture.github.idle()

  const { data: check } = await octokit.checks.create({
    ...at,
    name: 'Regreen',
    head_sha: 'main',
    actions: [{ label: 'Fix', description: 'Fix this run', identifier: 'fix' }],
  })
  await octokit.checks.update({
    ...at,
    check_run_id: check.id,
    conclusion: 'neutral',
    output: { title: 'x', summary: 'y' },
  })
  await octokit.checks.get({ ...at, check_run_id: check.id })
  const { data: workflows } = await octokit.actions.listRepoWorkflows(at)
  await octokit.actions.getWorkflow({ ...at, workflow_id: 'ci.yml' })
  await octokit.actions.listWorkflowRuns({ ...at, workflow_id: workflows.workflows[0]!.id })
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo({ ...at, event: 'pull_request' })
  const run = { ...at, run_id: runs.workflow_runs[0]!.id }
  await octokit.checks.listForRef({ ...at, ref: runs.workflow_runs[0]!.head_sha! })
  await octokit.actions.getWorkflowRun(run)
  await octokit.actions.getWorkflowRunAttempt({ ...run, attempt_number: 1 })
  const { data: jobs } = await octokit.actions.listJobsForWorkflowRun(run)
  await octokit.actions.listJobsForWorkflowRunAttempt({ ...run, attempt_number: 1 })
  await octokit.actions.getJobForWorkflowRun({ ...at, job_id: jobs.jobs[0]!.id })
  const checkRunId = Number(jobs.jobs[0]!.check_run_url.split('/').at(-1))
  await octokit.checks.listAnnotations({ ...at, check_run_id: checkRunId })
  await octokit.actions.reRunWorkflowFailedJobs(run)
  await octokit.actions.cancelWorkflowRun(run)
  await fixture.github.idle()
  await octokit.actions.reRunWorkflow(run)
  await fixture.github.idle()

  expect(validator.misfits).toEqual([])
})

async function appToken(): Promise<string> {
  const { createAppAuth } = await import('@octokit/auth-app')
  const auth = createAppAuth({ appId: fixture.github.app.id, privateKey: fixture.github.app.privateKey })
  return (await auth({ type: 'app' })).token
}
