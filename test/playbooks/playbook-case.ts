/** Reads a playbook's case folder: a failed run as evidence, its files, and the expected answer. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { type Diagnosis, diagnosisSchema } from '../../src/domain/diagnosis.ts'
import { type Evidence, evidenceSchema, type LogLine } from '../../src/domain/evidence.ts'
import type { HumanSteps } from '../../src/domain/repair.ts'
import type { Language } from '../../src/domain/report.ts'
import type { Text } from '../../src/domain/text.ts'
import { unifiedDiff } from '../../src/patch/unified-diff.ts'
import type { Draft, Playbook, RepositoryFiles } from '../../src/playbook.ts'
import { classify } from '../../src/stages/triage/classify.ts'
import { parseWorkflow } from '../../src/workflow/parse-workflow.ts'

export interface PlaybookCase {
  readonly playbook: string
  readonly name: string
  readonly folder: string
  readonly evidence: Evidence
  readonly diagnosis: Diagnosis
  readonly files: RepositoryFiles
}

/** All cases of all playbooks under the folder. */
export function readCases(playbooksFolder: string): PlaybookCase[] {
  const playbooks = readdirSync(playbooksFolder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  )
  return playbooks.flatMap(({ name }) => {
    const cases = join(playbooksFolder, name, 'cases')
    return existsSync(cases) ? readdirSync(cases).map((each) => readCase(join(cases, each), name)) : []
  })
}

/** One case. `evidence.json` and `diagnosis.json` add to what log and tree already say. */
export function readCase(folder: string, playbook: string): PlaybookCase {
  const files = readTree(join(folder, 'before'))
  const log = readFileSync(join(folder, 'job.log'), 'utf8')
  const evidence = evidenceSchema.parse({
    ...defaultEvidence(files, log),
    ...readJson(join(folder, 'evidence.json')),
  })
  return {
    playbook,
    name: basename(folder),
    folder,
    evidence,
    diagnosis: diagnosisSchema.parse({
      ...diagnosisOf(evidence),
      ...readJson(join(folder, 'diagnosis.json')),
    }),
    files: asRepositoryFiles(files),
  }
}

/** The files as a playbook sees them. */
export function asRepositoryFiles(files: ReadonlyMap<string, string>): RepositoryFiles {
  return {
    list: async () => [...files.keys()].sort(),
    read: async (path) => files.get(path) ?? null,
  }
}

/** Files and expected answer of the same name: `patch.diff`, `human.md`, or neither for a declined failure. */
export function renderDraft(draft: Draft | null): { file: 'patch.diff' | 'human.md' | null; text: string } {
  if (draft === null) return { file: null, text: '' }
  if (draft.kind === 'human') return { file: 'human.md', text: renderSteps(draft.humanSteps) }
  return { file: 'patch.diff', text: unifiedDiff(draft.patch.changes) }
}

/** What the case expects, in the form of `renderDraft`. */
export function expectedDraft(folder: string): ReturnType<typeof renderDraft> {
  for (const file of ['patch.diff', 'human.md'] as const) {
    const path = join(folder, file)
    if (existsSync(path)) return { file, text: readFileSync(path, 'utf8') }
  }
  return { file: null, text: '' }
}

/** The playbook's answer to a case. */
export function draftOf(
  playbook: Playbook,
  { evidence, diagnosis, files }: PlaybookCase,
): Promise<Draft | null> {
  return playbook.draft(evidence, diagnosis, files)
}

function renderSteps(steps: HumanSteps): string {
  return `${stepsIn('en', steps)}\n\n---\n\n${stepsIn('ja', steps)}\n`
}

function stepsIn(language: Language, { reason, steps, questions }: HumanSteps): string {
  const numbered = steps.map((step, at) => `${at + 1}. ${step[language]}`)
  const asked = questions.flatMap(({ question, candidates }) => [
    `- ${question[language]}`,
    ...candidates.map((one) => `  - ${one}`),
  ])
  return [reason[language], numbered.join('\n'), asked.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** Every sentence that a draft has for people. */
export function textsOf(draft: Draft): Text[] {
  if (draft.kind === 'human') {
    const { reason, steps, questions } = draft.humanSteps
    return [reason, ...steps, ...questions.map(({ question }) => question)]
  }
  const { title, summary, rootCause, changes, offers, ruledOut, refusedWorkarounds, untouched, nextSteps } =
    draft.patch
  return [
    title,
    summary,
    ...rootCause,
    ...[...changes, ...offers, ...untouched].map(({ reason }) => reason),
    ...ruledOut.flatMap(({ cause, because }) => [cause, because]),
    ...refusedWorkarounds,
    ...nextSteps,
  ]
}

export function readTree(root: string): Map<string, string> {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = entries.map((entry) => join(entry.parentPath, entry.name))
  return new Map(paths.map((path) => [relative(root, path), readFileSync(path, 'utf8')]))
}

/** A failed run of one job, as collect would have found it. */
export function defaultEvidence(files: ReadonlyMap<string, string>, log: string): Evidence {
  const path = [...files.keys()].sort().find((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file))
  const text = path === undefined ? null : files.get(path)!
  const lines = logLines(log)
  const job = text === null ? undefined : parseWorkflow(text)?.jobs[0]
  const jobName = job?.name ?? job?.id ?? 'build'
  return {
    failedJobs: [{ id: 1, name: jobName, conclusion: 'failure', htmlUrl: null, steps: [] }],
    passedJobNames: [],
    logs: [
      {
        jobId: 1,
        jobName,
        lines,
        account: {
          lines: lines.length,
          bytes: log.length,
          keptLines: lines.length,
          keptBytes: log.length,
          truncated: false,
        },
        missing: null,
      },
    ],
    annotations: [],
    workflow: path === undefined ? null : { path, text: text! },
    lastGreen: null,
    changedFiles: [],
    comparedWith: null,
    tree: [...files.keys()].sort().map((file) => ({ path: file, mode: '100644' })),
    treeTruncated: false,
  }
}

function logLines(log: string): LogLine[] {
  return log
    .replace(/\n$/, '')
    .split('\n')
    .map((line, at) => ({ line: at + 1, text: line.replace(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /, '') }))
}

/** What triage itself says of the log; the lead does not matter to a playbook. */
function diagnosisOf(evidence: Evidence): Diagnosis {
  return { ...classify(evidence.logs), lead: 'devops-coordinator' }
}

function readJson(path: string): Record<string, unknown> {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}
}
