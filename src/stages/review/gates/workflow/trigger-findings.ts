/** What may not happen to the triggers of a workflow. */
import type { Finding } from '../../../../domain/verdict.ts'
import { block, warn } from '../gate.ts'
import { asList, asMapping, asText, isSame, type Mapping } from './workflow-model.ts'

const includes = ['branches', 'tags', 'paths', 'types', 'workflows'] as const
const excludes = ['branches-ignore', 'tags-ignore', 'paths-ignore'] as const

/** Events that hand the secrets of the repository to foreign code. */
const dangerousEvents = new Set([
  'pull_request_target',
  'workflow_run',
  'issue_comment',
  'issues',
  'discussion_comment',
])

/** Findings for a changed `on`. */
export function triggerFindings(before: Mapping, after: Mapping, path: string): Finding[] {
  const old = eventsOf(before)
  const fresh = eventsOf(after)
  return [...narrowed(old, fresh, path), ...added(old, fresh, path)]
}

/** `on: push`, `on: [push]` and `on: { push: }` are one thing. */
function eventsOf(root: Mapping): Map<string, unknown> {
  const on = root.on ?? root.true
  if (typeof on === 'string') return new Map([[on, null]])
  if (Array.isArray(on)) return new Map(on.map((event) => [asText(event), null]))
  return new Map(Object.entries(asMapping(on)))
}

function narrowed(old: Map<string, unknown>, fresh: Map<string, unknown>, path: string): Finding[] {
  return [...old].flatMap(([event, settings]) => {
    if (!fresh.has(event)) return [narrowing(path, `The event \`${event}\` would go.`)]
    return isSame(settings, fresh.get(event))
      ? []
      : narrowedEvent(event, asMapping(settings), asMapping(fresh.get(event)), path)
  })
}

function narrowedEvent(event: string, old: Mapping, fresh: Mapping, path: string): Finding[] {
  const lost = includes.flatMap((key) => {
    if (fresh[key] === undefined) return []
    if (old[key] === undefined) return [`a new filter \`${key}\``]
    const gone = texts(old[key]).filter((item) => !item.startsWith('!') && !texts(fresh[key]).includes(item))
    const barred = texts(fresh[key]).filter((item) => item.startsWith('!') && !texts(old[key]).includes(item))
    return [
      ...gone.map((item) => `\`${item}\` gone from \`${key}\``),
      ...barred.map((item) => `\`${item}\` in \`${key}\``),
    ]
  })
  const barred = excludes.flatMap((key) =>
    texts(fresh[key])
      .filter((item) => !texts(old[key]).includes(item))
      .map((item) => `\`${item}\` in \`${key}\``),
  )
  const what = [...lost, ...barred][0]
  return what === undefined
    ? []
    : [narrowing(path, `The event \`${event}\` would get ${what.replaceAll('\n', ' ').slice(0, 120)}.`)]
}

function texts(value: unknown): string[] {
  return asList(value).map(asText)
}

function narrowing(path: string, what: string): Finding {
  const message = `${what} The workflow then no longer runs where it failed, which hides the failure. Keep the triggers, and mend what fails.`
  return block('workflow/trigger-narrowed', path, null, message)
}

function added(old: Map<string, unknown>, fresh: Map<string, unknown>, path: string): Finding[] {
  return [...fresh.keys()]
    .filter((event) => !old.has(event))
    .map((event) => {
      if (event === 'pull_request_target') {
        const message =
          'The workflow would run on `pull_request_target`. There code of strangers meets the secrets and a token that may write. Keep `pull_request`.'
        return block('workflow/pull-request-target', path, null, message)
      }
      const shown = event.replaceAll('`', "'").slice(0, 60)
      const message = `The workflow would also run on \`${shown}\`. Then it may run where nobody planned it. Keep the events as they are.`
      return dangerousEvents.has(event)
        ? block('workflow/trigger-added', path, null, message)
        : warn('workflow/trigger-added', path, null, message)
    })
}
