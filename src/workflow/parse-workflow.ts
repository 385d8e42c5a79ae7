/** Reads a GitHub workflow file into jobs and steps that remember where they stand in the text. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml'
import { workflowBytesMax } from '../limits.ts'

/** A workflow with more steps is generated or hostile: aliases can multiply a small file. */
const stepsMax = 2_000

/** A value with its place, so that an edit can replace these bytes and no others. */
export interface WorkflowValue {
  readonly value: string
  /** Offsets of the value in the text, quotes included; null where an alias stands for it. */
  readonly range: readonly [start: number, end: number] | null
  /** Line of the value's key, from 1. */
  readonly line: number
}

/** One step of a job. */
export interface WorkflowStep {
  readonly name: string | null
  readonly uses: WorkflowValue | null
  readonly run: WorkflowValue | null
  readonly condition: string | null
  readonly workingDirectory: WorkflowValue | null
  readonly with: ReadonlyMap<string, WorkflowValue>
  readonly env: ReadonlyMap<string, string>
  /** First and last line of the step, from 1. */
  readonly lineStart: number
  readonly lineEnd: number
}

/** One job of a workflow. */
export interface WorkflowJob {
  readonly id: string
  readonly name: string | null
  /** The called workflow, when the job only calls one. */
  readonly uses: string | null
  readonly steps: readonly WorkflowStep[]
  readonly env: ReadonlyMap<string, string>
  /** The literal values of each matrix key, in order and without repeats. */
  readonly matrix: ReadonlyMap<string, readonly string[]>
  /** `defaults.run.working-directory` of the job, else of the workflow. */
  readonly workingDirectory: string | null
}

/** A workflow file. */
export interface Workflow {
  readonly name: string | null
  readonly env: ReadonlyMap<string, string>
  readonly jobs: readonly WorkflowJob[]
}

/** The workflow, or null when the text is too large, is not YAML, repeats a key or has no jobs. */
export function parseWorkflow(text: string): Workflow | null {
  if (Buffer.byteLength(text) > workflowBytesMax) return null
  try {
    return new Reader(text).workflow()
  } catch {
    // A stack overflow on deep nesting, or an alias without anchor: not a workflow that one could edit.
    return null
  }
}

class Reader {
  readonly #document: Document.Parsed
  readonly #lines = new LineCounter()
  readonly #text: string
  #steps = 0

  constructor(text: string) {
    this.#text = text
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true, schema: 'core' })
  }

  workflow(): Workflow | null {
    if (this.#document.errors.length > 0) return null
    const root = this.#map(this.#document.contents)
    const jobs = root && this.#child(root, 'jobs')
    if (!root || !jobs) return null
    const defaults = this.#workingDirectory(root)
    return {
      name: this.#string(root, 'name'),
      env: this.#strings(this.#child(root, 'env')),
      jobs: this.#entries(jobs).map(([id, node]) => this.#job(id, node, defaults)),
    }
  }

  #job(id: string, node: Node | null, defaults: string | null): WorkflowJob {
    const map = this.#map(node)
    return {
      id,
      name: map && this.#string(map, 'name'),
      uses: map && this.#string(map, 'uses'),
      steps: map ? this.#items(map, 'steps').map((step) => this.#step(step)) : [],
      env: this.#strings(map && this.#child(map, 'env')),
      matrix: this.#matrix(map),
      workingDirectory: (map && this.#workingDirectory(map)) ?? defaults,
    }
  }

  #step(node: Node | null): WorkflowStep {
    this.#steps += 1
    if (this.#steps > stepsMax) throw new RangeError('too many steps')
    const map = this.#map(node)
    const [start, end] = node?.range ?? [0, 0]
    const value = (key: string) => (map ? this.#value(map, key) : null)
    return {
      name: value('name')?.value ?? null,
      uses: value('uses'),
      run: value('run'),
      condition: value('if')?.value ?? null,
      workingDirectory: value('working-directory'),
      with: this.#values(map && this.#child(map, 'with')),
      env: this.#strings(map && this.#child(map, 'env')),
      lineStart: this.#line(start),
      lineEnd: this.#line(this.#lastCharacter(start, end)),
    }
  }

  /** A node's range may reach over following blank lines; the step ends with its last visible character. */
  #lastCharacter(start: number, end: number): number {
    return start + Math.max(this.#text.slice(start, end).trimEnd().length - 1, 0)
  }

  #workingDirectory(map: YAMLMap): string | null {
    const defaults = this.#child(map, 'defaults')
    const run = defaults && this.#child(defaults, 'run')
    return run && this.#string(run, 'working-directory')
  }

  #matrix(job: YAMLMap | null): ReadonlyMap<string, readonly string[]> {
    const strategy = job && this.#child(job, 'strategy')
    const matrix = strategy && this.#child(strategy, 'matrix')
    const values = new Map<string, string[]>()
    if (!matrix) return values
    const add = (key: string, node: Node | null) => {
      const known = values.get(key) ?? []
      const value = isScalar(node) ? scalarText(node) : null
      if (value !== null && !known.includes(value)) known.push(value)
      values.set(key, known)
    }
    for (const [key, node] of this.#entries(matrix)) {
      if (key === 'exclude') continue
      for (const item of isSeq(node) ? node.items : []) {
        const entry = this.#resolved(item as Node)
        if (key !== 'include') add(key, entry)
        else for (const [name, value] of this.#entries(this.#map(entry))) add(name, value)
      }
    }
    return values
  }

  #strings(map: YAMLMap | null): ReadonlyMap<string, string> {
    return new Map([...this.#values(map)].map(([key, { value }]) => [key, value]))
  }

  #values(map: YAMLMap | null): ReadonlyMap<string, WorkflowValue> {
    const values = new Map<string, WorkflowValue>()
    for (const [key] of this.#entries(map)) {
      const value = map && this.#value(map, key)
      if (value) values.set(key, value)
    }
    return values
  }

  #value(map: YAMLMap, key: string): WorkflowValue | null {
    const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    const written = pair?.value as Node | null
    const node = this.#resolved(written)
    if (!pair || !isScalar(node) || node.value === null) return null
    const { range } = node
    return {
      value: scalarText(node),
      range: node === written && range ? [range[0], range[1]] : null,
      line: this.#line((pair.key as Node).range?.[0] ?? 0),
    }
  }

  #string(map: YAMLMap, key: string): string | null {
    return this.#value(map, key)?.value ?? null
  }

  #child(map: YAMLMap, key: string): YAMLMap | null {
    return this.#map(map.get(key, true) as Node | null)
  }

  #items(map: YAMLMap, key: string): (Node | null)[] {
    const node = this.#resolved(map.get(key, true) as Node | null)
    return isSeq(node) ? (node.items as Node[]) : []
  }

  #entries(map: YAMLMap | null): [string, Node | null][] {
    if (!map) return []
    return map.items
      .filter((item) => isScalar(item.key))
      .map((item) => [
        String((item.key as { value: unknown }).value),
        this.#resolved(item.value as Node | null),
      ])
  }

  #map(node: Node | null | undefined): YAMLMap | null {
    const resolved = this.#resolved(node ?? null)
    return isMap(resolved) ? resolved : null
  }

  /** One alias is followed, never an alias to an alias. */
  #resolved(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#document) ?? null) : node
  }

  #line(offset: number): number {
    return this.#lines.linePos(offset).line
  }
}

/** What a person reads: `3.10` stays `3.10`, though YAML makes a number of it. */
function scalarText(node: { value: unknown; source?: string }): string {
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
}
