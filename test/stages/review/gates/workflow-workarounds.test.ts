import { describe, expect, it } from 'vitest'
import { workflowWorkarounds } from '../../../../src/stages/review/gates/workflow-workarounds.ts'
import { change, codesOf, inputOf } from './patches.ts'

const path = '.github/workflows/ci.yml'

const workflow = `name: CI
on:
  push:
    branches: [main, release]
  pull_request:
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-22.04
    timeout-minutes: 10
    strategy:
      matrix:
        python: ["3.11", "3.12", 3.10]
        os: [ubuntu-22.04, macos-14]
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: \${{ matrix.python }}
      - name: Install
        run: |
          pip install -r requirements.txt
          docker-compose up -d
      - name: Test
        run: pytest -q
        env:
          TOKEN: \${{ secrets.TEST_TOKEN }}
      - name: Report
        if: github.event_name == 'push'
        run: echo "::set-output name=ok::1"
  image:
    needs: test
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@v4
      - name: Build the image
        uses: docker/build-push-action@0123456789abcdef0123456789abcdef01234567
        with:
          context: ./backend
          file: ./backend/Dockerfile
`

/** The codes for the workflow after `from` became `to`. */
function codesAfter(from: string | RegExp, to: string, before = workflow): Promise<string[]> {
  const after = before.replace(from, to)
  if (after === before) throw new Error(`The edit "${from}" changes nothing.`)
  return codesOf(workflowWorkarounds, inputOf([change(path, before, after)]))
}

describe('workflow-workarounds refuses', () => {
  it.each<[string, string | RegExp, string, string[]]>([
    ['a removed step', / {6}- name: Test\n[\s\S]*TEST_TOKEN \}\}\n/, '', ['workflow/step-removed']],
    [
      'a commented step',
      '      - name: Test\n        run: pytest -q\n        env:\n          TOKEN: ${{ secrets.TEST_TOKEN }}\n',
      '#     - name: Test\n',
      ['workflow/step-removed'],
    ],
    ['a removed job', / {2}image:\n[\s\S]*$/, '', ['workflow/job-removed']],
    ['a renamed job', '  image:', '  picture:', ['workflow/job-removed']],
    [
      'continue-on-error on a step',
      'run: pytest -q',
      'run: pytest -q\n        continue-on-error: true',
      ['workflow/continue-on-error'],
    ],
    [
      'continue-on-error by expression',
      'run: pytest -q',
      "run: pytest -q\n        continue-on-error: ${{ github.ref != '' }}",
      ['workflow/continue-on-error'],
    ],
    [
      'continue-on-error with odd quoting',
      'run: pytest -q',
      'run: pytest -q\n        "continue-on-error" : !!bool "true"',
      ['workflow/continue-on-error'],
    ],
    [
      'continue-on-error in other letters',
      'run: pytest -q',
      'run: pytest -q\n        Continue-On-Error: true',
      ['workflow/continue-on-error'],
    ],
    [
      'continue-on-error on a job',
      '    needs: test',
      '    needs: test\n    continue-on-error: true',
      ['workflow/continue-on-error'],
    ],
    [
      'if: false on a step',
      'run: pytest -q',
      'if: false\n        run: pytest -q',
      ['workflow/condition-never'],
    ],
    [
      'if: ${{ false }} on a job',
      '    needs: test',
      '    needs: test\n    if: ${{ false }}',
      ['workflow/condition-never'],
    ],
    [
      'if: with a false part',
      'run: pytest -q',
      'if: github.actor && false\n        run: pytest -q',
      ['workflow/condition-never'],
    ],
    [
      'a new condition',
      'run: pytest -q',
      "if: github.ref == 'refs/heads/none'\n        run: pytest -q",
      ['workflow/condition-added'],
    ],
    ['an event that goes', '  pull_request:\n', '', ['workflow/trigger-narrowed']],
    ['a branch that goes', '[main, release]', '[release]', ['workflow/trigger-narrowed']],
    ['a barred branch', '[main, release]', "[main, release, '!main']", ['workflow/trigger-narrowed']],
    [
      'a new path filter',
      '  pull_request:\n',
      "  pull_request:\n    paths: ['docs/**']\n",
      ['workflow/trigger-narrowed'],
    ],
    [
      'ignored paths',
      '  pull_request:\n',
      "  pull_request:\n    paths-ignore: ['src/**']\n",
      ['workflow/trigger-narrowed'],
    ],
    ['|| true', 'pytest -q', 'pytest -q || true', ['workflow/error-ignored']],
    ['|| :', 'pytest -q', '"pytest -q || :"', ['workflow/error-ignored']],
    ['|| exit 0', 'pytest -q', 'pytest -q || exit 0', ['workflow/error-ignored']],
    ['|| echo', 'pytest -q', 'pytest -q || echo failed', ['workflow/error-ignored']],
    ['; true', 'pytest -q', 'pytest -q; true', ['workflow/error-ignored']],
    ['a quoted true', 'pytest -q', "pytest -q || tr''ue", ['workflow/error-ignored']],
    [
      'true over two lines',
      'run: pytest -q',
      'run: |\n          pytest -q |\\\n          | true',
      ['workflow/error-ignored'],
    ],
    [
      'true in a folded text',
      'run: pytest -q',
      'run: >-\n          pytest -q\n          ||\n          true',
      ['workflow/error-ignored'],
    ],
    ['true in a flow mapping', 'run: pytest -q', 'run: "pytest -q |\\x7c true"', ['workflow/error-ignored']],
    [
      'exit 0 at the end',
      'run: pytest -q',
      'run: |\n          pytest -q\n          exit 0',
      ['workflow/error-ignored'],
    ],
    ['set +e', 'run: pytest -q', 'run: |\n          set +e\n          pytest -q', ['workflow/error-ignored']],
    [
      'set +o pipefail',
      'run: pytest -q',
      'run: |\n          set +o pipefail\n          pytest -q',
      ['workflow/error-ignored'],
    ],
    ['a negated command', 'run: pytest -q', 'run: "! pytest -q"', ['workflow/error-ignored']],
    [
      'a shell without -e',
      'run: pytest -q',
      'shell: bash {0}\n        run: pytest -q',
      ['workflow/error-ignored'],
    ],
    ['a pipe into tee', 'pytest -q', 'pytest -q | tee log.txt', ['workflow/error-ignored']],
    [
      'a default shell without -e',
      '    needs: test',
      '    needs: test\n    defaults: { run: { shell: "bash {0}" } }',
      ['workflow/error-ignored'],
    ],
    [
      'another action under the same name',
      'docker/build-push-action@0123456789abcdef0123456789abcdef01234567',
      'docker/login-action@0123456789abcdef0123456789abcdef01234567',
      ['workflow/action-replaced'],
    ],
    ['--no-verify', 'pytest -q', 'git commit --no-verify -m x && pytest -q', ['workflow/check-skipped']],
    ['--passWithNoTests', 'pytest -q', 'pytest -q --passWithNoTests', ['workflow/check-skipped']],
    [
      '--legacy-peer-deps',
      'pip install -r requirements.txt',
      'npm ci --legacy-peer-deps',
      ['workflow/check-forced'],
    ],
    ['echo in place of the test', 'pytest -q', 'echo skipped', ['workflow/command-replaced']],
    ['true in place of the test', 'pytest -q', "'true'", ['workflow/command-replaced']],
    ['a lost command', '          docker-compose up -d\n', '', ['workflow/command-removed']],
    ['a matrix leg that goes', '"3.11", "3.12", 3.10', '"3.11", "3.12"', ['workflow/matrix-leg-removed']],
    [
      'an excluded matrix leg',
      '        os: [ubuntu-22.04, macos-14]',
      '        os: [ubuntu-22.04, macos-14]\n        exclude: [{ os: macos-14 }]',
      ['workflow/matrix-leg-removed'],
    ],
    [
      'fail-fast: false',
      '    strategy:\n',
      '    strategy:\n      fail-fast: false\n',
      ['workflow/fail-fast-off'],
    ],
    [
      'the development Dockerfile',
      './backend/Dockerfile\n',
      './backend/Dockerfile.dev\n',
      ['workflow/development-dockerfile'],
    ],
    [
      'a Dockerfile.local',
      './backend/Dockerfile\n',
      './backend/Dockerfile.local\n',
      ['workflow/development-dockerfile'],
    ],
    [
      'the development container',
      'context: ./backend\n',
      'context: ./.devcontainer/\n',
      ['workflow/development-dockerfile'],
    ],
    [
      'docker build of dev.Dockerfile',
      'pytest -q',
      'pytest -q && docker build -f docker/dev.Dockerfile .',
      ['workflow/development-dockerfile'],
    ],
    [
      'another owner',
      'docker/build-push-action@0123456789abcdef0123456789abcdef01234567',
      'evil/build-push-action@v6',
      ['workflow/action-owner-changed'],
    ],
    [
      'an action that loses its commit',
      'build-push-action@0123456789abcdef0123456789abcdef01234567',
      'build-push-action@v6',
      ['workflow/action-unpinned'],
    ],
    [
      'an action at a branch',
      'actions/setup-python@v5',
      'actions/setup-python@main',
      ['workflow/action-unpinned'],
    ],
    [
      'a new action of a stranger',
      '      - name: Install',
      '      - uses: stranger/tool@v1\n      - name: Install',
      ['workflow/action-owner-changed'],
    ],
    [
      'write-all',
      'permissions:\n  contents: read',
      'permissions: write-all',
      ['workflow/permissions-widened'],
    ],
    ['a scope for all jobs', '  contents: read', '  contents: write', ['workflow/permissions-widened']],
    [
      'pull_request_target',
      '  pull_request:\n',
      '  pull_request:\n  pull_request_target:\n',
      ['workflow/pull-request-target'],
    ],
    [
      'workflow_run as a new trigger',
      '  pull_request:\n',
      '  pull_request:\n  workflow_run: { workflows: [x] }\n',
      ['workflow/trigger-added'],
    ],
    [
      'a secret for another step',
      'name: Install',
      'name: Install\n        env: { T: "${{ secrets.TEST_TOKEN }}" }',
      ['workflow/secret-passed'],
    ],
    [
      'all secrets at once',
      'name: Install',
      'name: Install\n        env: { T: "${{ toJSON(secrets) }}" }',
      ['workflow/secret-passed'],
    ],
    [
      'unsafe commands',
      'name: Install',
      'name: Install\n        env: { ACTIONS_ALLOW_UNSECURE_COMMANDS: true }',
      ['workflow/unsafe-commands'],
    ],
    [
      'a self-hosted runner',
      '    needs: test\n    runs-on: ubuntu-22.04',
      '    needs: test\n    runs-on: self-hosted',
      ['workflow/runner-changed'],
    ],
    ['a key twice', 'run: pytest -q', 'run: pytest -q\n        run: echo', ['workflow/unreadable']],
    [
      'a second document',
      /^/,
      'name: x\n---\n',
      ['workflow/yaml-trick', 'workflow/trigger-narrowed', 'workflow/job-removed'],
    ],
    [
      'a merge key',
      'run: pytest -q',
      '<<: { continue-on-error: true }\n        run: pytest -q',
      ['workflow/yaml-trick', 'workflow/continue-on-error'],
    ],
    ['an alias', 'name: Install\n', 'name: &n Install\n        id: *n\n', ['workflow/yaml-trick']],
  ])('%s', async (_, from, to, codes) => {
    expect(await codesAfter(from, to)).toEqual(codes)
  })

  it('a deleted and a created workflow', async () => {
    expect(await codesOf(workflowWorkarounds, inputOf([change(path, workflow, null)]))).toEqual([
      'workflow/file-deleted',
    ])
    expect(await codesOf(workflowWorkarounds, inputOf([change(path, null, workflow)]))).toEqual([
      'workflow/file-created',
    ])
  })

  it('fewer steps in a file that did not parse', async () => {
    const broken = workflow.replace('name: CI', 'name: [CI')
    const after = workflow.replace(/ {6}- name: Test\n[\s\S]*TEST_TOKEN \}\}\n/, '')

    expect(await codesOf(workflowWorkarounds, inputOf([change(path, broken, after)]))).toContain(
      'workflow/step-removed',
    )
  })

  it('aliases that grow without end', async () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((name, index) => `${name}: &${name} [${`*${'abcdefgh'[index]},`.repeat(8)}*${'abcdefgh'[index]}]`).join('\n')}\n${workflow}`

    expect(await codesOf(workflowWorkarounds, inputOf([change(path, workflow, bomb)]))).toEqual([
      'workflow/unreadable',
    ])
  })
})

describe('workflow-workarounds warns of', () => {
  it.each<[string, string, string, string[]]>([
    ['a higher time limit', 'timeout-minutes: 10', 'timeout-minutes: 60', ['workflow/timeout-raised?']],
    [
      'a changed condition',
      "if: github.event_name == 'push'",
      "if: github.event_name == 'release'",
      ['workflow/condition-changed?'],
    ],
    [
      'one scope for one job',
      '    needs: test',
      '    needs: test\n    permissions:\n      packages: write',
      ['workflow/permissions-widened?'],
    ],
    [
      'the job’s own token',
      'name: Install',
      'name: Install\n        env: { GH_TOKEN: "${{ github.token }}" }',
      ['workflow/secret-passed?'],
    ],
    [
      'a fallback that can fail',
      'pytest -q',
      'git diff --quiet || git commit -m x',
      ['workflow/fallback-added?'],
    ],
    ['an event more', '  pull_request:\n', '  pull_request:\n  merge_group:\n', ['workflow/trigger-added?']],
  ])('%s', async (_, from, to, codes) => {
    expect(await codesAfter(from, to)).toEqual(codes)
  })
})

describe('workflow-workarounds accepts', () => {
  it.each<[string, string | RegExp, string]>([
    [
      'a newer version of an action',
      'actions/checkout@v4\n      - uses: actions/setup',
      'actions/checkout@v5\n      - uses: actions/setup',
    ],
    [
      'an action bound to a commit',
      'actions/setup-python@v5',
      'actions/setup-python@0123456789abcdef0123456789abcdef01234567',
    ],
    ['a quoted version', '3.10]', '"3.10"]'],
    ['a newer runner image', /ubuntu-22\.04/g, 'ubuntu-24.04'],
    ['a renamed tool', 'docker-compose up -d', 'docker compose up -d'],
    [
      'the new form of a workflow command',
      'echo "::set-output name=ok::1"',
      'echo "ok=1" >> "$GITHUB_OUTPUT"',
    ],
    [
      'a package index refreshed first',
      '          pip install',
      '          sudo apt-get update\n          pip install',
    ],
    ['a command run by its package manager', 'pytest -q', 'poetry run pytest -q'],
    [
      'a new step of GitHub',
      '      - name: Install',
      '      - uses: actions/setup-node@v4\n      - name: Install',
    ],
    [
      'a new step of an owner in use',
      '      - name: Build the image',
      '      - uses: docker/setup-buildx-action@v3\n      - name: Build the image',
    ],
    [
      'a full history',
      'actions/checkout@v4\n      - uses',
      'actions/checkout@v4\n        with:\n          fetch-depth: 0\n      - uses',
    ],
    ['another folder', 'context: ./backend', 'context: ./services/backend'],
    ['another Dockerfile for production', './backend/Dockerfile\n', './deploy/backend.Dockerfile\n'],
    ['a comment', 'run: pytest -q', 'run: pytest -q # || true was here'],
    ['a step that always reports', "if: github.event_name == 'push'", 'if: always()'],
    ['a lower time limit', 'timeout-minutes: 10', 'timeout-minutes: 5'],
    ['a branch more', '[main, release]', '[main, release, next]'],
    ['fewer permissions', '  contents: read', '  contents: none'],
    ['a guard that fails', 'pytest -q', 'pytest -q || exit 1'],
    ['a plain value for the environment', 'name: Install', 'name: Install\n        env: { PORT: "8000" }'],
  ])('%s', async (_, from, to) => {
    expect(await codesAfter(from, to)).toEqual([])
  })

  it('steps in another order', async () => {
    const before = workflow
      .replace('      - uses: actions/checkout@v4\n', '')
      .replace('      - name: Test\n', '      - uses: actions/checkout@v4\n      - name: Test\n')

    expect(await codesOf(workflowWorkarounds, inputOf([change(path, before, workflow)]))).toEqual([])
  })

  it('a mended file that did not parse', async () => {
    const broken = workflow.replace('name: CI', 'name: [CI')

    expect(await codesOf(workflowWorkarounds, inputOf([change(path, broken, workflow)]))).toEqual([])
  })

  it('a workaround that was there before', async () => {
    const before = workflow.replace('pytest -q', 'pytest -q || true')

    expect(await codesAfter('ubuntu-22.04', 'ubuntu-24.04', before)).toEqual([])
  })
})
