/** The contract of a playbook, and how playbooks are found. */
import type { Diagnosis } from './domain/diagnosis.ts'
import type { Evidence } from './domain/evidence.ts'
import type { FailureClass } from './domain/failure-class.ts'
import type { Patch } from './domain/patch.ts'
import type { HumanSteps } from './domain/repair.ts'

/** Read access to the files of the failing commit. Paths are repository-relative with `/`. */
export interface RepositoryFiles {
  /** All file paths, sorted. */
  list(): Promise<readonly string[]>
  /**
   * The text of a regular file of at most `fileBytesMax`; null when there is no such file, it is a
   * symbolic link, too large, or not UTF-8.
   */
  read(path: string): Promise<string | null>
}

/** What a playbook answers when it claims a failure. */
export type Draft = { kind: 'patch'; patch: Patch } | { kind: 'human'; humanSteps: HumanSteps }

/** A deterministic repair of known failure classes. */
export interface Playbook {
  /** The folder's name. */
  readonly name: string
  readonly handles: readonly FailureClass[]
  /**
   * Draws the one right answer from evidence and files, or returns null to decline.
   * Pure but for reading `files`: the same input gives the same patch to the byte.
   */
  draft(evidence: Evidence, diagnosis: Diagnosis, files: RepositoryFiles): Promise<Draft | null>
}
