/** Finds shell text that hides a failing command. Works on plain shell, whatever file holds it. */

/** What one piece of shell text does to hide an error, in words for a message. */
export interface HiddenError {
  /** The shortest telling excerpt. */
  readonly excerpt: string
  readonly kind: 'ignored' | 'strict-mode-off' | 'check-skipped' | 'forced'
}

const textCharsMax = 64 * 1024

const noOperation =
  '(?:true|:|exit 0|return 0|echo|printf|logger|/bin/true|/usr/bin/true|\\{ ?(?:true|:|exit 0|echo|printf)|\\( ?(?:true|:|exit 0|echo|printf)|command true|builtin true|eval true|env true|test 1|\\[ 1|sleep|cd \\.|ls\\b|cat /dev/null|node -e|python3? -c|\\$\\(|`)'

const patterns: readonly { kind: HiddenError['kind']; pattern: RegExp }[] = [
  { kind: 'ignored', pattern: new RegExp(`\\|\\|\\s{0,20}${noOperation}`, 'g') },
  {
    kind: 'ignored',
    pattern: /(?:;|&&?|\n)\s{0,20}(?:true|:|exit 0|\/bin\/true)(?=\s{0,20}(?:$|;|\n|\)|\}|#))/g,
  },
  { kind: 'ignored', pattern: /;\s{0,20}(?:echo|printf)\b[^;\n]{0,200}$/g },
  { kind: 'ignored', pattern: /(?:^|[\n;])\s{0,20}!\s{1,5}[a-z]/g },
  { kind: 'ignored', pattern: /-ErrorAction\s{1,4}(?:SilentlyContinue|Ignore|Continue)/gi },
  { kind: 'ignored', pattern: /\btrap\b[^\n]{0,100}\b(?:exit 0|true|:)\b[^\n]{0,40}\b(?:EXIT|ERR)\b/g },
  { kind: 'ignored', pattern: /\bmake\b[^\n;|&]{0,100}\s(?:-i|-k|--ignore-errors|--keep-going)\b/g },
  {
    kind: 'ignored',
    pattern:
      /--(?:exit-zero|exit-code[= ]0|no-error-on-unmatched-pattern|no-fail(?:-on-[a-z]{1,20})?|soft-fail|suppress-(?:tests-)?exit-code)\b/g,
  },
  {
    kind: 'strict-mode-off',
    pattern:
      /\bset\s{1,10}(?:\+[a-df-z]{0,8}e[a-z]{0,8}|\+o\s{1,10}(?:errexit|pipefail|nounset)|\+[a-z]{0,8}u[a-z]{0,8})/g,
  },
  {
    kind: 'strict-mode-off',
    pattern: /\$ErrorActionPreference\s{0,5}=\s{0,5}["']?(?:SilentlyContinue|Ignore|Continue)/gi,
  },
  {
    kind: 'check-skipped',
    pattern: /(?:^|\s)--(?:no-verify|passWithNoTests|if-present|allow-no-tests|skip-tests|notest)\b/g,
  },
  {
    kind: 'check-skipped',
    pattern:
      /(?:^|\s)-D(?:skipTests|maven\.test\.skip|checkstyle\.skip)\b(?!=false)|(?:^|\s)-x\s{1,4}(?:test|check|lint)\b/g,
  },
  { kind: 'check-skipped', pattern: /\bSKIP=[\w,-]{1,100}\s|\bHUSKY=0\b|\bCI=(?:false|["']{2}|0)(?=\s)/g },
  {
    kind: 'forced',
    pattern:
      /--(?:legacy-peer-deps|ignore-engines|break-system-packages|no-frozen-lockfile|ignore-platform-reqs|ignore-requires-python|force-with-lease|no-lockfile)\b/g,
  },
  {
    kind: 'forced',
    pattern:
      /\bnpm\s{1,4}(?:ci|i|install)\b[^\n;|&]{0,100}\s(?:--force|-f)\b|\bgit\s{1,4}push\b[^\n;|&]{0,100}\s(?:--force|-f)\b/g,
  },
]

/** Every hidden error in a piece of shell text, as a shell would read it. */
function hiddenErrors(shell: string): HiddenError[] {
  const text = asShellReads(shell)
  return patterns.flatMap(({ kind, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ kind, excerpt: match[0].trim().replaceAll('\n', ' ') })),
  )
}

/** Pipes into a command that never fails: without `pipefail` only its result counts. GitHub's default has none. */
export function maskingPipes(shell: string): string[] {
  const text = asShellReads(shell)
  if (text.includes('pipefail')) return []
  return [...text.matchAll(/(?<!\|)\|\s{0,9}(?:cat|tee|true|:)(?=\s|$)/g)].map((match) => match[0])
}

/** Those of `after` that `before` did not have already, counted one by one. */
export function newHiddenErrors(before: string, after: string): HiddenError[] {
  const left = new Map<string, number>()
  for (const { excerpt } of hiddenErrors(before)) left.set(excerpt, (left.get(excerpt) ?? 0) + 1)
  return hiddenErrors(after).filter(({ excerpt }) => {
    const count = left.get(excerpt) ?? 0
    left.set(excerpt, count - 1)
    return count <= 0
  })
}

/** How many `||` a text has that are no hidden error by the list: a fallback that a person must judge. */
export function fallbackCount(shell: string): number {
  const text = asShellReads(shell).replace(
    /\|\|\s{0,20}(?:\(\s?|\{\s?)?(?:exit\s{0,4}[1-9]|false|return [1-9])/g,
    '',
  )
  return text.split('||').length - 1
}

/** The commands of a text, one a line: joined at backslashes, without comments and blank lines. */
export function commandLines(shell: string): string[] {
  return asShellReads(shell)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Words that run nothing: a script of these alone proves nothing. */
export function isTrivial(shell: string): boolean {
  return commandLines(shell)
    .flatMap((line) => line.split(/&&|\|\||;|\|/))
    .map((command) => command.trim())
    .every(
      (command) =>
        command === '' ||
        /^(?:echo|printf|true|:|exit(?: \d+)?|sleep|cd|set|export|ls|pwd|cat|date|env|noop|Write-(?:Host|Output)|node -v|node --version)(?:\s|$)/.test(
          command,
        ),
    )
}

/** Quotes and backslashes inside words do not change what a shell runs: `tr''ue` is `true`. */
function asShellReads(shell: string): string {
  const joined = shell.slice(0, textCharsMax).replaceAll('\r\n', '\n').replaceAll('\\\n', '')
  return joined.replaceAll(/["'\\]/g, '').replaceAll(/[ \t]{1,1000}/g, ' ')
}
