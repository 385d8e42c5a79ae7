/** Replaces the expressions of a workflow value whose result the files alone decide. */
import type { Workflow, WorkflowJob, WorkflowStep } from './parse-workflow.ts'

/** A value with more expressions is not a path. */
const expressionsMax = 20

/** Where an expression stands, which decides what its names mean. */
export interface ExpressionScope {
  readonly workflow: Workflow
  readonly job: WorkflowJob
  readonly step: WorkflowStep
  /** The job's name as GitHub shows it, such as `build (backend)`; it tells which matrix value ran. */
  readonly jobDisplayName: string | null
}

/**
 * The value with each `matrix.*`, `env.*` and `github.workspace` replaced where it is a unique literal.
 * Null when any expression stays unknown.
 */
export function resolveExpressions(value: string, scope: ExpressionScope): string | null {
  let rest = value
  let resolved = ''
  for (let count = 0; count < expressionsMax; count += 1) {
    const start = rest.indexOf('${{')
    if (start === -1) return resolved + rest
    const end = rest.indexOf('}}', start)
    if (end === -1) return null
    const literal = resolveOne(rest.slice(start + 3, end).trim(), scope)
    if (literal === null || literal.includes('${{')) return null
    resolved += rest.slice(0, start) + literal
    rest = rest.slice(end + 2)
  }
  return null
}

function resolveOne(
  expression: string,
  { workflow, job, step, jobDisplayName }: ExpressionScope,
): string | null {
  if (expression === 'github.workspace') return '.'
  const match = /^(?<context>env|matrix)\.(?<key>[A-Za-z_][\w-]*)$/.exec(expression)?.groups
  if (!match) return null
  const key = match.key!
  if (match.context === 'env') return step.env.get(key) ?? job.env.get(key) ?? workflow.env.get(key) ?? null
  return matrixValue(job.matrix.get(key) ?? [], jobDisplayName)
}

function matrixValue(values: readonly string[], jobDisplayName: string | null): string | null {
  if (values.length === 1) return values[0]!
  const shown = (jobDisplayName ?? '').match(/\((?<values>[^()]*)\)$/)?.groups?.values?.split(', ') ?? []
  const ran = values.filter((value) => shown.includes(value))
  return ran.length === 1 ? ran[0]! : null
}
