import { describe, expect, it } from 'vitest'
import { verdictSchema } from '../../../../src/domain/verdict.ts'
import { allGates } from '../../../../src/stages/review/gates/all-gates.ts'
import { block, type Gate, warn } from '../../../../src/stages/review/gates/gate.ts'
import { runGates } from '../../../../src/stages/review/gates/run-gates.ts'
import { adding, change, inputOf } from './patches.ts'

const gateOf = (inspect: Gate['inspect']): Gate => ({ name: 'example', title: 'Example', inspect })

describe('runGates', () => {
  it('approves a harmless patch, and leaves one check for each gate', async () => {
    const verdict = await runGates(inputOf([adding('src/a.ts', 'export const b = 2')]))

    expect(verdictSchema.parse(verdict)).toMatchObject({
      reviewer: 'gates',
      decision: 'approve',
      findings: [],
    })
    expect(verdict.checks.map(({ id }) => id)).toEqual(allGates.map(({ name }) => name))
    expect(verdict.checks.every(({ outcome }) => outcome === 'passed')).toBe(true)
  })

  it('blocks when a gate throws', async () => {
    const throwing = gateOf(() => {
      throw new TypeError('no such thing')
    })
    const verdict = await runGates(inputOf([adding('a.ts', 'x')]), [throwing])

    expect(verdict).toEqual({
      reviewer: 'gates',
      decision: 'request_changes',
      findings: [
        {
          code: 'gate/failed',
          severity: 'error',
          path: 'a.ts',
          line: null,
          message:
            'The gate "example" failed: no such thing. Nothing may pass a gate that could not look. ' +
            'Report this as a fault of Regreen; the patch stays unpublished.',
        },
      ],
      checks: [
        { id: 'example', title: 'Example', outcome: 'failed', detail: 'the gate failed: gate/failed' },
      ],
    })
  })

  it('blocks when any of the real gates throws', async () => {
    for (const gate of allGates) {
      const broken = { ...gate, inspect: () => Promise.reject(new Error('broken')) }
      const gates = allGates.map((each) => (each === gate ? broken : each))

      expect((await runGates(inputOf([adding('a.ts', 'x')]), gates)).decision).toBe('request_changes')
    }
  })

  it('approves with warnings, and marks the gate', async () => {
    const warning = gateOf(() => ({
      findings: [warn('code/error-swallowed', 'a.ts', 2, 'Look.')],
      lookedAt: '1 file',
    }))
    const verdict = await runGates(inputOf([adding('a.ts', 'x')]), [warning])

    expect(verdict.decision).toBe('approve')
    expect(verdict.checks).toEqual([
      { id: 'example', title: 'Example', outcome: 'warned', detail: '1 file: code/error-swallowed' },
    ])
  })

  it('keeps the first findings of a code for a file', async () => {
    const findings = Array.from({ length: 40 }, (_, index) =>
      block('code/skipped-test', 'a.ts', index + 1, 'No.'),
    )
    const verdict = await runGates(inputOf([adding('a.ts', 'x')]), [
      gateOf(() => ({ findings, lookedAt: '1 file' })),
    ])

    expect(verdict.findings).toHaveLength(5)
  })
})

const workflow = `name: Backend
on: [push]
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - name: Test
        run: pytest
      - name: Build Docker image
        uses: docker/build-push-action@v6
        with:
          context: ./backend
          file: ./backend/Dockerfile
`
const workflowPath = '.github/workflows/backend-ci.yml'

/** The patches that would turn the founding case green without mending it. */
const naivePatches = [
  {
    name: 'the development Dockerfile in the workflow',
    change: change(workflowPath, workflow, workflow.replace('backend/Dockerfile', 'backend/Dockerfile.dev')),
    finding: {
      code: 'workflow/development-dockerfile',
      severity: 'error',
      path: workflowPath,
      line: 10,
      message:
        'The workflow would build `./backend/Dockerfile.dev`, a file made for development. ' +
        'Such an image carries development tools and tests, reloads its code and often runs as root; it would be shipped as the product. ' +
        'Write the production Dockerfile that the workflow names.',
    },
  },
  {
    name: '|| true',
    change: change(workflowPath, workflow, workflow.replace('run: pytest', 'run: pytest || true')),
    finding: {
      code: 'workflow/error-ignored',
      severity: 'error',
      path: workflowPath,
      line: 8,
      message:
        'The command would get `|| true`. The command may then fail while the step stays green. Let the command fail, and mend why it does.',
    },
  },
  {
    name: 'the build step deleted',
    change: change(
      workflowPath,
      workflow,
      workflow.slice(0, workflow.indexOf('      - name: Build Docker image')),
    ),
    finding: {
      code: 'workflow/step-removed',
      severity: 'error',
      path: workflowPath,
      line: 10,
      message:
        'The step “Build Docker image” of the job `image` would be removed. ' +
        'Then nothing checks what it checked, and the run turns green without a repair. Keep the step and mend what makes it fail.',
    },
  },
  {
    name: 'the test skipped',
    change: change(
      'backend/tests/test_image.py',
      'def test_image():\n    assert build()\n',
      'import pytest\n\n@pytest.mark.skip(reason="no Dockerfile")\ndef test_image():\n    assert build()\n',
    ),
    finding: {
      code: 'code/skipped-test',
      severity: 'error',
      path: 'backend/tests/test_image.py',
      line: 3,
      message:
        'Line 3 skips a test. The run turns green without the test, and what it guarded may be broken. Mend the code that the test found broken.',
    },
  },
]

describe('the naive patches of the founding case', () => {
  it.each(naivePatches)('are refused: $name', async (naive) => {
    const verdict = await runGates(inputOf([naive.change]))

    expect(verdict.decision).toBe('request_changes')
    expect(verdict.findings).toEqual([naive.finding])
  })
})
