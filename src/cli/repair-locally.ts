/** The journey from a log to a reviewed patch on a local clone, without GitHub. */
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { loadAgents } from '../agent/load-agents.ts'
import { refusalOf } from '../domain/attempt.ts'
import type { Evidence, JobLog } from '../domain/evidence.ts'
import type { FailedJob } from '../domain/failed-job.ts'
import type { Patch } from '../domain/patch.ts'
import { currentAttempt, newRepair, type Repair } from '../domain/repair.ts'
import type { Language } from '../domain/report.ts'
import { loadPlaybooks } from '../playbooks/load-playbooks.ts'
import { changesOf, draftFix } from '../stages/draft/draft.ts'
import { runGates } from '../stages/review/gates/run-gates.ts'
import { diagnose } from '../stages/triage/triage.ts'
import type { WorkingTree } from '../workspace/directory.ts'
import { findWorkflow } from './find-workflow.ts'
import { readLogFile } from './read-log-file.ts'

export interface LocalInput {
  log: string
  workflow?: string | undefined
  build?: boolean | undefined
  language: Language
}

/**
 * The stages that need no GitHub, on a repair that is never stored. With `build`, a patch that the gates let
 * through is also built and run as an image.
 */
export async function repairLocally(files: WorkingTree, input: LocalInput): Promise<Repair> {
  const evidence = await collectLocally(files, input)
  const diagnosis = diagnose(evidence, { agents: await loadAgents() })
  const begun = { ...localRepair(files, evidence, input.language), evidence, diagnosis }
  if (diagnosis.remedy !== 'playbook' && diagnosis.remedy !== 'agents') {
    return { ...begun, conclusion: 'diagnosed', reason: diagnosis.summary }
  }
  const answer = await draftFix(evidence, diagnosis, files, { playbooks: await loadPlaybooks() })
  const drafted = { ...begun, ...changesOf(begun, answer) }
  const attempt = currentAttempt(drafted)
  if (!attempt) {
    return { ...drafted, conclusion: 'diagnosed', reason: drafted.humanSteps?.reason.en ?? diagnosis.summary }
  }
  const verdict = await runGates({ patch: attempt.patch, evidence, files })
  const isLetThrough = verdict.decision === 'approve'
  const imageTrial = input.build && isLetThrough ? await tryImageOf(attempt.patch, files) : null
  const tried = { ...attempt, verdicts: [verdict], imageTrial }
  const reviewed = { ...drafted, attempts: [tried] }
  const refusal = refusalOf(tried)
  return refusal === null ? reviewed : { ...reviewed, conclusion: 'exhausted', reason: refusal }
}

async function collectLocally(files: WorkingTree, input: LocalInput): Promise<Evidence> {
  const log = await readLogFile(input.log)
  return {
    failedJobs: failedJobsOf(log),
    passedJobNames: [],
    logs: [log],
    annotations: [],
    workflow: await findWorkflow(files, log, input.workflow),
    lastGreen: null,
    changedFiles: [...files.changedFiles],
    comparedWith: files.changedFiles.length > 0 ? 'HEAD~1' : null,
    tree: [...files.tree],
    treeTruncated: false,
  }
}

/** The runner names the job in the head of a whole log; an excerpt may lack it. */
function failedJobsOf(log: JobLog): FailedJob[] {
  const name = log.lines
    .map(({ text }) => /^Complete job name: (?<name>.{1,255})$/.exec(text)?.groups?.name)
    .find((found) => found !== undefined)
  return name === undefined ? [] : [{ id: log.jobId, name, conclusion: 'failure', htmlUrl: null, steps: [] }]
}

/** GitHub is not asked, so ids and links are empty; the report leaves out what it cannot know. */
function localRepair(files: WorkingTree, evidence: Evidence, language: Language): Repair {
  const repair = newRepair({
    id: randomUUID(),
    installationId: 0,
    repository: {
      id: 1,
      owner: 'local',
      name: basename(files.root).slice(0, 100) || 'repository',
      defaultBranch: 'HEAD',
      isPrivate: true,
    },
    run: {
      id: 1,
      runAttempt: 1,
      workflowId: 1,
      workflowName: basename(evidence.workflow?.path ?? ''),
      workflowPath: evidence.workflow?.path ?? '',
      event: 'command_line',
      headBranch: null,
      headSha: files.headSha ?? '0'.repeat(40),
      headRepositoryId: null,
      status: 'completed',
      conclusion: 'failure',
      htmlUrl: '',
      actor: null,
      triggeringActor: null,
      pullRequestNumbers: [],
      createdAt: new Date().toISOString(),
    },
    trigger: { kind: 'command_line' },
    now: new Date(),
  })
  return { ...repair, language, stage: 'review', status: 'in_progress' }
}

async function tryImageOf(patch: Patch, files: WorkingTree) {
  const { tryPatchedImage } = await import('../docker/try-image.ts')
  return tryPatchedImage(patch, files, (progress) => process.stderr.write(`${progress}\n`))
}
