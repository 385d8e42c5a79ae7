/** What kind of file a path names. All answers come from the path alone. */

const lockFileNames = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'pipfile.lock',
  'pixi.lock',
  'cargo.lock',
  'go.sum',
  'gemfile.lock',
  'composer.lock',
  'mix.lock',
  'packages.lock.json',
  'gradle.lockfile',
  'package.resolved',
  'podfile.lock',
  'pubspec.lock',
  'flake.lock',
  '.terraform.lock.hcl',
])

const testFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'spec',
  'specs',
  'e2e',
  'cypress',
  'testing',
  'androidtest',
])

const testNames = [
  /\.(?:test|tests|spec|cy|e2e)\.[a-z]{1,4}$/,
  /^test_[^/]{1,200}\.py$/,
  /_(?:test|tests|spec)\.[a-z]{1,4}$/,
  /(?:test|tests|spec|testcase)\.(?:java|kt|kts|scala|cs|fs|vb|php|swift|groovy)$/,
  /^(?:conftest\.py|test\.[cm]?[jt]sx?|tests\.py)$/,
]

const sourceExtension =
  /\.(?:[cm]?[jt]sx?|vue|svelte|astro|py|pyi|ipynb|rb|rake|go|rs|java|kt|kts|scala|groovy|gradle|cs|fs|vb|php|swift|m|mm|c|h|cc|cpp|cxx|hpp|ex|exs|erl|dart|lua|pl|pm|r|jl|sh|bash|zsh|ksh|fish|ps1|bat|cmd)$/i

/** The last part of a path, in small letters. */
export function baseName(path: string): string {
  return (path.split('/').at(-1) ?? path).toLowerCase()
}

export function isLockFile(path: string): boolean {
  return lockFileNames.has(baseName(path))
}

export function isWorkflowFile(path: string): boolean {
  return /^\.github\/workflows\/[^/]+\.ya?ml$/i.test(path)
}

/** An action's own definition: its steps are workflow steps. */
export function isActionFile(path: string): boolean {
  return /^(?:.*\/)?action\.ya?ml$/i.test(path)
}

export function isDockerfile(path: string): boolean {
  const name = baseName(path)
  return /^(?:docker|container)file(?:[.-][^/]*)?$/.test(name) || /\.(?:docker|container)file$/.test(name)
    ? !name.endsWith('.dockerignore')
    : false
}

/** True for a file that holds tests, by the conventions of the common test runners. */
export function isTestFile(path: string): boolean {
  const folders = path.toLowerCase().split('/').slice(0, -1)
  return (
    folders.some((folder) => testFolders.has(folder)) || testNames.some((name) => name.test(baseName(path)))
  )
}

/** A recorded expectation: a snapshot, a golden file, an approved output. */
export function isExpectationFile(path: string): boolean {
  return (
    /\.(?:snap|approved\.[a-z]+|golden|ambr)$/i.test(path) ||
    /(?:^|\/)(?:__snapshots__|snapshots|golden|testdata)\//i.test(path)
  )
}

export function isSourceFile(path: string): boolean {
  return sourceExtension.test(path)
}

/** A file whose lines a shell or a task runner runs. */
export function isScriptFile(path: string): boolean {
  const name = baseName(path)
  return (
    /\.(?:sh|bash|zsh|ksh|fish|mk|make|ps1|bat|cmd|bats)$/.test(name) ||
    /^(?:makefile|gnumakefile|justfile|\.justfile|taskfile\.ya?ml|tox\.ini|noxfile\.py|rakefile|jenkinsfile|procfile|package\.json|composer\.json|deno\.jsonc?|pyproject\.toml|lefthook\.ya?ml|\.pre-commit-config\.ya?ml)$/.test(
      name,
    ) ||
    isDockerfile(path)
  )
}

/** Prose: what it says is not run. */
export function isProse(path: string): boolean {
  return (
    /\.(?:md|mdx|markdown|rst|adoc|txt)$/i.test(path) &&
    !/(?:^|\/)(?:requirements|constraints)[^/]*\.txt$/i.test(path)
  )
}
