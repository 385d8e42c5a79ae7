/** The events that start a workflow, for the sentence that says why it did not run. */
import { parseDocument } from 'yaml'
import { workflowBytesMax } from '../limits.ts'

export interface WorkflowEvent {
  readonly event: string
  /** The branches that the event is limited to; empty for all. */
  readonly branches: readonly string[]
}

/** Events with their branches; empty when the text is no workflow. */
export function workflowEvents(text: string): WorkflowEvent[] {
  const on = triggersOf(text)
  if (typeof on === 'string') return [{ event: on, branches: [] }]
  if (Array.isArray(on)) return on.map((event) => ({ event: String(event), branches: [] }))
  if (typeof on !== 'object' || on === null) return []
  return Object.entries(on).map(([event, settings]) => ({ event, branches: branchesOf(settings) }))
}

function triggersOf(text: string): unknown {
  if (text.length > workflowBytesMax) return null
  try {
    const root: unknown = parseDocument(text, { logLevel: 'silent' }).toJS({ maxAliasCount: 100 })
    return typeof root === 'object' && root !== null && 'on' in root ? root.on : null
  } catch {
    return null
  }
}

function branchesOf(settings: unknown): string[] {
  if (typeof settings !== 'object' || settings === null || !('branches' in settings)) return []
  const { branches } = settings
  return (Array.isArray(branches) ? branches : [branches]).map(String)
}
