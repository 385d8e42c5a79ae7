/** What secrets look like that secretlint does not know. Each pattern is linear and bounded. */

/** Masks the value and keeps the name. */
export interface SecretPattern {
  pattern: RegExp
  /** The replacement, with `$1` for what stays. */
  replace: string
}

export const mask = '***'

/** Tokens that their prefix or form gives away, wherever they stand: also inside URL-encoded text. */
export const tokenPatterns: readonly SecretPattern[] = [
  { pattern: /gh[pousr]_[A-Za-z0-9]{16,500}|github_pat_\w{16,500}/g, replace: mask },
  { pattern: /\b(?:glpat-|sk-|xox[abeprs]-|npm_|pypi-|dop_v1_|hf_)[\w-]{12,500}/g, replace: mask },
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{12,60}\b/g, replace: mask },
  { pattern: /\bAIza[\w-]{30,60}/g, replace: mask },
  { pattern: /\b(?:SK|AC)[0-9a-f]{32}\b/g, replace: mask },
  { pattern: /\bhv[sbr]\.[\w-]{20,500}/g, replace: mask },
  { pattern: /\b\d{8,12}:AA[\w-]{30,60}/g, replace: mask },
  { pattern: /\beyJ[\w-]{8,2000}\.[\w-]{8,4000}\.[\w-]{8,2000}/g, replace: mask },
  { pattern: /(\/api\/webhooks\/\d{10,25}\/)[\w-]{20,200}/g, replace: `$1${mask}` },
  { pattern: /(hooks\.slack\.com\/services\/)[\w/]{20,200}/g, replace: `$1${mask}` },
]

/** Values that their surroundings give away. */
export const namedPatterns: readonly SecretPattern[] = [
  { pattern: /\b(bearer|basic|token)(\s{1,3})[\w.~+/=-]{16,2000}/gi, replace: `$1$2${mask}` },
  {
    pattern:
      /\b([\w-]{0,40}(?:password|passwd|secret|token|(?:api|access|account|private)[_-]?key)\w{0,20}["']?\s{0,3}[=:]\s{0,3}["']?)[^\s"',;*][^\s"',;]{5,4000}/gi,
    replace: `$1${mask}`,
  },
  { pattern: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@]{0,200}:)[^\s/@]{1,200}@/gi, replace: `$1${mask}@` },
]

/** Runs that only a machine writes: random or encoded text. */
export const randomRun = /[A-Za-z0-9_+=-]{32,4000}/g

/** Long runs that are no secrets: digests and integrity hashes. */
const publicRun = /^(?:[0-9a-f]+|[0-9A-F]+|sha(?:1|256|384|512)[-:].*)$/

/** Bits of a character from which a run counts as random. Names in camel case stay below 4.2. */
const randomBitsMin = 4.3

/** True for a run that no person wrote: mixed case, digits, and hardly a character twice. */
export function isRandom(run: string): boolean {
  if (publicRun.test(run)) return false
  const count = (kind: RegExp) => run.match(kind)?.length ?? 0
  return count(/[a-z]/g) >= 4 && count(/[A-Z]/g) >= 4 && count(/\d/g) >= 4 && entropyOf(run) >= randomBitsMin
}

function entropyOf(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length)
  return bits
}
