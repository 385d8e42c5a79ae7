/** Lets the repository's own CI judge the patch. */
import { strict as assert } from 'node:assert'
import { currentAttempt, type Repair, repairMarker } from '../../domain/repair.ts'
import type { RunResult, Verification } from '../../domain/verification.ts'
import type { RepositoryClient } from '../../github/access.ts'
import { whyHeadMoved } from '../../github/moved-head.ts'
import { whyNotPush } from '../../github/permissions.ts'
import { openDraftPullRequest } from '../../github/pulls.ts'
import { type ApiRun, getRunAttempt, listRunsForCommit } from '../../github/runs.ts'
import { runStartWaitMsMax, verifyPollMs, verifyWaitMsMax } from '../../limits.ts'
import { reportTitle } from '../../report/report-title.ts'
import type { Services } from '../../services.ts'
import type { RepairChanges, StageOutcome } from '../stage-outcome.ts'
import { type ChosenTrigger, chooseTrigger } from './choose-trigger.ts'
import { judge } from './judge.ts'
import { pushFix, writerFor } from './push-fix.ts'
import { readRun } from './read-run.ts'

/**
 * Patch → Verification. Pushes the fix branch once, waits for the workflow without holding a worker, and
 * judges its run. Repeating it repeats no effect.
 */
export async function verify(repair: Repair, services: Services): Promise<StageOutcome> {
  const moved = await services.github.withClient(repair, 'reader', (client) => whyHeadMoved(client, repair))
  if (moved) return { kind: 'conclude', changes: {}, conclusion: 'superseded', reason: moved }
  const started = currentAttempt(repair)?.verification
  return started ? look(repair, started, services) : start(repair, services)
}

/** Somebody may have lost write access since the repair was accepted. */
async function hindranceNow(repair: Repair, { github }: Services): Promise<string | null> {
  return github.withClient(repair, 'reader', (client) => whyNotPush(client, repair))
}

/** Pushes, and opens the draft pull request where only that starts the workflow. */
async function start(repair: Repair, services: Services): Promise<StageOutcome> {
  const hindrance = await hindranceNow(repair, services)
  if (hindrance !== null) {
    return { kind: 'conclude', changes: { mayPush: false }, conclusion: 'diagnosed', reason: hindrance }
  }
  const pushed = await pushFix(repair, services.github)
  if (pushed.kind === 'changed') {
    const reason = `The branch ${pushed.branch} holds commits that are not ours. It is left alone.`
    return { kind: 'conclude', changes: {}, conclusion: 'cancelled', reason }
  }
  const chosen = triggerFor(repair, pushed.branch)
  const effects = { ...repair.effects, branch: pushed.branch, headSha: pushed.headSha }
  const verification: Verification = {
    trigger: chosen.trigger,
    outcome: chosen.trigger === 'none' ? 'unverified' : 'waiting',
    summary: startSummary(chosen),
    branch: pushed.branch,
    headSha: pushed.headSha,
    before: await services.github.withClient(repair, 'reader', (client) => readFailedRun(client, repair)),
    after: null,
    checks: [],
  }
  if (chosen.trigger === 'pull_request') {
    effects.pullRequestNumber = await openDraft(repair, pushed.branch, services)
  }
  const changes = { effects, attempts: withVerification(repair, verification) }
  if (chosen.trigger === 'none') return { kind: 'done', changes }
  return wait(changes, verification.summary, services)
}

function triggerFor(repair: Repair, branch: string): ChosenTrigger {
  const patch = currentAttempt(repair)?.patch
  assert(patch && repair.evidence, 'verify needs evidence and a patch')
  const path = repair.run.workflowPath
  const changed = patch.changes.find((change) => change.path === path)
  return chooseTrigger(changed?.after ?? repair.evidence.workflow?.text ?? '', {
    branch,
    base: repair.run.headBranch ?? repair.repository.defaultBranch,
    changedPaths: patch.changes.map((change) => change.path),
  })
}

function startSummary(chosen: ChosenTrigger): string {
  if (chosen.trigger === 'none') {
    const events = chosen.events.length === 0 ? 'no event that could be read' : chosen.events.join(', ')
    return `Not verified: neither a push to the fix branch nor its pull request starts this workflow (it runs on: ${events}).`
  }
  return chosen.trigger === 'push'
    ? 'The push to the fix branch starts the workflow.'
    : 'The draft pull request starts the workflow.'
}

async function readFailedRun(client: RepositoryClient, repair: Repair): Promise<RunResult> {
  return readRun(client, await getRunAttempt(client, repair.run.id, repair.run.runAttempt))
}

async function openDraft(repair: Repair, branch: string, services: Services): Promise<number> {
  const patch = currentAttempt(repair)?.patch
  assert(patch && repair.run.headBranch !== null)
  const base = repair.run.headBranch
  const body = `${repairMarker(repair)}\nRegreen is verifying this fix: the workflow runs on this branch now. The report follows.`
  const pull = await services.github.withClient(repair, writerFor(patch), (client) =>
    openDraftPullRequest(client, { branch, base, title: reportTitle(repair), body }),
  )
  return pull.number
}

/** Looks for the run on the fix commit and judges it when it has ended. */
async function look(repair: Repair, started: Verification, services: Services): Promise<StageOutcome> {
  if (started.outcome !== 'waiting') return { kind: 'done', changes: {} }
  const run = await services.github.withClient(repair, 'reader', (client) => findRun(client, repair, started))
  if (run?.status === 'completed') return conclude(repair, started, run, services)
  const overdue = whyOverdue(repair, run !== null, services.now())
  if (overdue) {
    const verification: Verification = { ...started, outcome: 'unverified', summary: overdue }
    return { kind: 'done', changes: { attempts: withVerification(repair, verification) } }
  }
  return wait({}, run ? 'CI runs on the fix.' : started.summary, services)
}

async function findRun(
  client: RepositoryClient,
  repair: Repair,
  started: Verification,
): Promise<ApiRun | null> {
  assert(started.headSha)
  const runs = await listRunsForCommit(client, repair.run.workflowId, started.headSha)
  return runs.find((run) => run.event === started.trigger && run.head_sha === started.headSha) ?? null
}

function whyOverdue(repair: Repair, isStarted: boolean, now: Date): string | null {
  if (repair.deadline === null) return null
  const leftMs = new Date(repair.deadline).getTime() - now.getTime()
  if (leftMs < 0) return 'Not verified: CI did not report on the fix within the time limit.'
  const waitedMs = verifyWaitMsMax - leftMs
  return !isStarted && waitedMs > runStartWaitMsMax
    ? 'Not verified: the workflow was expected to start on the fix branch, and did not.'
    : null
}

async function conclude(
  repair: Repair,
  started: Verification,
  run: ApiRun,
  services: Services,
): Promise<StageOutcome> {
  assert(started.before)
  const after = await services.github.withClient(repair, 'reader', (client) => readRun(client, run))
  if (run.conclusion === 'action_required') {
    const summary = 'Not verified: GitHub asks a maintainer to approve the run on the fix branch.'
    const verification: Verification = { ...started, outcome: 'unverified', summary, after }
    return { kind: 'done', changes: { attempts: withVerification(repair, verification) } }
  }
  const { isGreen, checks } = judge(started.before, after)
  const failed = checks.filter((check) => check.outcome === 'failed').map((check) => check.title)
  const verification: Verification = {
    ...started,
    outcome: isGreen ? 'green' : 'red',
    summary: isGreen
      ? `The workflow that failed succeeded on the fix commit ${after.headSha.slice(0, 12)}.`
      : `The fix did not turn the workflow green. Not met: ${failed.join('; ')}.`,
    after,
    checks,
  }
  return { kind: 'done', changes: { attempts: withVerification(repair, verification) } }
}

function wait(changes: RepairChanges, reason: string, services: Services): StageOutcome {
  return { kind: 'wait', changes, wakeAt: new Date(services.now().getTime() + verifyPollMs), reason }
}

function withVerification(repair: Repair, verification: Verification): Repair['attempts'] {
  const attempt = currentAttempt(repair)
  assert(attempt)
  return [...repair.attempts.slice(0, -1), { ...attempt, verification }]
}
