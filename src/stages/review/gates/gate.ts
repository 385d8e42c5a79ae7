/** The contract of a gate: code that reads a patch and blocks it, whatever anybody said of it. */
import type { Evidence } from '../../../domain/evidence.ts'
import type { FileChange, Patch } from '../../../domain/patch.ts'
import type { Check, Finding } from '../../../domain/verdict.ts'
import type { RepositoryFiles } from '../../../playbook.ts'

export interface GateInput {
  readonly patch: Patch
  readonly evidence: Evidence
  /** The failing commit. */
  readonly files: RepositoryFiles
}

export interface GateResult {
  readonly findings: readonly Finding[]
  /** What the gate looked at, for its line in the report. */
  readonly lookedAt: string
  /** Checks with ids of their own, such as `E7`. */
  readonly checks?: readonly Check[]
}

export interface Gate {
  readonly name: string
  readonly title: string
  inspect(input: GateInput): Promise<GateResult> | GateResult
}

/** A finding that blocks the patch. */
export function block(code: string, path: string, line: number | null, message: string): Finding {
  return { code, severity: 'error', path, line, message }
}

/** A finding that the report shows and must answer. */
export function warn(code: string, path: string, line: number | null, message: string): Finding {
  return { code, severity: 'warning', path, line, message }
}

/** True when a role agent drafted the patch: what a model wrote is held to stricter rules. */
export function isByAgents(patch: Patch): boolean {
  return patch.author.kind === 'agents'
}

/** "3 files", for a gate's `lookedAt`. */
export function countOf(changes: readonly FileChange[], noun = 'file'): string {
  return `${changes.length} ${noun}${changes.length === 1 ? '' : 's'}`
}
