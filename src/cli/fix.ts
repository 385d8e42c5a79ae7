/** `regreen fix`: the journey from a log to a reviewed patch, on a local clone. */
import { chmod, lstat, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { refusalOf } from '../domain/attempt.ts'
import type { Patch } from '../domain/patch.ts'
import { currentAttempt, type Repair } from '../domain/repair.ts'
import { languageSchema } from '../domain/report.ts'
import { renderReport } from '../report/render-report.ts'
import { commitToBranch } from '../workspace/commit-to-branch.ts'
import { openDirectory, type WorkingTree } from '../workspace/directory.ts'
import { type Command, exitDiagnosed, exitDone, exitRefused, readArguments, usageError } from './command.ts'
import { print, summaryOf } from './print-repair.ts'
import { repairLocally } from './repair-locally.ts'

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

Exit codes: 0 a patch passed the gates, 3 diagnosed without a patch, 4 refused by a gate or by a failed
image trial, 2 wrong call, 1 failed.

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

/** Only what nothing refused is ever written. */
async function apply(
  repair: Repair,
  files: WorkingTree,
  { write, branch }: { write?: boolean | undefined; branch?: string | undefined },
): Promise<void> {
  const attempt = currentAttempt(repair)
  if (!attempt || refusalOf(attempt) !== null) return
  const { patch } = attempt
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
  const attempt = currentAttempt(repair)
  if (!attempt) return exitDiagnosed
  return refusalOf(attempt) === null ? exitDone : exitRefused
}
