/** Expands `strategy.matrix` into one record per job. */
import type { Value } from './expressions.ts'

export type MatrixRow = Record<string, Value>

/** All combinations, without the excluded and with the included ones. */
export function expandMatrix(matrix: Record<string, Value>): MatrixRow[] {
  const { include, exclude, ...axes } = matrix
  const isExcluded = (row: MatrixRow) => rows(exclude).some((pattern) => isPart(pattern, row))
  const combined = combine(axes).filter((row) => !isExcluded(row))
  return addIncluded(combined, rows(include), Object.keys(axes))
}

function rows(value: Value | undefined): MatrixRow[] {
  return Array.isArray(value) ? (value as MatrixRow[]) : []
}

function combine(axes: Record<string, Value>): MatrixRow[] {
  const entries = Object.entries(axes)
  if (entries.length === 0) return []
  return entries.reduce<MatrixRow[]>(
    (sofar, [name, values]) =>
      sofar.flatMap((row) => (values as Value[]).map((value) => ({ ...row, [name]: value }))),
    [{}],
  )
}

function isPart(part: MatrixRow, whole: MatrixRow): boolean {
  return Object.entries(part).every(([key, value]) => isSame(whole[key], value))
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** An included row extends each combination whose axes it does not change; else it stands alone. */
function addIncluded(combined: MatrixRow[], included: MatrixRow[], axes: string[]): MatrixRow[] {
  const result = combined.map((row) => ({ ...row }))
  for (const extra of included) {
    const fitting = result.filter(
      (row, at) =>
        at < combined.length && axes.every((axis) => !(axis in extra) || isSame(row[axis], extra[axis])),
    )
    if (fitting.length === 0) result.push({ ...extra })
    for (const row of fitting) Object.assign(row, extra)
  }
  return result
}

/** The name GitHub gives to a job of a matrix. */
export function matrixJobName(name: string, row: MatrixRow | undefined): string {
  if (!row || name.includes('${{')) return name
  return `${name} (${Object.values(row).map(valueText).join(', ')})`
}

function valueText(value: Value): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
