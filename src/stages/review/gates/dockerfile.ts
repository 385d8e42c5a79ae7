/** Gate: every Dockerfile in the patch passes the static checks. Faults that were there before only warn. */
import type { DockerfileCheckInput, DockerfileCheckResult } from '../../../docker/check.ts'
import { checkDockerfile } from '../../../docker/check-dockerfile.ts'
import { dockerignorePath } from '../../../docker/dockerignore.ts'
import type { FileChange } from '../../../domain/patch.ts'
import type { Check, Finding } from '../../../domain/verdict.ts'
import { type DockerBuildStep, findBuildSteps } from '../../../workflow/find-build-steps.ts'
import { parseWorkflow } from '../../../workflow/parse-workflow.ts'
import { isDockerfile } from './file-kinds.ts'
import { countOf, type Gate, type GateInput } from './gate.ts'

export const dockerfile: Gate = {
  name: 'dockerfile',
  title: 'Dockerfile checks',
  async inspect(input) {
    const changes = input.patch.changes.filter(({ path, after }) => after !== null && isDockerfile(path))
    const findings: Finding[] = []
    const checks: Check[] = []
    for (const change of changes) {
      const inspected = await inspectChange(change, input)
      findings.push(...inspected.findings)
      checks.push(...inspected.checks)
    }
    return { findings, checks, lookedAt: countOf(changes, 'Dockerfile') }
  },
}

async function inspectChange(
  change: FileChange,
  input: GateInput,
): Promise<{ findings: Finding[]; checks: Check[] }> {
  const { read, list } = filesAfter(input)
  const files = await list()
  const buildStep = await buildStepOf(change.path, input)
  const context = buildStep?.context ?? change.path.split('/').slice(0, -1).join('/')
  const dockerignore = await read(dockerignorePath(change.path, context, files))
  const subject = { path: change.path, dockerignore, context, files, read, buildStep }
  const results = await checkDockerfile({ ...subject, text: change.after ?? '' })
  const old = await failedBefore(change, subject)
  return {
    findings: results.flatMap((result) => findingOf(result, change.path, old)),
    checks: results.map(({ id, title, outcome, detail }) => ({ id, title, outcome, detail })),
  }
}

/** The files as the patch leaves them. */
function filesAfter({
  patch,
  files,
}: GateInput): Pick<DockerfileCheckInput, 'read'> & { list: () => Promise<string[]> } {
  const changed = new Map(patch.changes.map(({ path, after }) => [path, after]))
  const created = [...changed].filter(([, after]) => after !== null).map(([path]) => path)
  return {
    read: async (path) => (changed.has(path) ? (changed.get(path) ?? null) : files.read(path)),
    list: async () => {
      const kept = (await files.list()).filter((path) => changed.get(path) !== null)
      return [...new Set([...kept, ...created])].sort()
    },
  }
}

/** The step of the failed workflow that builds the file; null when none does. */
async function buildStepOf(path: string, { patch, evidence }: GateInput): Promise<DockerBuildStep | null> {
  if (!evidence.workflow) return null
  const changed = patch.changes.find((change) => change.path === evidence.workflow?.path)
  const workflow = parseWorkflow(changed?.after ?? evidence.workflow.text)
  const steps = workflow?.jobs.flatMap((job) => findBuildSteps(workflow, job, null)) ?? []
  return steps.find(({ file }) => file === path) ?? null
}

async function failedBefore(
  change: FileChange,
  subject: Omit<DockerfileCheckInput, 'text'>,
): Promise<Set<string>> {
  if (change.before === null) return new Set()
  const results = await checkDockerfile({ ...subject, text: change.before })
  return new Set(results.filter(({ outcome }) => outcome !== 'passed').map(({ id }) => id))
}

/** Warnings of the checks stand in their table; as findings they would only repeat it. */
function findingOf(
  { id, outcome, title, detail, line }: DockerfileCheckResult,
  path: string,
  old: ReadonlySet<string>,
): Finding[] {
  if (outcome !== 'failed') return []
  const wasThere = old.has(id)
  const message =
    `Check ${id} failed (${title}): ${sentence(detail)} ` +
    (wasThere
      ? 'It failed before as well, so the patch did not cause it. Say in the report why that is left.'
      : 'The image would fail or be unsafe where no build shows it. Change the Dockerfile so that the check passes.')
  return [
    { code: `dockerfile/${id.toLowerCase()}`, severity: wasThere ? 'warning' : 'error', path, line, message },
  ]
}

function sentence(detail: string): string {
  const plain = detail.replaceAll('`', "'").trim()
  return plain.endsWith('.') ? plain : `${plain}.`
}
