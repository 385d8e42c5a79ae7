/** Which events start which workflows. */
import { describe, expect, it } from 'vitest'
import type { WorkflowEvent } from '../../demo/github/actions/events.ts'
import { matchesAny } from '../../demo/github/actions/glob.ts'
import { isSkipped, isTriggered } from '../../demo/github/actions/triggers.ts'
import { InvalidWorkflow, parseWorkflow } from '../../demo/github/actions/workflow-file.ts'
import { useSmallGithub } from './support/fixture.ts'

const job = '\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }\n'

function pushTo(branch: string, changedPaths: string[] = ['a.txt']): WorkflowEvent {
  return { name: 'push', ref: `refs/heads/${branch}`, headBranch: branch, changedPaths } as WorkflowEvent
}

function pullInto(base: string, action = 'opened', changedPaths: string[] = ['a.txt']): WorkflowEvent {
  return {
    name: 'pull_request',
    action,
    ref: 'refs/pull/1/merge',
    headBranch: 'fix',
    baseBranch: base,
    changedPaths,
  } as WorkflowEvent
}

const tag = {
  name: 'push',
  ref: 'refs/tags/v1.2',
  headBranch: 'v1.2',
  changedPaths: [] as string[],
} as WorkflowEvent

describe('triggers', () => {
  it.each<[string, WorkflowEvent, boolean]>([
    ['on: push', pushTo('main'), true],
    ['on: push', tag, true],
    ['on: [pull_request]', pushTo('main'), false],
    ['on: { push: { branches: [main] } }', pushTo('main'), true],
    ['on: { push: { branches: [main] } }', pushTo('fix'), false],
    ['on: { push: { branches: [main] } }', tag, false],
    ["on: { push: { branches: ['**', '!regreen/**'] } }", pushTo('regreen/1-x'), false],
    ["on: { push: { branches: ['*'] } }", pushTo('feature/x'), false],
    ["on: { push: { branches-ignore: ['feature/*'] } }", pushTo('feature/x'), false],
    ["on: { push: { tags: ['v*'] } }", tag, true],
    ["on: { push: { tags: ['v*'] } }", pushTo('main'), false],
    ["on: { push: { paths: ['src/**'] } }", pushTo('main', ['src/a/b.ts']), true],
    ["on: { push: { paths: ['src/**'] } }", pushTo('main', ['README.md']), false],
    ["on: { push: { paths-ignore: ['**.md'] } }", pushTo('main', ['docs/a.md', 'README.md']), false],
    ["on: { push: { paths-ignore: ['**.md'] } }", pushTo('main', ['docs/a.md', 'a.ts']), true],
    ['on: { pull_request: }', pullInto('main'), true],
    ['on: { pull_request: }', pullInto('main', 'ready_for_review'), false],
    ['on: { pull_request: { types: [ready_for_review] } }', pullInto('main', 'ready_for_review'), true],
    ['on: { pull_request: { branches: [release] } }', pullInto('main'), false],
    ['on: { schedule: [{ cron: "0 0 * * *" }] }', pushTo('main'), false],
  ])('judges %s', (on, event, expected) => {
    expect(isTriggered(parseWorkflow(`${on}${job}`), event)).toBe(expected)
  })

  it('reads glob patterns as GitHub does', () => {
    const names = ['main', 'releases/10', 'releases/beta/2', 'v1.10.1']
    const matching = (pattern: string) => names.filter((name) => matchesAny([pattern], name))

    expect(matching('releases/**')).toEqual(['releases/10', 'releases/beta/2'])
    expect(matching('releases/*')).toEqual(['releases/10'])
    expect(matching('v[12].[0-9]+.[0-9]+')).toEqual(['v1.10.1'])
    expect(matching('**/2')).toEqual(['releases/beta/2'])
    expect(matching('mai?n')).toEqual(['main'])
  })

  it('skips what the commit message asks to skip', () => {
    expect(isSkipped('Fix\n\n[skip ci]', pushTo('main'))).toBe(true)
    expect(isSkipped('Fix [no ci] later', pullInto('main'))).toBe(true)
    expect(isSkipped('Fix ci', pushTo('main'))).toBe(false)
  })

  it.each([
    ['on: push\njobs: [', 'error in your yaml syntax'],
    ['jobs: {}', 'Required property is missing: jobs'],
    [`name: x${job}`, 'No event triggers'],
    [`on: push\nnaem: x${job}`, "Unexpected value 'naem'"],
    ['on: push\njobs: { a: { steps: [] } }', 'Required property is missing: runs-on'],
    ['on: push\njobs: { a: { runs-on: x, steps: [{ name: x }] } }', 'Required property is missing: run'],
    ['on: push\njobs: { a: { runs-on: x, needs: b, steps: [] } }', "depends on unknown job 'b'"],
    ['on: push\njobs: { a: { runs-on: x, needs: a, steps: [] } }', 'depends on itself'],
    [
      `a: &a [1]\nb: &b [${'*a,'.repeat(40)}]\nc: [${'*b,'.repeat(40)}]\non: push${job}`,
      'Excessive alias count',
    ],
  ])('refuses the workflow %j', (text, message) => {
    expect(() => parseWorkflow(text)).toThrow(InvalidWorkflow)
    expect(() => parseWorkflow(text)).toThrow(message)
  })
})

it('refuses a filter pattern that is none', () => {
  expect(() =>
    isTriggered(parseWorkflow(`on: { push: { branches: ['a[z-a]'] } }${job}`), pushTo('main')),
  ).toThrow(InvalidWorkflow)
})

describe('pull requests', () => {
  const fixture = useSmallGithub()
  const workflow =
    'name: PR\non: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: cat a.txt b.txt\n'

  it('runs on the merge of head and base, drafts included', async () => {
    const at = { owner: 'octo', repo: 'pr' }
    await fixture.github.createRepository('octo/pr', {
      files: { '.github/workflows/pr.yml': workflow, 'a.txt': 'a\n' },
    })
    const { sha } = await fixture.github.push('octo/pr', { branch: 'fix', files: { 'b.txt': 'b\n' } })
    await fixture.github.push('octo/pr', { branch: 'main', files: { 'a.txt': 'newer\n' } })
    const octokit = fixture.asApp('octo/pr')

    const { data: pull } = await octokit.pulls.create({
      ...at,
      title: 'Fix',
      head: 'fix',
      base: 'main',
      draft: true,
    })
    await fixture.github.idle()

    const { data } = await octokit.actions.listWorkflowRunsForRepo({ ...at, event: 'pull_request' })
    expect(data.workflow_runs).toMatchObject([
      {
        head_sha: sha,
        head_branch: 'fix',
        conclusion: 'success',
        pull_requests: [{ number: pull.number }],
        actor: { login: 'regreen[bot]' },
      },
    ])
    const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({
      ...at,
      run_id: data.workflow_runs[0]!.id,
    })
    expect(fixture.github.jobLog('octo/pr', jobs.jobs[0]!.id)).toMatch(/Z newer\n\S+Z b\n/)
  })

  it('names no pull request for a run of a fork', async () => {
    const at = { owner: 'octo', repo: 'upstream' }
    await fixture.github.createRepository('octo/upstream', {
      files: { '.github/workflows/pr.yml': workflow, 'a.txt': 'a\n' },
    })
    await fixture.github.fork('octo/upstream', 'mona')
    await fixture.github.push('mona/upstream', { branch: 'fix', files: { 'b.txt': 'b\n' } })

    const { data: before } = await fixture.asApp('octo/upstream').repos.compareCommitsWithBasehead({
      ...at,
      basehead: 'main...mona:fix',
    })
    await fixture.asPerson('mona').pulls.create({ ...at, title: 'Fix', head: 'mona:fix', base: 'main' })
    await fixture.github.idle()

    const { data } = await fixture.asApp('octo/upstream').actions.listWorkflowRunsForRepo(at)
    expect(data.workflow_runs).toMatchObject([
      {
        event: 'pull_request',
        conclusion: 'success',
        pull_requests: [],
        head_repository: { full_name: 'mona/upstream', fork: true },
      },
    ])
    expect(before).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
      files: [{ filename: 'b.txt', status: 'added' }],
    })
  })

  it('starts nothing while head and base conflict', async () => {
    const at = { owner: 'octo', repo: 'conflict' }
    await fixture.github.createRepository('octo/conflict', {
      files: { '.github/workflows/pr.yml': workflow, 'a.txt': 'a\n' },
    })
    await fixture.github.push('octo/conflict', { branch: 'fix', files: { 'a.txt': 'ours\n' } })
    await fixture.github.push('octo/conflict', { branch: 'main', files: { 'a.txt': 'theirs\n' } })
    const octokit = fixture.asApp('octo/conflict')

    const { data: pull } = await octokit.pulls.create({ ...at, title: 'Fix', head: 'fix', base: 'main' })
    await fixture.github.idle()

    expect(pull).toMatchObject({ mergeable: false, mergeable_state: 'dirty' })
    expect((await octokit.actions.listWorkflowRunsForRepo(at)).data.total_count).toBe(0)
  })

  it('refuses a second pull request and one without commits', async () => {
    const at = { owner: 'octo', repo: 'pr' }
    const octokit = fixture.asApp('octo/pr')
    await fixture.github.push('octo/pr', { branch: 'empty', files: {} })
    const messageOf = (head: string, base: string) =>
      octokit.pulls
        .create({ ...at, title: 'x', head, base })
        .catch((error) => error.response.data.errors[0].message)

    expect(await messageOf('fix', 'main')).toBe('A pull request already exists for octo:fix.')
    expect(await messageOf('main', 'empty')).toBe('No commits between empty and main')
    expect(await messageOf('nowhere', 'main')).toBe('The head branch does not exist')
  })

  it('runs a dispatched workflow with its inputs, and only one that allows it', async () => {
    const dispatched =
      'on:\n  workflow_dispatch:\n    inputs:\n      who: { default: nobody }\njobs:\n  greet:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "Hello ${{ inputs.who }}"\n'
    const at = { owner: 'octo', repo: 'dispatch' }
    await fixture.github.createRepository('octo/dispatch', {
      files: { '.github/workflows/go.yml': dispatched, '.github/workflows/pr.yml': workflow },
    })
    const octokit = fixture.asApp('octo/dispatch')

    await octokit.actions.createWorkflowDispatch({
      ...at,
      workflow_id: 'go.yml',
      ref: 'main',
      inputs: { who: 'Mona' },
    })
    const refused = octokit.actions.createWorkflowDispatch({ ...at, workflow_id: 'pr.yml', ref: 'main' })

    await expect(refused).rejects.toThrow("Workflow does not have 'workflow_dispatch' trigger")
    await fixture.github.idle()
    const { data } = await octokit.actions.listWorkflowRuns({ ...at, workflow_id: 'go.yml' })
    const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({
      ...at,
      run_id: data.workflow_runs[0]!.id,
    })
    expect(fixture.github.jobLog('octo/dispatch', jobs.jobs[0]!.id)).toContain('Z Hello Mona\n')
    expect(
      fixture.github.requests
        .filter(({ operation }) => operation?.endsWith('/dispatches'))
        .map(({ status }) => status),
    ).toEqual([204, 422])
  })
})
