/** Takes secrets out of log lines, once, before anything is stored or shown. */
import { lintSource } from '@secretlint/core'
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend'
import {
  isRandom,
  mask,
  namedPatterns,
  randomRun,
  type SecretPattern,
  tokenPatterns,
} from './secret-patterns.ts'

const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommended }] }

/** The same number of lines, secrets masked: also in base64, twice encoded, or wrapped onto the next line. */
export async function redact(texts: readonly string[]): Promise<readonly string[]> {
  const known = await maskFound(texts.join('\n'))
  return maskWrapped(maskKeyBlocks(known.split('\n')).map(redactLine))
}

function redactLine(line: string): string {
  const withoutTokens = [...tokenPatterns, ...namedPatterns].reduce(apply, line)
  return withoutTokens
    .replace(encodedRun, (run) => (hidesToken(run, 2) ? mask : run))
    .replace(randomRun, (run) => (isRandom(run) ? mask : run))
}

function apply(line: string, { pattern, replace }: SecretPattern): string {
  return line.replace(pattern, replace)
}

const encodedRun = /[A-Za-z0-9+/_-]{20,4096}={0,2}/g

/** True when the run is base64 of a known token, or base64 of that. */
function hidesToken(run: string, levels: number): boolean {
  const decoded = Buffer.from(run, 'base64').toString('latin1')
  if (!/^[\x09\x0a\x0d\x20-\x7e]+$/.test(decoded)) return false
  if (tokenPatterns.some(({ pattern }) => decoded.search(pattern) !== -1)) return true
  return levels > 1 && hidesToken(decoded, levels - 1)
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

/** The longest key, RSA of 16,384 bits, has 210 lines; a log that cuts a key must not be masked to its end. */
const keyLinesMax = 220

/** A private key is masked as the block it is, also where it stands in one line with `\n` in it. */
function maskKeyBlocks(lines: readonly string[]): string[] {
  let left = 0
  return lines.map((line) => {
    const begins = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----|\bPRIVATE KEY-----/.test(line)
    const ends = /-----END [A-Z ]{0,40}PRIVATE KEY-----/.test(line)
    const isSecret = begins || ends || (left > 0 && isKeyLine.test(line))
    if (begins) left = keyLinesMax
    left = ends || !isSecret ? 0 : left - 1
    return isSecret ? mask : line
  })
}

/** A line of base64, or one of the headers of an encrypted key. */
const isKeyLine = /^\s*(?:[A-Za-z0-9+/=]{1,100}|[A-Za-z-]{1,30}: .{0,200}|\*{3}|)\s*$/

/** A terminal breaks long tokens: what follows a mask at a line's end, alone on the next line, is its rest. */
function maskWrapped(lines: readonly string[]): string[] {
  return lines.map((line, index) => {
    const follows = index > 0 && lines[index - 1]!.endsWith(mask)
    return follows && /^[\w+/=-]{8,500}$/.test(line) ? mask : line
  })
}
