/** Values for tests that need a repair at some point of its journey. */
import { type Attempt, noCost } from '../../src/domain/attempt.ts'
import type { Evidence } from '../../src/domain/evidence.ts'
import type { Patch } from '../../src/domain/patch.ts'
import { newRepair, type Repair } from '../../src/domain/repair.ts'
import type { RunResult } from '../../src/domain/verification.ts'
import type { WorkflowRun } from '../../src/domain/workflow-run.ts'

export const headSha = '1f'.repeat(20)

export function runWith(changes: Partial<WorkflowRun> = {}): WorkflowRun {
  const aiko = { id: 7, login: 'aiko', type: 'User' }
  return {
    id: 100,
    runAttempt: 1,
    workflowId: 9,
    workflowName: 'CI',
    workflowPath: '.github/workflows/ci.yml',
    event: 'push',
    headBranch: 'main',
    headSha,
    headRepositoryId: 5,
    status: 'completed',
    conclusion: 'failure',
    htmlUrl: 'https://github.com/acme/orders/actions/runs/100',
    actor: aiko,
    triggeringActor: aiko,
    pullRequestNumbers: [],
    createdAt: '2026-01-02T03:04:05Z',
    ...changes,
  }
}

/** A repair that may push, with the given values. */
export function repairWith(changes: Partial<Repair> = {}): Repair {
  return {
    ...newRepair({
      id: '0a1b2c3d-0000-4000-8000-000000000001',
      installationId: 3,
      repository: { id: 5, owner: 'acme', name: 'orders', defaultBranch: 'main', isPrivate: false },
      run: runWith(),
      trigger: { kind: 'workflow_run' },
      now: new Date('2026-01-02T03:05:00Z'),
    }),
    mayPush: true,
    ...changes,
  }
}

export function evidenceWith(changes: Partial<Evidence> = {}): Evidence {
  return {
    failedJobs: [],
    passedJobNames: [],
    logs: [],
    annotations: [],
    workflow: null,
    lastGreen: null,
    changedFiles: [],
    comparedWith: null,
    tree: [],
    treeTruncated: false,
    ...changes,
  }
}

export function patchWith(changes: Partial<Patch> = {}): Patch {
  return {
    author: { kind: 'playbook', name: 'sample' },
    title: { en: 'Add the missing file', ja: '欠けているファイルを追加する' },
    rootCause: [{ en: 'The file is absent.', ja: 'ファイルが存在しません。' }],
    summary: { en: 'The file is added.', ja: 'ファイルを追加します。' },
    changes: [
      {
        path: 'file.txt',
        mode: '100644',
        before: null,
        after: 'text\n',
        reason: { en: 'The job reads it.', ja: 'ジョブが読み込みます。' },
      },
    ],
    offers: [],
    ruledOut: [],
    refusedWorkarounds: [],
    untouched: [],
    nextSteps: [],
    facts: [],
    ...changes,
  }
}

export function attemptWith(changes: Partial<Attempt> = {}): Attempt {
  return { patch: patchWith(), verdicts: [], imageTrial: null, verification: null, cost: noCost, ...changes }
}

export function runResultWith(changes: Partial<RunResult> = {}): RunResult {
  return {
    runId: 100,
    runAttempt: 1,
    workflowId: 9,
    headSha,
    status: 'completed',
    conclusion: 'success',
    htmlUrl: 'https://github.com/acme/orders/actions/runs/100',
    jobs: [],
    testCount: null,
    durationSeconds: 12,
    notices: [],
    ...changes,
  }
}
