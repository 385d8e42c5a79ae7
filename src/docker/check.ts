/** What a static check of a Dockerfile is given and what it answers. */
import type { Check } from '../domain/verdict.ts'
import type { DockerBuildStep } from '../workflow/find-build-steps.ts'
import type { Dockerignore } from './dockerignore.ts'
import type { ParsedDockerfile, Stage } from './parse-dockerfile.ts'

/** An `error` blocks the patch, a `warning` must be answered in the report, `information` is only shown. */
type CheckLevel = 'error' | 'warning' | 'information'

/** A Dockerfile with all that decides whether it works: context, files and the step that builds it. */
export interface DockerfileCheckInput {
  /** Repository path of the Dockerfile. */
  readonly path: string
  readonly text: string
  /** Text of the ignore file that holds for it; null when there is none. */
  readonly dockerignore: string | null
  /** The build context's folder; the root is the empty text. */
  readonly context: string
  /** All paths of the repository. */
  readonly files: readonly string[]
  read(path: string): Promise<string | null>
  /** The workflow step that builds it, when it is known. */
  readonly buildStep: DockerBuildStep | null
}

/** One check's result, as the report shows it, with its level and line. */
export interface DockerfileCheckResult extends Check {
  readonly level: CheckLevel
  /** The line that the check looked at; null for the whole file. */
  readonly line: number | null
}

/** The Dockerfile as checks see it. */
export interface CheckSubject extends DockerfileCheckInput {
  readonly parsed: ParsedDockerfile
  /** The stage that the workflow ships: its target, else the last one. */
  readonly final: Stage
  readonly ignore: Dockerignore
}

/** What a check says, before its level is applied. */
export interface CheckAnswer {
  readonly outcome: Check['outcome']
  readonly detail: string
  readonly line?: number
  /** True when the check itself failed to run; then every level blocks. */
  readonly isBroken?: boolean
}

/** One check. `run` may throw: a check that cannot be carried out has failed, it has not passed. */
export interface DockerfileCheck {
  readonly id: string
  readonly level: CheckLevel
  readonly title: string
  run(subject: CheckSubject): CheckAnswer | Promise<CheckAnswer>
}

/** The check holds; `detail` is what it looked at. */
export function passed(detail: string, line?: number): CheckAnswer {
  return answer('passed', detail, line)
}

/** The check does not hold. Becomes `warned` or `informed` by the check's level, so that only errors block. */
export function failed(detail: string, line?: number): CheckAnswer {
  return answer('failed', detail, line)
}

/** The check has nothing to look at, or cannot decide; `detail` says which. */
export function notApplicable(detail: string): CheckAnswer {
  return answer('not_applicable', detail)
}

function answer(outcome: Check['outcome'], detail: string, line?: number): CheckAnswer {
  return line === undefined ? { outcome, detail } : { outcome, detail, line }
}
