/** Gate: nothing that the patch adds is a secret. Messages never repeat what was found. */
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import type { FileChange } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import { block, countOf, type Gate } from './gate.ts'
import { type DiffLine, scannedLines } from './line-diff.ts'

export const secrets: Gate = {
  name: 'secrets',
  title: 'Secrets',
  async inspect({ patch }) {
    const changes = [...patch.changes, ...patch.offers]
    const findings: Finding[] = []
    for (const change of changes) findings.push(...(await inspectChange(change)))
    const lines = changes.reduce((sum, change) => sum + scannedLines(change).length, 0)
    return { findings, lookedAt: `${lines} added lines of ${countOf(changes)}` }
  },
}

interface SecretRule {
  readonly code: string
  readonly kind: string
  readonly pattern: RegExp
}

/** What the preset misses. The group `value` is judged by `looksReal`. */
const rules: readonly SecretRule[] = [
  { code: 'secret/private-key', kind: 'a private key', pattern: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/ },
  {
    code: 'secret/json-web-token',
    kind: 'a JSON web token',
    pattern: /\beyJ[\w-]{8,2000}\.eyJ[\w-]{8,2000}\.[\w-]{8,2000}/,
  },
  {
    code: 'secret/bearer-token',
    kind: 'a bearer token',
    pattern: /\bBearer\s{1,4}(?<value>[\w.~+/-]{20,500})/i,
  },
  {
    code: 'secret/api-key',
    kind: 'an API key',
    pattern:
      /(?<![\w-])(?<value>(?:sk|pk|rk)[-_](?:live|test|proj|ant|or|svcacct|admin)?[-_]?[\w-]{20,300}|gh[oprsu]_\w{20,255}|github_pat_\w{20,255}|glpat-[\w-]{20,100}|xox[abeoprs]-[\w-]{10,250}|AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|AIza[\w-]{35}|npm_\w{30,60}|pypi-[\w-]{40,300}|hf_\w{30,60}|dop_v1_[0-9a-f]{60,70}|SG\.[\w-]{20,30}\.[\w-]{30,60})(?![\w-])/,
  },
  {
    code: 'secret/password',
    kind: 'a password',
    pattern:
      /(?:passw(?:or)?d|passwd|pwd|passphrase|secret(?:[_-]?key)?|api[_-]?key|access[_-]?key|auth[_-]?token|client[_-]?secret|private[_-]?key|access[_-]?token)["']?\s{0,4}(?:=>|:=|[:=])\s{0,4}(?<value>"[^"\s]{6,300}"|'[^'\s]{6,300}'|[^\s"'`,;(){}[\]<>]{6,300})/i,
  },
  {
    code: 'secret/password',
    kind: 'a password in an address',
    pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{1,100}:(?<value>[^\s/:@"']{4,200})@/i,
  },
]

async function inspectChange(change: FileChange): Promise<Finding[]> {
  const lines = scannedLines(change)
  if (lines.length === 0) return []
  const own = lines.flatMap((line) => inspectLine(change.path, line))
  const known = await inspectWithPreset(change.path, lines)
  const seen = new Set(own.map(({ line }) => line))
  return [...own, ...known.filter(({ line }) => !seen.has(line))]
}

function inspectLine(path: string, { line, text }: DiffLine): Finding[] {
  for (const { code, kind, pattern } of rules) {
    const match = pattern.exec(text)
    if (match && (match.groups?.value === undefined || looksReal(code, match.groups.value))) {
      return [secretFinding(code, path, line, kind)]
    }
  }
  return []
}

/** References, placeholders and words of documentation are not secrets. */
function looksReal(code: string, quoted: string): boolean {
  const value = quoted.replace(/^["']|["']$/g, '')
  if (
    /^[$<{%]|\$\{|\{\{|^(?:process|os|env|secrets|config|settings|self|this|import|require|vault|ssm)\b|\.\.\.|\*\*\*/i.test(
      value,
    )
  )
    return false
  if (/^(?:sha(?:1|256|384|512)-|sha256:|h1:)/i.test(value)) return false
  if (
    /example|placeholder|change[-_]?me|your[-_]|dummy|redacted|xxxx|<|required|optional|undefined|none|null|true|false/i.test(
      value,
    )
  )
    return false
  if (code !== 'secret/password') return true
  return isStrong(value) || !/^[A-Za-z_.]+$/.test(value)
}

/** Letters alone are mostly a name or a type; letters with digits, or much of both cases, are not. */
function isStrong(value: string): boolean {
  return value.length >= 16 && /[a-z]/.test(value) && /[A-Z]/.test(value)
}

async function inspectWithPreset(path: string, lines: readonly DiffLine[]): Promise<Finding[]> {
  const content = lines.map(({ text }) => text).join('\n')
  const result = await lintSource({
    source: { filePath: `/${path}`, content, contentType: 'text' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] },
      locale: 'en',
      maskSecrets: true,
    },
  })
  return result.messages
    .filter(({ severity }) => severity === 'error')
    .map(({ loc, ruleId }) => {
      const line = lines[loc.start.line - 1]?.line ?? null
      const rule = ruleId.split('secretlint-rule-').at(-1) ?? ruleId
      return secretFinding('secret/known-token', path, line, `a token (${rule})`)
    })
}

function secretFinding(code: string, path: string, line: number | null, kind: string): Finding {
  const message =
    `The added line looks like ${kind}. In git it stays readable for ever, for everybody who can read the repository. ` +
    'Refer to a secret of the repository by its name, and renew the value if it is real.'
  return block(code, path, line, message)
}
