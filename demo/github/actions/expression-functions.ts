/** The functions of GitHub's expressions. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ExpressionError, type Scope, toText, type Value } from './expressions.ts'

type ExpressionFunction = (values: Value[], scope: Scope) => Value

const functions: Record<string, ExpressionFunction> = {
  success: (_, { status }) => status === 'success',
  failure: (_, { status }) => status === 'failure',
  cancelled: (_, { status }) => status === 'cancelled',
  always: () => true,
  contains: ([container = null, item = null]) =>
    Array.isArray(container)
      ? container.some((each) => sameText(each, item))
      : lower(container).includes(lower(item)),
  startswith: ([text = null, start = null]) => lower(text).startsWith(lower(start)),
  endswith: ([text = null, end = null]) => lower(text).endsWith(lower(end)),
  format: ([template = '', ...values]) =>
    toText(template).replace(/\{\{|\}\}|\{(\d+)\}/g, (match, at?: string) =>
      at === undefined ? match[0]! : toText(values[Number(at)] ?? null),
    ),
  join: ([items = null, separator = ',']) =>
    Array.isArray(items) ? items.map(toText).join(toText(separator)) : toText(items),
  tojson: ([value = null]) => JSON.stringify(value, null, 2),
  fromjson: ([text = '']) => parseJson(toText(text)),
  hashfiles: (patterns, { workspace }) => hashFiles(patterns.map(toText), workspace),
}

/** Calls a function by its name, however it is capitalised. */
export function callFunction(name: string, values: Value[], scope: Scope): Value {
  const known = functions[name.toLowerCase()]
  if (!known) throw new ExpressionError(`Unrecognized function: '${name}'`)
  return known(values, scope)
}

const lower = (value: Value) => toText(value).toLowerCase()
const sameText = (one: Value, other: Value) => lower(one) === lower(other)

function parseJson(text: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    throw new ExpressionError(`Error reading JToken from JsonReader: '${text.slice(0, 80)}'`)
  }
}

function hashFiles(patterns: string[], workspace: string | undefined): string {
  if (!workspace)
    throw new ExpressionError("The small GitHub evaluates 'hashFiles' only inside a job's steps")
  const paths = [...new Set(globSync(patterns, { cwd: workspace }))].sort()
  const files = paths.filter((path) => statSync(join(workspace, path)).isFile())
  if (files.length === 0) return ''
  const hash = createHash('sha256')
  for (const path of files)
    hash.update(
      createHash('sha256')
        .update(readFileSync(join(workspace, path)))
        .digest(),
    )
  return hash.digest('hex')
}
