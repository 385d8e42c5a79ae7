/** Finds the way in which the workflow can be made to judge the fix branch. Pure. */
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { matchesFilter } from './filter-pattern.ts'

/** How CI comes to run on the fix, or why it cannot. */
export type ChosenTrigger =
  | { trigger: 'push' | 'pull_request' }
  /** `events` are those that the workflow does run on. */
  | { trigger: 'none'; events: readonly string[] }

const oneOrMore = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const filterSchema = z.object({
  branches: oneOrMore.optional(),
  'branches-ignore': oneOrMore.optional(),
  paths: oneOrMore.optional(),
  'paths-ignore': oneOrMore.optional(),
  tags: oneOrMore.optional(),
  'tags-ignore': oneOrMore.optional(),
  types: oneOrMore.optional(),
})
type Filter = z.infer<typeof filterSchema>
const eventsSchema = z.union([
  z.string().transform((event): Record<string, unknown> => ({ [event]: null })),
  z.array(z.string()).transform((events) => Object.fromEntries(events.map((event) => [event, null]))),
  z.record(z.string(), z.unknown()),
])

/**
 * Takes the first rung that works: a push to `branch`, then a draft pull request from it to `base`.
 * A dispatch is no rung: a dispatched deployment would deploy the fix branch.
 */
export function chooseTrigger(
  workflowText: string,
  fix: { branch: string; base: string; changedPaths: readonly string[] },
): ChosenTrigger {
  const events = readEvents(workflowText)
  if (admits(events.push, fix.branch, fix.changedPaths, isBranchPush)) return { trigger: 'push' }
  if (admits(events.pull_request, fix.base, fix.changedPaths, isOpenedPull))
    return { trigger: 'pull_request' }
  return { trigger: 'none', events: Object.keys(events) }
}

function readEvents(workflowText: string): Record<string, unknown> {
  try {
    const content: unknown = parseDocument(workflowText).toJS({ maxAliasCount: 100 })
    const parsed = z.object({ on: eventsSchema }).safeParse(content)
    return parsed.success ? parsed.data.on : {}
  } catch {
    return {}
  }
}

function admits(
  event: unknown,
  branch: string,
  paths: readonly string[],
  fits: (filter: Filter) => boolean,
): boolean {
  if (event === undefined) return false
  const parsed = filterSchema.safeParse(event ?? {})
  if (!parsed.success) return false
  const filter = parsed.data
  return fits(filter) && admitsBranch(filter, branch) && admitsPaths(filter, paths)
}

/** `tags` without `branches` means: no branch at all. */
function isBranchPush(filter: Filter): boolean {
  const onlyTags = filter.tags !== undefined || filter['tags-ignore'] !== undefined
  return !onlyTags || filter.branches !== undefined || filter['branches-ignore'] !== undefined
}

function isOpenedPull(filter: Filter): boolean {
  return filter.types === undefined || filter.types.includes('opened')
}

function admitsBranch(filter: Filter, branch: string): boolean {
  if (filter.branches) return matchesFilter(filter.branches, branch)
  const ignored = filter['branches-ignore']
  return !ignored || !matchesFilter(ignored, branch)
}

function admitsPaths(filter: Filter, paths: readonly string[]): boolean {
  if (filter.paths) return paths.some((path) => matchesFilter(filter.paths!, path))
  const ignored = filter['paths-ignore']
  return !ignored || paths.some((path) => !matchesFilter(ignored, path))
}
