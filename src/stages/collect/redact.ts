/** Takes secrets out of log lines, once, before anything is stored or shown. */
import { lintSource } from '@secretlint/core'
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend'

const mask = '***'

/** What secretlint's preset does not know. Each keeps the name and masks the value. */
const ownRules: readonly { pattern: RegExp; replace: string }[] = [
  { pattern: /\beyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]{8,2000}/g, replace: mask },
  { pattern: /\b(bearer|basic|token)(\s+)[\w.~+/=-]{16,2000}/gi, replace: `$1$2${mask}` },
  {
    pattern:
      /\b([\w-]{0,40}(?:password|passwd|secret|token|api[_-]?key|private[_-]?key)["']?\s?[=:]\s?["']?)[^\s"',;*][^\s"',;]{5,500}/gi,
    replace: `$1${mask}`,
  },
  {
    pattern: /\b(gh[pousr]_|github_pat_|glpat-|sk-|xox[abprs]-|npm_|pypi-|AKIA|ASIA)[\w-]{12,500}/g,
    replace: mask,
  },
  { pattern: /([a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,200}@/gi, replace: `$1${mask}@` },
]

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommended }] }

/** The same number of lines, secrets masked. Private keys are masked as the block they are. */
export async function redact(texts: readonly string[]): Promise<readonly string[]> {
  const bySecretlint = await maskFound(texts.join('\n'))
  const lines = bySecretlint.split('\n').map((line) => ownRules.reduce(apply, line))
  return maskKeyBlocks(lines)
}

function apply(line: string, { pattern, replace }: { pattern: RegExp; replace: string }): string {
  return line.replace(pattern, replace)
}

async function maskFound(content: string): Promise<string> {
  const result = await lintSource({
    source: { content, filePath: '/job.log', contentType: 'text' },
    options: { config, locale: 'en' },
  })
  const ranges = result.messages.map((message) => message.range).sort((a, b) => b[0] - a[0])
  let masked = content
  for (const [from, to] of ranges) {
    const lineBreaks = masked.slice(from, to).replaceAll(/[^\n]/g, '')
    masked = masked.slice(0, from) + mask + lineBreaks + masked.slice(to)
  }
  return masked
}

function maskKeyBlocks(lines: readonly string[]): string[] {
  let inside = false
  return lines.map((line) => {
    if (/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/.test(line)) inside = true
    const masked = inside ? mask : line
    if (/-----END [A-Z ]{0,40}PRIVATE KEY-----/.test(line)) inside = false
    return masked
  })
}
