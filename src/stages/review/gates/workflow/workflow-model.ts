/** A workflow or action file as gates compare it: jobs and steps, whatever YAML spelling they have. */
import { type Document, visit } from 'yaml'
import { lineAtOffset, strictYaml } from '../strict-yaml.ts'

export type Mapping = Readonly<Record<string, unknown>>

export interface WorkflowStep {
  readonly value: Mapping
  readonly line: number | null
}

export interface WorkflowJob {
  readonly id: string
  readonly value: Mapping
  readonly steps: readonly WorkflowStep[]
  readonly line: number | null
}

export interface WorkflowModel {
  readonly root: Mapping
  readonly jobs: readonly WorkflowJob[]
  /** Parse errors, first line of each. */
  readonly errors: readonly string[]
  /** Constructs that let a file mean something other than it shows: aliases, merge keys, tags, … */
  readonly tricks: readonly string[]
}

/** Aliases beyond this are an attack: a workflow has a handful. */
const aliasesMax = 100

/** GitHub allows 256 jobs of a matrix; larger files are no workflows, and cost time to compare. */
const jobsMax = 256
const stepsOfJobMax = 300

/** The model of a text; with `errors` where the text is not the YAML that GitHub would accept. */
export function workflowModel(text: string): WorkflowModel {
  const { documents, faults } = strictYaml(text)
  const [document] = documents
  if (!document) return { root: {}, jobs: [], errors: ['the file is empty'], tricks: [] }
  const errors = faults.map(({ message }) => message.split('\n')[0] ?? message)
  const root = plainValue(document, errors)
  if (isTooLarge(root))
    return { root: {}, jobs: [], errors: ['it has more jobs or steps than a workflow'], tricks: [] }
  const lineOf = (path: (string | number)[]) => lineAt(document, text, path)
  return { root, jobs: jobsOf(root, lineOf), errors, tricks: tricksOf(documents) }
}

function isTooLarge(root: Mapping): boolean {
  const jobs = [...Object.values(asMapping(root.jobs)), root.runs]
  return jobs.length > jobsMax || jobs.some((each) => asList(asMapping(each).steps).length > stepsOfJobMax)
}

function plainValue(document: Document, errors: string[]): Mapping {
  try {
    return lowerKeys(document.toJS({ maxAliasCount: aliasesMax }), 0)
  } catch (error) {
    errors.push(error instanceof Error ? error.message : String(error))
    return {}
  }
}

/** GitHub's keys are small letters; another case must not slip past a look-up. Names of jobs keep theirs. */
function lowerKeys(value: unknown, depth: number): Mapping {
  const mapping = asMapping(value)
  return depth > 0
    ? mapping
    : Object.fromEntries(Object.entries(mapping).map(([key, each]) => [key.trim().toLowerCase(), each]))
}

function jobsOf(root: Mapping, lineOf: (path: (string | number)[]) => number | null): WorkflowJob[] {
  const jobs = Object.entries(asMapping(root.jobs)).map(([id, value]) => job(id, value, ['jobs', id], lineOf))
  // An action file has its steps under `runs`; it is compared as if that were its one job.
  if ('runs' in root) jobs.push(job('runs', root.runs, ['runs'], lineOf))
  return jobs
}

function job(
  id: string,
  raw: unknown,
  path: (string | number)[],
  lineOf: (path: (string | number)[]) => number | null,
): WorkflowJob {
  const value = lowerKeys(raw, 0)
  const steps = asList(value.steps).map((step, index) => ({
    value: lowerKeys(step, 0),
    line: lineOf([...path, 'steps', index]),
  }))
  return { id, value, steps, line: lineOf(path) }
}

function lineAt(document: Document, text: string, path: (string | number)[]): number | null {
  const node = document.getIn(path, true)
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null
  return Array.isArray(range) ? lineAtOffset(text, Number(range[0])) : null
}

function tricksOf(documents: readonly Document[]): string[] {
  const tricks: string[] = documents.length > 1 ? ['a second document'] : []
  for (const document of documents) {
    visit(document, {
      Alias: () => void tricks.push('an alias'),
      Pair: (_, pair) => {
        const key = pair.key as { value?: unknown; source?: string } | null
        if (isMergeKey(key?.value)) tricks.push('a merge key')
        if (key !== null && typeof key === 'object' && 'items' in key)
          tricks.push('a key that is a list or mapping')
        if (typeof key?.source === 'string' && /\\/.test(key.source)) tricks.push('an escaped key')
      },
      Node: (_, node) => {
        if ('tag' in node && typeof node.tag === 'string' && /^!(?!!?$)/.test(node.tag))
          tricks.push(`the tag ${node.tag.slice(0, 40)}`)
        if ('anchor' in node && node.anchor !== undefined) tricks.push('an anchor')
      },
    })
  }
  return tricks
}

/** The parser reads `<<` as a symbol where it merges. */
function isMergeKey(value: unknown): boolean {
  return value === '<<' || (typeof value === 'symbol' && value.description === '<<')
}

/** The value as a mapping; empty when it is none. */
export function asMapping(value: unknown): Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Mapping) : {}
}

/** The value as a list; a single value stands for a list of one, nothing for none. */
export function asList(value: unknown): readonly unknown[] {
  if (value === null || value === undefined) return []
  return Array.isArray(value) ? value : [value]
}

/** The value as text; empty when it is none. */
export function asText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : ''
}

/** True when two values are the same data. */
export function isSame(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) === JSON.stringify(sorted(right))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]))
}

/** Every scalar of a value as text, for comparisons that do not care where it stands. */
export function scalarsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(scalarsOf)
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([key, each]) => [key, ...scalarsOf(each)])
  }
  return value === null || value === undefined ? [] : [String(value)]
}
