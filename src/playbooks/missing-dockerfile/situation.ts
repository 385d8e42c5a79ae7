/** What failed: the step that builds the image, the file it wanted, and the repository around it. */
import type { ChangedFile, Evidence, JobLog } from '../../domain/evidence.ts'
import { type FailedJob, firstFailedStep } from '../../domain/failed-job.ts'
import type { RepositoryFiles } from '../../playbook.ts'
import { type DockerBuildStep, findBuildSteps } from '../../workflow/find-build-steps.ts'
import {
  parseWorkflow,
  type Workflow,
  type WorkflowJob,
  type WorkflowStep,
} from '../../workflow/parse-workflow.ts'

/** The failure, read from evidence and files. Paths are relative to the repository's root. */
export interface Situation {
  readonly workflowPath: string
  readonly workflowText: string
  readonly workflow: Workflow
  readonly build: DockerBuildStep
  /** The Dockerfile that the step asks for. */
  readonly wanted: string
  /** The build context's folder; the root is the empty text. */
  readonly context: string
  /** All files of the failing commit, sorted. */
  readonly files: readonly string[]
  readonly changedFiles: readonly ChangedFile[]
  /** The commit that the changes are counted from. */
  readonly comparedWith: string | null
  /** Folders of submodules, from the tree's modes. */
  readonly submodules: readonly string[]
  read(path: string): Promise<string | null>
}

/** Paths that we write into a workflow or a Dockerfile; anything else needs quoting that differs by place. */
const pathPattern = /^[A-Za-z0-9._@+-]+(?:\/[A-Za-z0-9._@+-]+)*$/

/** How builders say that the Dockerfile is not there: BuildKit, the old builder, podman and buildah. */
const signatures = [
  /failed to read dockerfile: open \S{1,300}: no such file or directory/,
  /unable to evaluate symlinks in Dockerfile path: lstat \S{1,300}: no such file or directory/,
  /no Containerfile or Dockerfile specified or found in context directory/,
  /the specified Containerfile or Dockerfile does not exist/,
  /Cannot locate specified Dockerfile: \S{1,300}/,
]

/** The same without a checkout: not even the context is there. */
const contextSignatures = [
  /unable to prepare context: path "[^"]{1,300}" not found/,
  /resolve : lstat \S{1,300}: no such file or directory/,
]

/** Null when the log does not say so, or when it stays open which step or which path it was about. */
export async function readSituation(evidence: Evidence, files: RepositoryFiles): Promise<Situation | null> {
  if (!evidence.workflow) return null
  const workflow = parseWorkflow(evidence.workflow.text)
  if (!workflow) return null
  const paths = await files.list()
  const build = failedBuild(evidence, workflow, paths)
  if (!build || build.file === null || build.context === null || !isSafePath(build.file)) return null
  if (build.context !== '' && !isSafePath(build.context)) return null
  return {
    workflowPath: evidence.workflow.path,
    workflowText: evidence.workflow.text,
    workflow,
    build,
    wanted: build.file,
    context: build.context,
    files: paths,
    changedFiles: evidence.changedFiles,
    comparedWith: evidence.comparedWith,
    submodules: evidence.tree.filter(({ mode }) => mode === '160000').map(({ path }) => path),
    read: (path) => files.read(path),
  }
}

/** True for a path that needs no quoting in YAML, in a shell or in a Dockerfile. */
export function isSafePath(path: string): boolean {
  return pathPattern.test(path) && !path.split('/').some((name) => name === '..' || name.startsWith('-'))
}

/** The steps of the job before the build. */
export function stepsBefore({ job, step }: DockerBuildStep): readonly WorkflowStep[] {
  return job.steps.slice(0, job.steps.indexOf(step))
}

/** The job's checkout of this repository before the build, if there is one. */
export function findCheckout(build: DockerBuildStep): WorkflowStep | undefined {
  return stepsBefore(build).find(({ uses }) => uses !== null && /^actions\/checkout(@|$)/.test(uses.value))
}

function failedBuild(
  evidence: Evidence,
  workflow: Workflow,
  paths: readonly string[],
): DockerBuildStep | null {
  const builds =
    evidence.failedJobs.length === 0 ? unnamedBuilds(evidence, workflow) : namedBuilds(evidence, workflow)
  const [first, ...others] =
    builds.length > 1 ? builds.filter(({ file }) => !paths.includes(file ?? '')) : builds
  const isOne = others.every(({ step, file }) => step === first?.step && file === first?.file)
  return first && isOne ? first : null
}

function namedBuilds({ failedJobs, logs }: Evidence, workflow: Workflow): readonly DockerBuildStep[] {
  return failedJobs.filter((job) => saysMissing(logs, job.id)).flatMap((job) => buildsOf(job, workflow))
}

/** A log alone does not always name its job: then any job of the workflow may have written it. */
function unnamedBuilds({ logs }: Evidence, workflow: Workflow): readonly DockerBuildStep[] {
  if (!logs.some((log) => saysMissing(logs, log.jobId))) return []
  return workflow.jobs.flatMap((job) => findBuildSteps(workflow, job, null))
}

function saysMissing(logs: readonly JobLog[], jobId: number): boolean {
  const all = [...signatures, ...contextSignatures]
  return logs.some(
    (log) => log.jobId === jobId && log.lines.some(({ text }) => all.some((one) => one.test(text))),
  )
}

/** The build steps of the failed job, narrowed to the failed step where its name is known. */
function buildsOf(failed: FailedJob, workflow: Workflow): readonly DockerBuildStep[] {
  const jobs = workflow.jobs.filter((job) => isSameJob(job, failed.name))
  const builds = jobs.length === 1 ? findBuildSteps(workflow, jobs[0]!, failed.name) : []
  const name = firstFailedStep(failed)?.name
  const named = builds.filter(({ step }) => displayName(step) === name)
  return named.length > 0 ? named : builds
}

/** GitHub shows a job as its name or id, with matrix values in brackets. */
function isSameJob({ id, name }: WorkflowJob, shown: string): boolean {
  const own = name ?? id
  if (own === shown || shown.startsWith(`${own} (`)) return true
  const fixed = own.split('${{')[0]!
  return own.includes('${{') && fixed.length > 2 && shown.startsWith(fixed)
}

function displayName({ name, uses, run }: WorkflowStep): string {
  return name ?? `Run ${uses?.value ?? run?.value.split('\n')[0] ?? ''}`
}
