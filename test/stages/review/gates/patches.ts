/** Small patches for the gates' tests: a change, its author and the tree that it meets. */
import type { Evidence } from '../../../../src/domain/evidence.ts'
import type { FileChange, Patch, PatchAuthor } from '../../../../src/domain/patch.ts'
import { sameInAll } from '../../../../src/domain/text.ts'
import type { Finding } from '../../../../src/domain/verdict.ts'
import type { Gate, GateInput } from '../../../../src/stages/review/gates/gate.ts'

export const playbook: PatchAuthor = { kind: 'playbook', name: 'example' }
export const backendDeveloper: PatchAuthor = { kind: 'agents', role: 'backend-developer' }
export const devopsCoordinator: PatchAuthor = { kind: 'agents', role: 'devops-coordinator' }

/** A change of one file; `null` stands for no file. */
export function change(
  path: string,
  before: string | null,
  after: string | null,
  mode: FileChange['mode'] = '100644',
): FileChange {
  return { path, mode, before, after, reason: sameInAll('It is needed.') }
}

/** A change that adds one line to a file. */
export function adding(path: string, line: string): FileChange {
  return change(path, 'first\n', `first\n${line}\n`)
}

export interface Surroundings {
  readonly author?: PatchAuthor
  /** Modes of the tree, beside those of the changed files. */
  readonly tree?: Readonly<Record<string, string>>
  /** Texts of the repository, beside those of the changed files. */
  readonly texts?: Readonly<Record<string, string>>
  readonly workflow?: Evidence['workflow']
}

/** What a gate is given for these changes. */
export function inputOf(changes: readonly FileChange[], around: Surroundings = {}): GateInput {
  const texts = new Map(Object.entries(around.texts ?? {}))
  for (const { path, before } of changes) if (before !== null && !texts.has(path)) texts.set(path, before)
  const modes = new Map([...texts.keys()].map((path): [string, string] => [path, '100644']))
  for (const [path, mode] of Object.entries(around.tree ?? {})) modes.set(path, mode)
  const patch: Patch = {
    author: around.author ?? playbook,
    title: sameInAll('Mend it'),
    rootCause: [],
    summary: sameInAll('It is mended.'),
    changes: [...changes],
    offers: [],
    ruledOut: [],
    refusedWorkarounds: [],
    untouched: [],
    nextSteps: [],
    facts: [],
  }
  const evidence: Evidence = {
    failedJobs: [],
    passedJobNames: [],
    logs: [],
    annotations: [],
    workflow: around.workflow ?? null,
    lastGreen: null,
    changedFiles: [],
    comparedWith: null,
    tree: [...modes].map(([path, mode]) => ({ path, mode })),
    treeTruncated: false,
  }
  const list = async () => [...modes.keys()].sort()
  return { patch, evidence, files: { list, read: async (path) => texts.get(path) ?? null } }
}

/** The findings of one gate. */
export async function findingsOf(gate: Gate, input: GateInput): Promise<readonly Finding[]> {
  return (await gate.inspect(input)).findings
}

/** The codes of one gate's findings, each once, in their order; warnings end in `?`. */
export async function codesOf(gate: Gate, input: GateInput): Promise<string[]> {
  const findings = await findingsOf(gate, input)
  return [...new Set(findings.map(({ code, severity }) => (severity === 'warning' ? `${code}?` : code)))]
}
