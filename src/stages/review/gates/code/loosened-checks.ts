/** Finds settings that ask less of the code: lower thresholds, less strictness, more exclusions, emptied scripts. */
import type { FileChange } from '../../../../domain/patch.ts'
import type { Finding } from '../../../../domain/verdict.ts'
import { baseName, isLockFile, isProse, isScriptFile } from '../file-kinds.ts'
import { block } from '../gate.ts'
import { type DiffLine, scannedLines, scannedRemovedLines, splitLines } from '../line-diff.ts'
import { isTrivial, newHiddenErrors } from '../shell-workarounds.ts'

const settingsFile =
  /^(?:[^/]*(?:jest|vitest|vite|next|nuxt|karma|mocharc|nycrc|c8rc|cypress|playwright|eslint|oxlint|biome|stylelint|tsconfig|jsconfig|tslint|prettier|ruff|mypy|pyright|pytest|flake8|pylint|coverage|codecov|sonar|phpunit|phpstan|psalm|phpcs|rubocop|simplecov|golangci|clippy|rustfmt|checkstyle|pmd|detekt|jacoco|spotbugs|hadolint|trivy|semgrep|tox|setup|pyproject|package|composer|cargo|pom|build\.gradle)[^/]*|\.[a-z]+ignore|\.coveragerc|\.editorconfig)$/

const ignoreFile =
  /^\.(?:eslint|prettier|stylelint|test|nyc|trivy|semgrep|gitleaks|snyk|bandit|jest|lint)ignore$|^\.(?:gitleaksignore|trivyignore|eslintignore)$/

const threshold =
  /(?<name>\b(?:branches|functions|lines|statements|threshold|fail[_-]under|cov-fail-under|minimum|min[_-]coverage|target|min[_-]score|minMsi|minCoveredMsi|max-warnings|level)\b)["']?\s{0,3}[:=\s]\s{0,3}["']?(?<value>-?[0-9]{1,3}(?:\.[0-9]{1,4})?)/i

const looser: readonly RegExp[] = [
  /["']?(?:strict|noImplicitAny|strictNullChecks|strictFunctionTypes|noUncheckedIndexedAccess|exactOptionalPropertyTypes|noUnused(?:Locals|Parameters)|noImplicitReturns|checkJs|forceConsistentCasingInFileNames|failOnWarning|failOnRisky|error_on_warning|disallow_untyped_defs|warn_unused_ignores|warn_return_any|check_untyped_defs|typeCheckingMode)["']?\s{0,3}[:=]\s{0,3}["']?(?:false|False|0|off|no)\b/,
  /["']?(?:skipLibCheck|passWithNoTests|noEmitOnError|ignore_missing_imports|ignore_errors|suppressImplicitAnyIndexErrors|ignoreDeprecations|ignoreBuildErrors|ignoreDuringBuilds|bail_on_error|ignoreFailures|testFailureIgnore|maven\.test\.failure\.ignore|failOnError|skipTests|isIgnoreExitValue|allow_failure)["']?\s{0,3}[:=>(]\s{0,3}["']?(?:true|True|1|yes)\b/,
  /["']?[\w@/-]{2,80}["']?\s{0,3}:\s{0,3}\[?\s{0,3}["'](?:off|warn)["']|["']?[\w@/-]{2,80}["']?\s{0,3}:\s{0,3}0\s{0,3},?\s{0,3}$/,
]

const exclusion =
  /\b(?:testPathIgnorePatterns|modulePathIgnorePatterns|coveragePathIgnorePatterns|ignorePatterns|ignores|norecursedirs|collect_ignore|collect_ignore_glob|extend[_-]exclude|per-file-ignores|extend-ignore|addopts[^\n]{0,60}(?:--ignore|--deselect|-k)|--ignore=|--ignore-glob|--deselect|--exclude|omit|excludedGroups|excludeTags|testIgnore|exclude_lines|exclude|ignore)\b["']?\s{0,3}[:=[ ]/

/** Findings for one change of a settings file, a manifest or a script. */
export function loosenedChecks(change: FileChange): Finding[] {
  if (isLockFile(change.path) || isProse(change.path)) return []
  const name = baseName(change.path)
  const settings = settingsFile.test(name)
    ? [...lowerThresholds(change), ...looserSettings(change), ...exclusions(change)]
    : []
  const scripts = name === 'package.json' || name === 'composer.json' ? packageScripts(change) : []
  return [...settings, ...scripts, ...hiddenErrorsInScripts(change)]
}

function lowerThresholds(change: FileChange): Finding[] {
  const before = thresholds(scannedRemovedLines(change))
  const after = thresholds(scannedLines(change))
  const gone = [...before].filter(
    ([name, { values }]) => (after.get(name)?.values.length ?? 0) < values.length && name !== 'level',
  )
  const lower = [...after].filter(([name, { values }]) =>
    isLower(name, before.get(name)?.values ?? [], values),
  )
  return [...lower, ...gone].slice(0, 1).map(([name, { line }]) => {
    const message =
      `The threshold \`${name}\` would fall or go. The run turns green because less is asked of the code. ` +
      'Keep the threshold, and add the tests or the repair that reach it.'
    return block('code/threshold-lowered', change.path, line, message)
  })
}

function thresholds(lines: readonly DiffLine[]): Map<string, { values: number[]; line: number }> {
  const found = new Map<string, { values: number[]; line: number }>()
  for (const { text, line } of lines) {
    const match = threshold.exec(text)
    if (!match?.groups?.name) continue
    const name = match.groups.name.toLowerCase()
    const entry = found.get(name) ?? { values: [], line }
    entry.values.push(Number(match.groups.value))
    found.set(name, entry)
  }
  return found
}

/** Most thresholds are a least value; a number of allowed warnings is a most. */
function isLower(name: string, before: readonly number[], after: readonly number[]): boolean {
  if (before.length === 0) return false
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  return name === 'max-warnings' ? sum(after) > sum(before) : sum(after) < sum(before)
}

function looserSettings(change: FileChange): Finding[] {
  const old = new Set(scannedRemovedLines(change).map(({ text }) => text.trim()))
  const line = scannedLines(change).find(
    ({ text }) => !old.has(text.trim()) && looser.some((pattern) => pattern.test(text)),
  )
  const lost = scannedRemovedLines(change).find(({ text }) =>
    /["']?strict["']?\s{0,3}[:=]\s{0,3}(?:true|True)\b/.test(text),
  )
  const stays = /["']?strict["']?\s{0,3}[:=]\s{0,3}(?:true|True)\b/.test(
    scannedLines(change)
      .map(({ text }) => text)
      .join('\n'),
  )
  const at = line ?? (lost && !stays ? lost : undefined)
  if (!at) return []
  const message =
    'A check would become less strict. The run turns green because less is asked of the code. ' +
    'Keep the setting, and mend what the check finds.'
  return [block('code/check-loosened', change.path, at.line, message)]
}

function exclusions(change: FileChange): Finding[] {
  const isIgnoreFile = ignoreFile.test(baseName(change.path))
  const lines = scannedLines(change)
  const line = isIgnoreFile
    ? lines.find(({ text }) => text.trim() !== '' && !text.startsWith('#') && !text.startsWith('!'))
    : lines.find(
        ({ text }) =>
          exclusion.test(text) &&
          !/["']?exclude["']?\s{0,3}:\s{0,3}\[\s{0,3}["']node_modules["']\s{0,3}\]/.test(text),
      )
  if (!line) return []
  const message =
    'Files or tests would be left out of a check. What they hold is checked no more, and the run turns green without a repair. ' +
    'Keep them in, and mend what the check finds.'
  return [block('code/checks-excluded', change.path, line.line, message)]
}

function packageScripts(change: FileChange): Finding[] {
  const before = scriptsOf(change.before)
  const after = scriptsOf(change.after)
  return [...before]
    .flatMap(([name, command]) => {
      const fresh = after.get(name)
      if (fresh === undefined) return change.after === null ? [] : [scriptEmptied(change, name, 'go')]
      return !isTrivial(command) && isTrivial(fresh) ? [scriptEmptied(change, name, 'do nothing')] : []
    })
    .concat(installHooks(change, before, after), trivialNewScripts(change, before, after))
}

function scriptsOf(text: string | null): Map<string, string> {
  try {
    const { scripts } = JSON.parse(text ?? '{}') as { scripts?: Record<string, unknown> }
    const entries = Object.entries(scripts ?? {}).map(([name, value]): [string, string] => [
      name,
      Array.isArray(value) ? value.join('\n') : String(value),
    ])
    return new Map(entries)
  } catch {
    return new Map()
  }
}

function scriptEmptied({ path, after }: FileChange, name: string, how: string): Finding {
  const line = splitLines(after).findIndex((each) => each.includes(`"${name}"`)) + 1
  const message =
    `The script \`${name.replaceAll('`', "'").slice(0, 60)}\` would ${how}. CI calls it by its name and then checks nothing. ` +
    'Keep the script, and mend what makes it fail.'
  return block('code/script-emptied', path, line > 0 ? line : null, message)
}

function trivialNewScripts(
  change: FileChange,
  before: Map<string, string>,
  after: Map<string, string>,
): Finding[] {
  return [...after]
    .filter(
      ([name, command]) =>
        !before.has(name) &&
        /^(?:test|lint|check|type|build|verify|format|e2e|ci)/.test(name) &&
        isTrivial(command),
    )
    .map(([name]) => scriptEmptied(change, name, 'do nothing'))
}

const installHookNames = new Set([
  'preinstall',
  'install',
  'postinstall',
  'prepare',
  'prepublish',
  'preprepare',
  'postprepare',
  'post-install-cmd',
  'post-update-cmd',
])

function installHooks(
  { path }: FileChange,
  before: Map<string, string>,
  after: Map<string, string>,
): Finding[] {
  return [...after]
    .filter(([name, command]) => installHookNames.has(name) && before.get(name) !== command)
    .map(([name]) => {
      const message =
        `The script \`${name}\` would be new or other. It runs on every installation, on every machine, without being asked for. ` +
        'Call the command where it is needed.'
      return block('code/install-hook', path, null, message)
    })
}

/** Kinds of hidden errors, as codes of this gate. */
const codes = {
  ignored: 'code/error-ignored',
  'strict-mode-off': 'code/error-ignored',
  'check-skipped': 'code/check-skipped',
  forced: 'code/check-forced',
} as const

function hiddenErrorsInScripts(change: FileChange): Finding[] {
  if (!isScriptFile(change.path)) return []
  const added = scannedLines(change)
  const removed = scannedRemovedLines(change)
    .map(({ text }) => shellOf(text))
    .join('\n')
  const found = newHiddenErrors(removed, added.map(({ text }) => shellOf(text)).join('\n'))
  const prefixed = /(?:^|\/)(?:gnu)?makefile$|\.mk$/i.test(change.path)
    ? added.find(({ text }) => /^\t[@+]{0,2}-|^\.IGNORE\b/.test(text))
    : undefined
  return [
    ...found.map(({ kind, excerpt }) =>
      hiddenError(codes[kind], change.path, lineWith(added, excerpt), excerpt),
    ),
    ...(prefixed
      ? [hiddenError('code/error-ignored', change.path, prefixed.line, prefixed.text.trim())]
      : []),
  ]
}

/** In JSON a command ends before its closing quote: `"test": "jest || true",`. */
function shellOf(text: string): string {
  return text.replace(/["'],?\s{0,9}$/, '')
}

function lineWith(lines: readonly DiffLine[], excerpt: string): number | null {
  const words = excerpt.replaceAll(/\s/g, '')
  return (
    lines.find(({ text }) => text.replaceAll(/["'\\\s]/g, '').includes(words))?.line ?? lines[0]?.line ?? null
  )
}

function hiddenError(code: string, path: string, line: number | null, excerpt: string): Finding {
  const message =
    `The command would get \`${excerpt.replaceAll('`', "'").slice(0, 80)}\`. A failure or a check then no longer counts, and CI is green over it. ` +
    'Let the command fail, and mend why it does.'
  return block(code, path, line, message)
}
