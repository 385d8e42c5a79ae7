/** What rights and secrets a workflow may not gain: permissions, secrets, unsafe switches. */
import type { Finding } from '../../../../domain/verdict.ts'
import { block, warn } from '../gate.ts'
import { asMapping, asText, isSame, type Mapping, scalarsOf } from './workflow-model.ts'

const ranks: Readonly<Record<string, number>> = { none: 0, read: 1, write: 2 }

/** Findings for rights that the whole workflow or one job would gain. */
export function permissionFindings(
  before: unknown,
  after: unknown,
  path: string,
  line: number | null,
  jobId: string | null,
): Finding[] {
  if (after === undefined || isSame(before, after)) return []
  if (typeof after === 'string') {
    if (after.trim() === '' || after === 'none' || after === 'read-all') return []
    return [widened(path, line, `\`permissions: ${after.slice(0, 40)}\``, true)]
  }
  const old = typeof before === 'string' ? {} : asMapping(before)
  if (before === 'write-all') return []
  return Object.entries(asMapping(after))
    .filter(([scope, level]) => rank(level) === 2 && rank(old[scope]) < 2)
    .map(([scope, level]) => widened(path, line, `\`${scope}: ${asText(level)}\``, jobId === null))
}

function rank(level: unknown): number {
  return level === undefined || level === null ? 0 : (ranks[asText(level)] ?? 2)
}

function widened(path: string, line: number | null, what: string, isForAll: boolean): Finding {
  if (!isForAll) {
    const message = `A job’s token would get ${what}. It may then change what it could only read. A person must agree that the job needs it.`
    return warn('workflow/permissions-widened', path, line, message)
  }
  const message = `The token of every job would get ${what}. Each action in the workflow could then use it. Give the one job the one scope that it needs.`
  return block('workflow/permissions-widened', path, line, message)
}

/** Findings for secrets that this part of the workflow did not have before. */
export function secretFindings(
  before: unknown,
  after: unknown,
  path: string,
  line: number | null,
): Finding[] {
  const old = new Set(secretsIn(before))
  const fresh = new Set(secretsIn(after).filter((name) => !old.has(name)))
  return [...fresh].map((name) => {
    const shown = name.slice(0, 80).replaceAll('`', "'")
    if (name === 'GITHUB_TOKEN') {
      const message =
        'A step would get the job’s own token. It is short-lived, but the step can act with it. A person must agree that the step needs it.'
      return warn('workflow/secret-passed', path, line, message)
    }
    const message = `\`${shown}\` would be passed where it was not passed before. Whatever runs there can send it away. Leave the passing of secrets to a person.`
    return block('workflow/secret-passed', path, line, message)
  })
}

function secretsIn(value: unknown): string[] {
  return scalarsOf(value).flatMap((text) => {
    const bounded = text.slice(0, 64 * 1024)
    const names = [...bounded.matchAll(/\bsecrets\s{0,9}\.\s{0,9}(?<name>[\w-]{1,200})/gi)].map((match) =>
      (match.groups?.name ?? '').toUpperCase(),
    )
    const tokens = /\bgithub\s{0,9}(?:\.\s{0,9}token|\[\s{0,9}['"]token)/i.test(bounded)
      ? ['GITHUB_TOKEN']
      : []
    const whole =
      /\bsecrets\s{0,9}(?:\[|\))/i.test(bounded) ||
      /\btojson\s{0,9}\(\s{0,9}(?:secrets|github)\b/i.test(bounded)
    return [...names, ...tokens, ...(whole ? ['all secrets'] : [])]
  })
}

/** Findings for switches that turn a protection of the runner off, anywhere in the file. */
export function unsafeSwitchFindings(before: Mapping, after: Mapping, path: string): Finding[] {
  const old = scalarsOf(before).filter(isUnsafe).length
  const fresh = scalarsOf(after).filter(isUnsafe)
  if (fresh.length <= old) return []
  const message =
    'The workflow would turn a protection of the runner off (`ACTIONS_ALLOW_UNSECURE_COMMANDS` or the like). ' +
    'Then any text that a step prints can set variables and paths of later steps. Write to `$GITHUB_ENV`, `$GITHUB_PATH` and `$GITHUB_OUTPUT`.'
  return [block('workflow/unsafe-commands', path, null, message)]
}

function isUnsafe(text: string): boolean {
  return /ACTIONS_ALLOW_UNSECURE_COMMANDS|ACTIONS_ALLOW_USE_UNSECURE_NODE_VERSION|ACTIONS_RUNNER_FORCE|DISABLE_CONTENT_TRUST/i.test(
    text.slice(0, 64 * 1024),
  )
}
