/** What the runner does with steps, jobs and runs. */
import { describe, expect, it } from 'vitest'
import { useSmallGithub } from './support/fixture.ts'
import { readOutcome, runWorkflow } from './support/run-workflow.ts'

const fixture = useSmallGithub()
const run = (steps: string, more: Parameters<typeof runWorkflow>[2] = {}, head = '') =>
  runWorkflow(
    fixture,
    `name: CI\non: push\n${head}jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n${steps.replace(/^/gm, '      ')}\n`,
    more,
  )

describe('steps', () => {
  it('passes environment, outputs, path and summary on', async () => {
    const outcome = await run(
      `- id: first
  run: |
    echo "WHERE=here" >> "$GITHUB_ENV"
    printf 'LIST<<END\\na\\nb\\nEND\\n' >> "$GITHUB_OUTPUT"
    mkdir tools && printf '#!/bin/sh\\necho tool ran' > tools/tool && chmod +x tools/tool
    echo "$PWD/tools" >> "$GITHUB_PATH"
- run: |
    tool
    echo "$OUTER $INNER $WHERE"
    echo "\${{ env.WHERE }} \${{ steps.first.outputs.LIST }} \${{ steps.first.outcome }}"
  env:
    INNER: inner-\${{ github.ref_name }}`,
      {},
      'env:\n  OUTER: outer\n',
    )

    expect(outcome.conclusion).toBe('success')
    expect(outcome.jobs.test!.log).toContain('\ntool ran\nouter inner-main here\nhere a\nb success\n')
  })

  it('decides by conditions after a failure', async () => {
    const outcome = await run(`- run: exit 1
  continue-on-error: true
- name: breaks
  run: exit 7
- run: echo never
- name: after failure
  if: failure()
  run: echo failed
- name: always
  if: \${{ always() && github.event_name == 'push' }}
  run: echo always
- name: other event
  if: always() && github.event_name == 'schedule'
  run: echo never`)

    expect(outcome).toMatchObject({
      conclusion: 'failure',
      jobs: {
        test: {
          steps: [
            'Set up job: success',
            'Run exit 1: success',
            'breaks: failure',
            'Run echo never: skipped',
            'after failure: success',
            'always: success',
            'other event: skipped',
            'Complete job: success',
          ],
        },
      },
    })
    expect(outcome.jobs.test!.log).toContain('##[error]Process completed with exit code 7.')
  })

  it('shows the script, the shell and the environment as GitHub does', async () => {
    const outcome = await run(`- run: |
    echo one
    echo two
  shell: bash
  env:
    COLOR: red`)

    expect(outcome.jobs.test!.log).toContain(
      [
        '##[group]Run echo one',
        '\u001b[36;1mecho one\u001b[0m',
        '\u001b[36;1mecho two\u001b[0m',
        'shell: /usr/bin/bash --noprofile --norc -e -o pipefail {0}',
        'env:',
        '  COLOR: red',
        '##[endgroup]',
        'one',
        'two',
      ].join('\n'),
    )
  })

  it('uses pipefail only where bash is asked for, and knows sh and python', async () => {
    const outcome = await run(`- run: 'false | true'
- shell: sh
  run: echo "from sh"
- shell: python
  run: print("from python")
- shell: bash
  run: 'false | true'`)

    expect(outcome.jobs.test!.log).toContain('from sh')
    expect(outcome.jobs.test!.log).toContain('from python')
    expect(outcome.jobs.test!.steps.slice(1, 5).map((step) => step.split(': ').at(-1))).toEqual([
      'success',
      'success',
      'success',
      'failure',
    ])
  })

  it('turns workflow commands into annotations and hides secrets', async () => {
    const outcome = await run(
      `- run: |
    echo "::error file=src/a.ts,line=3,endLine=4,title=Oops::one%0Atwo"
    echo "::warning::careful"
    echo "::add-mask::hush"
    echo "hush and \${{ secrets.TOKEN }}"
    echo "::group::more"
    echo "::endgroup::"
    exit 1`,
      { secrets: { TOKEN: 'top-secret' } },
    )

    const octokit = fixture.asApp('octo/run-5')
    const { data: checks } = await octokit.checks.listForRef({ owner: 'octo', repo: 'run-5', ref: 'main' })
    const { data: annotations } = await octokit.checks.listAnnotations({
      owner: 'octo',
      repo: 'run-5',
      check_run_id: checks.check_runs[0]!.id,
    })
    expect(
      annotations.map(({ path, start_line, end_line, annotation_level, title, message }) => [
        path,
        start_line,
        end_line,
        annotation_level,
        title,
        message,
      ]),
    ).toMatchObject([
      ['src/a.ts', 3, 4, 'failure', 'Oops', 'one\ntwo'],
      ['.github', expect.any(Number), expect.any(Number), 'warning', '', 'careful'],
      [
        '.github',
        expect.any(Number),
        expect.any(Number),
        'failure',
        '',
        'Process completed with exit code 1.',
      ],
    ])
    expect(outcome.jobs.test!.log).toContain('*** and ***')
    expect(outcome.jobs.test!.log).not.toMatch(/top-secret/)
    expect(outcome.jobs.test!.log).toContain('##[group]more\n##[endgroup]')
  })

  it("gives steps a clean environment and shows GitHub's paths", async () => {
    process.env.HOST_SECRET = 'must not leak'
    const outcome = await run(`- run: env && pwd && echo "$HOME"`)
    delete process.env.HOST_SECRET

    expect(outcome.jobs.test!.log).not.toContain('must not leak')
    expect(outcome.jobs.test!.log).toContain('\nCI=true\n')
    expect(outcome.jobs.test!.log).toMatch(/\n\/home\/runner\/work\/run-6\/run-6\n\/home\/runner\n/)
  })

  it('fails on a missing folder, an unknown context and a wrong shell', async () => {
    const outcome = await run(`- run: echo x
  working-directory: nowhere
- if: always()
  run: echo \${{ nothing.here }}
- if: always()
  shell: fish
  run: echo x`)

    const { log } = outcome.jobs.test!
    expect(log).toContain(
      "##[error]An error occurred trying to start process '/usr/bin/bash' with working directory '/home/runner/work/run-7/run-7/nowhere'. No such file or directory",
    )
    expect(log).toContain("##[error]The template is not valid. Unrecognized named-value: 'nothing'")
    expect(log).toContain("##[error]The small GitHub does not model the shell 'fish'.")
  })
})

describe('jobs', () => {
  it('orders jobs by their needs and skips what needs a failed one', async () => {
    const outcome = await runWorkflow(
      fixture,
      `on: push
jobs:
  build:
    runs-on: ubuntu-latest
    outputs:
      version: \${{ steps.v.outputs.version }}
    steps: [{ id: v, run: 'echo version=1.2 >> $GITHUB_OUTPUT' }]
  test:
    needs: build
    runs-on: ubuntu-latest
    steps: [{ run: 'echo got \${{ needs.build.outputs.version }}; exit 1' }]
  deploy:
    needs: [build, test]
    runs-on: ubuntu-latest
    steps: [{ run: echo never }]
  notify:
    needs: [test]
    if: failure()
    runs-on: ubuntu-latest
    steps: [{ run: 'echo "\${{ needs.test.result }}"' }]
  clean:
    needs: [deploy]
    if: always()
    runs-on: ubuntu-latest
    steps: [{ run: echo cleaned }]
`,
    )

    const conclusions = Object.fromEntries(
      Object.entries(outcome.jobs).map(([name, job]) => [name, job.conclusion]),
    )
    expect(conclusions).toEqual({
      build: 'success',
      test: 'failure',
      deploy: 'skipped',
      notify: 'success',
      clean: 'success',
    })
    expect(outcome.jobs.test!.log).toContain('\ngot 1.2\n')
  })

  it('expands a matrix with include and exclude, and lets the rest run without fail-fast', async () => {
    const outcome = await runWorkflow(
      fixture,
      `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        node: [20, 22]
        os: [a, b]
        exclude: [{ node: 20, os: b }]
        include: [{ node: 22, os: b, extra: yes }, { node: 24, os: c }]
    steps:
      - run: test "\${{ matrix.node }}" != 20
`,
    )

    const conclusions = Object.fromEntries(
      Object.entries(outcome.jobs).map(([name, job]) => [name, job.conclusion]),
    )
    expect(conclusions).toEqual({
      'test (20, a)': 'failure',
      'test (22, a)': 'success',
      'test (22, b, yes)': 'success',
      'test (24, c)': 'success',
    })
  })

  it('refuses what it does not model, in the job that asks for it', async () => {
    const job = (more: string) => `    ${more}\n    runs-on: ubuntu-latest\n    steps: [{ run: echo x }]\n`
    const outcome = await runWorkflow(
      fixture,
      `on: push
jobs:
  container:
${job('container: node:22')}  services:
${job('services: { db: { image: postgres } }')}  label:
    runs-on: windows-latest
    steps: [{ run: echo x }]
  called:
    uses: ./.github/workflows/other.yml
  foreign:
    runs-on: ubuntu-latest
    steps: [{ uses: someone/action@v1 }]
  mistyped:
    runs-on: ubuntu-latest
    steps: [{ uses: actions/chekout@v4 }]
  unreleased:
    runs-on: ubuntu-latest
    steps: [{ uses: actions/checkout@v44 }]
  deprecated:
    runs-on: ubuntu-latest
    steps: [{ uses: actions/upload-artifact@v3 }]
`,
    )

    const errors = Object.entries(outcome.jobs).map(([name, { log }]) => [
      name,
      /##\[error\](.*)/.exec(log)?.[1],
    ])
    expect(Object.fromEntries(errors)).toEqual({
      container: 'The small GitHub does not model job containers.',
      services: 'The small GitHub does not model service containers.',
      label: "The small GitHub does not model the runner label 'windows-latest'.",
      called: "The small GitHub does not model reusable workflows ('./.github/workflows/other.yml').",
      foreign: "The small GitHub does not model the action 'someone/action'.",
      mistyped: 'Unable to resolve action actions/chekout, repository not found',
      unreleased: 'Unable to resolve action `actions/checkout@v44`, unable to find version `v44`',
      deprecated:
        'This request has been automatically failed because it uses a deprecated version of `actions/upload-artifact: v3`. Learn more: https://github.blog/changelog/2024-04-16-deprecation-notice-v3-of-the-artifact-actions/',
    })
  })

  it('models checkout options, setup actions, artifacts and composite actions', async () => {
    const outcome = await runWorkflow(
      fixture,
      `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with: { fetch-depth: 0, path: sub }
      - run: git -C sub rev-list --count HEAD
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 18 }
      - uses: ./.github/actions/greet
        id: greet
        with: { name: World }
      - run: echo "\${{ steps.greet.outputs.greeting }}" > greeting.txt
      - uses: actions/upload-artifact@v4
        with: { name: greeting, path: greeting.txt }
      - uses: actions/setup-node@v4
        with: { node-version: 22, cache: npm }
  use:
    needs: test
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with: { name: greeting }
      - run: cat greeting.txt
`,
      {
        files: {
          '.github/actions/greet/action.yml':
            'inputs:\n  name: { required: true }\noutputs:\n  greeting: { value: \'${{ steps.say.outputs.text }}\' }\nruns:\n  using: composite\n  steps:\n    - id: say\n      shell: bash\n      run: echo "text=Hello ${{ inputs.name }}" >> $GITHUB_OUTPUT\n',
        },
      },
    )

    expect(outcome.jobs.test!.log).toContain('\n1\n')
    expect(outcome.jobs.test!.log).toContain('The small GitHub uses it although 18 was asked for.')
    expect(outcome.jobs.test!.log).toMatch(
      /##\[error\]Dependencies lock file is not found in \/home\/runner\/work\/run-\d+\/run-\d+\. Supported file patterns: package-lock\.json,npm-shrinkwrap\.json,yarn\.lock/,
    )
    expect(outcome.jobs.use!.log).toContain('\nHello World\n')
  })
})

describe('runs', () => {
  const flaky = `on: push
jobs:
  stable:
    runs-on: ubuntu-latest
    steps: [{ run: echo fine }]
  flaky:
    runs-on: ubuntu-latest
    steps: [{ run: test "$GITHUB_RUN_ATTEMPT" = 2 }]
`

  it('runs only failed jobs again, as another attempt', async () => {
    await fixture.github.createRepository('octo/flaky', { files: { '.github/workflows/ci.yml': flaky } })
    await fixture.github.idle()
    const octokit = fixture.asApp('octo/flaky')
    const at = { owner: 'octo', repo: 'flaky' }
    const { data: before } = await octokit.actions.listWorkflowRunsForRepo({ ...at, status: 'failure' })
    const run_id = before.workflow_runs[0]!.id

    await octokit.actions.reRunWorkflowFailedJobs({ ...at, run_id })
    await fixture.github.idle()

    const { data: after } = await octokit.actions.getWorkflowRun({ ...at, run_id })
    const { data: first } = await octokit.actions.listJobsForWorkflowRunAttempt({
      ...at,
      run_id,
      attempt_number: 1,
    })
    const { data: second } = await octokit.actions.listJobsForWorkflowRun({ ...at, run_id })
    expect(after).toMatchObject({ run_attempt: 2, conclusion: 'success' })
    expect(first.jobs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['stable', 'success'],
      ['flaky', 'failure'],
    ])
    expect(Object.fromEntries(second.jobs.map(({ name, run_attempt }) => [name, run_attempt]))).toEqual({
      stable: 1,
      flaky: 2,
    })
    await expect(octokit.actions.reRunWorkflowFailedJobs({ ...at, run_id })).rejects.toMatchObject({
      status: 403,
    })
  })

  it('kills the whole process group of a cancelled run', async () => {
    await fixture.github.createRepository('octo/cancel', {
      files: {
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  slow:\n    runs-on: ubuntu-latest\n    steps:\n      - run: (sleep 300; echo late) & sleep 300\n      - run: echo never\n      - if: always()\n        run: echo cleaned up\n',
      },
    })
    const octokit = fixture.asApp('octo/cancel')
    const at = { owner: 'octo', repo: 'cancel' }
    await expect
      .poll(async () => (await octokit.actions.listWorkflowRunsForRepo(at)).data.workflow_runs[0]?.status)
      .toBe('in_progress')
    const run_id = (await octokit.actions.listWorkflowRunsForRepo(at)).data.workflow_runs[0]!.id

    await octokit.actions.cancelWorkflowRun({ ...at, run_id })
    await fixture.github.idle({ timeoutMs: 5_000 })

    const outcome = await readOutcome(fixture, 'cancel')
    expect(outcome.conclusion).toBe('cancelled')
    expect(outcome.jobs.slow!.conclusion).toBe('cancelled')
    expect(outcome.jobs.slow!.log).toMatch(/\ncleaned up\n/)
    expect(outcome.jobs.slow!.log).not.toMatch(/\n(late|never)\n/)
    await expect(octokit.actions.cancelWorkflowRun({ ...at, run_id })).rejects.toMatchObject({ status: 409 })
  })

  it('ends a step and a job that take too long', async () => {
    const outcome = await runWorkflow(
      fixture,
      `on: push
jobs:
  step:
    runs-on: ubuntu-latest
    steps: [{ name: Wait, run: sleep 60, timeout-minutes: 0.005 }]
  job:
    runs-on: ubuntu-latest
    timeout-minutes: 0.005
    steps: [{ run: sleep 60 }]
`,
    )

    expect(outcome.jobs.step).toMatchObject({ conclusion: 'failure' })
    expect(outcome.jobs.step!.log).toContain("##[error]The action 'Wait' has timed out after 0.005 minutes.")
    expect(outcome.jobs.job).toMatchObject({ conclusion: 'cancelled' })
    expect(outcome.jobs.job!.log).toContain(
      '##[error]The job has exceeded the maximum execution time of 0.005m0s',
    )
  })

  it('cancels the older run of a concurrency group', async () => {
    const workflow =
      'on: push\nconcurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: test "${{ github.run_number }}" = 2 || sleep 60\n'
    await fixture.github.createRepository('octo/group', { files: { '.github/workflows/ci.yml': workflow } })
    await fixture.github.push('octo/group', { branch: 'main', files: { a: 'a' } })
    await fixture.github.idle({ timeoutMs: 10_000 })

    const { data } = await fixture
      .asApp('octo/group')
      .actions.listWorkflowRunsForRepo({ owner: 'octo', repo: 'group' })
    expect(data.workflow_runs.map(({ run_number, conclusion }) => [run_number, conclusion])).toEqual([
      [2, 'success'],
      [1, 'cancelled'],
    ])
  })

  it('ends an invalid workflow as a failure without jobs, named after its file', async () => {
    await fixture.github.createRepository('octo/invalid', {
      files: {
        '.github/workflows/ci.yml': 'name: CI\non: push\njobs:\n  test:\n    steps:\n    - run: echo\n',
      },
    })
    await fixture.github.idle()

    const octokit = fixture.asApp('octo/invalid')
    const { data } = await octokit.actions.listWorkflowRunsForRepo({ owner: 'octo', repo: 'invalid' })
    const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({
      owner: 'octo',
      repo: 'invalid',
      run_id: data.workflow_runs[0]!.id,
    })
    expect(data.workflow_runs[0]).toMatchObject({
      name: '.github/workflows/ci.yml',
      status: 'completed',
      conclusion: 'failure',
    })
    expect(jobs.total_count).toBe(0)
  })

  it('ends a run whose concurrency or matrix cannot be evaluated as a failure', async () => {
    const job = 'jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{ run: echo }]\n'
    const group = await runWorkflow(fixture, `on: push\nconcurrency: \${{ nothing.here }}\n${job}`)
    const matrix = await runWorkflow(
      fixture,
      `on: push\n${job}    strategy:\n      matrix:\n        a: \${{ fromJSON('{') }}\n`,
    )

    expect([group.conclusion, matrix.conclusion]).toEqual(['failure', 'failure'])
    expect(group.jobs).toEqual({})
    expect(matrix.jobs.test).toMatchObject({ conclusion: 'failure', steps: [] })
  })
})
