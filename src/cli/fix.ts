/** `regreen fix`: the journey from a log to a reviewed patch, on a local clone. */
import { randomUUID } from 'node:crypto'
import { chmod, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { loadAgents } from '../agent/load-agents.ts'
import type { Evidence, JobLog } from '../domain/evidence.ts'
import type { FailedJob } from '../domain/failed-job.ts'
import type { Patch } from '../domain/patch.ts'
import { currentAttempt, type HumanSteps, newRepair, type Repair } from '../domain/repair.ts'
import { type Language, languageSchema } from '../domain/report.ts'
import type { Verdict } from '../domain/verdict.ts'
import { unifiedDiff } from '../patch/unified-diff.ts'
import { loadPlaybooks } from '../playbooks/load-playbooks.ts'
import { renderReport } from '../report/render-report.ts'
import { changesOf, draftFix } from '../stages/draft/draft.ts'
import { runGates } from '../stages/review/gates/run-gates.ts'
import { diagnose } from '../stages/triage/triage.ts'
import { commitToBranch } from '../workspace/commit-to-branch.ts'
import { openDirectory, type WorkingTree } from '../workspace/directory.ts'
import { type Command, exitDiagnosed, exitDone, exitRefused, readArguments, usageError } from './command.ts'
import { findWorkflow } from './find-workflow.ts'
import { readLogFile } from './read-log-file.ts'

export const fix: Command = {
  name: 'fix',
  summary: 'Draft and review a fix for a local clone.',
  help: `Usage: regreen fix --repo DIR --log LOG [OPTIONS]

Names the cause in the log, drafts the fix, lets the gates judge it, and prints the diff. Changes nothing
unless told to.

  --repo DIR        the clone, at the commit that failed
  --log LOG         the failed job's log; - for standard input
  --workflow PATH   the workflow file, where the log fits several
  --write           write the changed files into the clone
  --branch NAME     commit them to a new branch; the working tree stays as it is
  --build           build and run a drafted image with docker, podman or buildah, and measure it
  --language LANG   en or ja
  --report FILE     where the report goes (default: a temporary folder)
  --json            print one object

Exit codes: 0 a patch passed the gates, 3 diagnosed without a patch, 4 a gate refused the patch, 2 wrong
call, 1 failed.

Example:
  npx regreen fix --repo . --log failed.log --write`,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      repo: { type: 'string' },
      log: { type: 'string' },
      workflow: { type: 'string' },
      write: { type: 'boolean' },
      branch: { type: 'string' },
      build: { type: 'boolean' },
      language: { type: 'string', default: 'en' },
      report: { type: 'string' },
      json: { type: 'boolean' },
    })
    const language = languageSchema.safeParse(values.language)
    if (positionals.length > 0) throw usageError(`Unexpected argument "${positionals[0]}"`)
    if (values.repo === undefined || values.log === undefined) throw usageError('--repo and --log are needed')
    if (values.write && values.branch !== undefined) throw usageError('Choose one of --write and --branch')
    if (!language.success) throw usageError('--language is en or ja')
    const files = await openDirectory(values.repo)
    const repair = await repairLocally(files, { ...values, log: values.log, language: language.data })
    const reportPath = await writeReport(repair, values.report)
    await apply(repair, files, values)
    if (values.json) console.log(JSON.stringify(summaryOf(repair, reportPath), null, 2))
    else print(repair, reportPath)
    return exitCodeOf(repair)
  },
}

interface LocalInput {
  log: string
  workflow?: string | undefined
  build?: boolean | undefined
  language: Language
}

/** The stages that need no GitHub, on a repair that is never stored. */
async function repairLocally(files: WorkingTree, input: LocalInput): Promise<Repair> {
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
  const isApproved = verdict.decision === 'approve'
  const imageTrial = input.build && isApproved ? await tryImageOf(attempt.patch, files) : null
  return {
    ...drafted,
    stage: 'review',
    attempts: [{ ...attempt, verdicts: [verdict], imageTrial }],
    ...(isApproved ? {} : { conclusion: 'exhausted' as const, reason: 'A gate refused the patch.' }),
  }
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

function isApproved(repair: Repair): boolean {
  const verdicts = currentAttempt(repair)?.verdicts ?? []
  return verdicts.length > 0 && verdicts.every((verdict: Verdict) => verdict.decision === 'approve')
}

/** Only what the gates let through is ever written. */
async function apply(
  repair: Repair,
  files: WorkingTree,
  { write, branch }: { write?: boolean | undefined; branch?: string | undefined },
): Promise<void> {
  const patch = currentAttempt(repair)?.patch
  if (!patch || !isApproved(repair)) return
  if (branch !== undefined) {
    const message = `${patch.title.en}\n\n${patch.changes.map(({ path, reason }) => `- ${path}: ${reason.en}`).join('\n')}\n`
    await commitToBranch(files.root, { branch, message, changes: patch.changes })
  }
  if (write) await writeChanges(files.root, patch)
}

async function writeChanges(root: string, patch: Patch): Promise<void> {
  await keepIgnoredFiles(root, patch)
  for (const { path, mode, after } of patch.changes) {
    const full = join(root, path)
    if (after === null) await rm(full)
    else {
      await mkdir(dirname(full), { recursive: true })
      await writeFile(full, after)
      await chmod(full, mode === '100755' ? 0o755 : 0o644)
    }
  }
}

/** A file that the patch creates may be there all the same: git ignores it, and it is the person's. */
async function keepIgnoredFiles(root: string, patch: Patch): Promise<void> {
  for (const { path, before } of patch.changes) {
    const isThere = await lstat(join(root, path)).catch(() => null)
    if (before === null && isThere) {
      throw usageError(`--write would replace ${path}, which git ignores; move it away, or use --branch`)
    }
  }
}

async function writeReport(repair: Repair, path: string | undefined): Promise<string> {
  const report = renderReport(repair, { now: new Date(), serverUrl: 'https://github.com' })
  const target = path ?? join(await mkdtemp(join(tmpdir(), 'regreen-')), 'report.md')
  try {
    await writeFile(target, report.markdown)
  } catch (error) {
    throw usageError(`The report ${target} cannot be written (${(error as Error).message})`)
  }
  return resolve(target)
}

function exitCodeOf(repair: Repair): number {
  if (!currentAttempt(repair)) return exitDiagnosed
  return isApproved(repair) ? exitDone : exitRefused
}

function summaryOf(repair: Repair, report: string) {
  const attempt = currentAttempt(repair)
  return {
    diagnosis: repair.diagnosis,
    humanSteps: repair.humanSteps,
    patch: attempt?.patch ?? null,
    diff: attempt ? unifiedDiff(attempt.patch.changes) : null,
    verdicts: attempt?.verdicts ?? [],
    imageTrial: attempt?.imageTrial ?? null,
    report,
  }
}

function print(repair: Repair, reportPath: string): void {
  const attempt = currentAttempt(repair)
  console.log(`${repair.diagnosis?.failureClass}: ${repair.diagnosis?.summary}`)
  if (repair.humanSteps) printHumanSteps(repair.humanSteps, repair.language)
  if (attempt) {
    console.log(`\n${attempt.patch.title[repair.language]}\n`)
    console.log(unifiedDiff(attempt.patch.changes))
    for (const { findings } of attempt.verdicts) {
      for (const { code, severity, path, line, message } of findings) {
        console.log(`${severity} ${code} ${path}${line === null ? '' : `:${line}`}\n  ${message}`)
      }
    }
    console.log(
      isApproved(repair) ? 'The gates let the patch pass.' : 'A gate refused the patch; nothing was changed.',
    )
  }
  console.log(`Report: ${reportPath}`)
}

function printHumanSteps(humanSteps: HumanSteps, language: Language): void {
  console.log(`\n${humanSteps.reason[language]}`)
  for (const step of humanSteps.steps) console.log(`- ${step[language]}`)
  for (const { question, candidates } of humanSteps.questions) {
    console.log(`? ${question[language]}`)
    for (const candidate of candidates) console.log(`    ${candidate}`)
  }
}
