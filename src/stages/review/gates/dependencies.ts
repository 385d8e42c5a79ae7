/** Gate: no name enters the dependencies that the repository did not know. A registry also holds squatted names. */
import type { FileChange } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import type { RepositoryFiles } from '../../../playbook.ts'
import { baseName, isLockFile } from './file-kinds.ts'
import { block, countOf, type Gate } from './gate.ts'
import { type DiffLine, scannedLines } from './line-diff.ts'

/** More manifests are a very large monorepo; the nearest ones come first. */
const knownFilesMax = 40

export const dependencies: Gate = {
  name: 'dependencies',
  title: 'New dependencies',
  async inspect({ patch, files }) {
    const manifests = patch.changes.filter(({ path, after }) => after !== null && manifestOf(path) !== null)
    const locks = patch.changes.filter(({ path, after }) => after !== null && isLockFile(path))
    const findings = locks.flatMap(foreignHosts)
    if (manifests.length > 0) {
      const known = await knownTexts(files)
      findings.push(...manifests.flatMap((change) => inspectManifest(change, known)))
    }
    return { findings, lookedAt: `${countOf(manifests, 'manifest')}, ${countOf(locks, 'lock file')}` }
  },
}

interface Named {
  readonly name: string
  readonly source: string
  readonly line: number | null
}

type ManifestReader = (change: FileChange) => Named[]

function manifestOf(path: string): ManifestReader | null {
  const name = baseName(path)
  if (name === 'package.json' || name === 'composer.json') return jsonManifest
  if (/^(?:requirements|constraints)[^/]*\.(?:txt|in)$/.test(name)) return requirements
  if (/^(?:pyproject\.toml|pipfile|cargo\.toml|setup\.(?:cfg|py)|environment\.ya?ml)$/.test(name))
    return quotedOrKeyed
  if (/^(?:go\.mod|gemfile|[^/]+\.gemspec|mix\.exs)$/.test(name)) return quotedOrKeyed
  return null
}

const dependencyFields = [
  'dependencies',
  'devDependencies',
  'optionalDependencies',
  'peerDependencies',
  'require',
  'require-dev',
  'overrides',
  'resolutions',
]

function jsonManifest({ before, after }: FileChange): Named[] {
  const old = jsonNames(before)
  return [...jsonNames(after)]
    .filter(([name, source]) => old.get(name) !== source)
    .map(([name, source]) => ({
      name: old.has(name) ? '' : name,
      source,
      line: lineOf(after ?? '', `"${name}"`),
    }))
}

function jsonNames(text: string | null): Map<string, string> {
  try {
    const root = JSON.parse(text ?? '{}') as Record<string, unknown>
    const fields = dependencyFields
      .map((field) => root[field])
      .filter((field) => typeof field === 'object' && field !== null)
    return new Map(
      fields.flatMap((field) =>
        Object.entries(field ?? {}).map(([name, source]): [string, string] => [name, String(source)]),
      ),
    )
  } catch {
    return new Map()
  }
}

function lineOf(text: string, part: string): number | null {
  const index = text.split('\n').findIndex((line) => line.includes(part))
  return index < 0 ? null : index + 1
}

function requirements(change: FileChange): Named[] {
  return scannedLines(change).flatMap(({ text, line }) => {
    const words = text.split('#')[0]?.trim() ?? ''
    if (words === '') return []
    if (/^-|:\/\/|@\s/.test(words)) return [{ name: '', source: words, line }]
    const name = /^(?<name>[A-Za-z0-9][\w.-]{0,100})/.exec(words)?.groups?.name
    return name === undefined ? [] : [{ name, source: '', line }]
  })
}

const keyed =
  /^\s{0,20}(?:require\s{1,4})?["']?(?<name>[A-Za-z0-9@][\w.@/-]{1,150})["']?\s{0,4}(?:=\s{0,4}(?:["'{])|v[0-9])/
const quoted =
  /^\s{0,40}(?:gem\s{1,4}|\{:|-\s{1,4}|s\.add_\w{1,30}\s{1,4}|(?:dependencies|requires)\s{0,4}=\s{0,4}\[\s{0,4})?["':]?(?<name>[A-Za-z0-9][\w.-]{1,100})(?:\[[\w,-]{1,60}\])?\s{0,4}(?:[<>=~!^]{1,3}[^"']{0,60})?["']?\s{0,4},?\s{0,4}\]?\s{0,4}$/

/** Words that are keys of the manifest itself. */
const manifestWords =
  /^(?:name|version|description|readme|authors?|license|edition|rust-version|path|python|requires-python|requires|build-backend|dependencies|dev-dependencies|module|go|toolchain|source|ruby|default|features|optional|workspace|members|package|project|keywords|classifiers|homepage|repository|documentation|include|exclude|packages|scripts|line-length|target-version|select|ignore|testpaths|addopts)$/i

function quotedOrKeyed(change: FileChange): Named[] {
  return scannedLines(change).flatMap(({ text, line }: DiffLine) => {
    const name = keyed.exec(text)?.groups?.name ?? quoted.exec(text)?.groups?.name
    const isForeign =
      /:\/\/|\bgit\s{0,4}=|\bgit\+|\breplace\b.{0,200}=>/.test(text) &&
      !/^\s{0,20}(?:homepage|repository|documentation|url|source)\b/i.test(text)
    if (isForeign) return [{ name: '', source: text.trim(), line }]
    return name === undefined || manifestWords.test(name) ? [] : [{ name, source: '', line }]
  })
}

/** The texts of all manifests and lock files at the failing commit. */
async function knownTexts(files: RepositoryFiles): Promise<string> {
  const paths = (await files.list())
    .filter((path) => isLockFile(path) || manifestOf(path) !== null)
    .sort((left, right) => left.split('/').length - right.split('/').length)
  const texts = await Promise.all(paths.slice(0, knownFilesMax).map((path) => files.read(path)))
  return texts.join('\n').toLowerCase()
}

function inspectManifest(change: FileChange, known: string): Finding[] {
  const read = manifestOf(change.path)
  return (read?.(change) ?? []).flatMap(({ name, source, line }) => {
    if (isForeignSource(source)) return [foreignSource(change.path, line)]
    return name === '' || holdsWord(known, name) ? [] : [unknownName(change.path, line, name)]
  })
}

function isForeignSource(source: string): boolean {
  return /:\/\/|^(?:git|github|gitlab|bitbucket|file|link|npm):|^[\w.-]{1,100}\/[\w.-]{1,100}(?:#|$)|^(?:-e|--(?:extra-)?index-url|-i|--find-links|-f)\b|\s@\s|\bgit\s{0,4}=/.test(
    source,
  )
}

/** The name as a word of its own: `lodash` does not make `lodahs` known, nor `react` `react-evil`. */
function holdsWord(known: string, name: string): boolean {
  const word = name.toLowerCase()
  for (const spelled of new Set([word, word.replaceAll('_', '-'), word.replaceAll('-', '_')])) {
    for (let at = known.indexOf(spelled); at >= 0; at = known.indexOf(spelled, at + 1)) {
      if (!/[\w-]/.test(known[at - 1] ?? ' ') && !/[\w-]/.test(known[at + spelled.length] ?? ' ')) return true
    }
  }
  return false
}

function unknownName(path: string, line: number | null, name: string): Finding {
  const message =
    `\`${name.replaceAll('`', "'").slice(0, 100)}\` is in no lock file and no other manifest of the repository. ` +
    'That a registry has the name proves nothing: squatters register names that tools invent. ' +
    'Use what is installed, or let a person add the dependency.'
  return block('dependency/unknown-name', path, line, message)
}

function foreignSource(path: string, line: number | null): Finding {
  const message =
    'A dependency would come from an address or a folder instead of the registry. What it serves can change at any time, and no lock protects it. ' +
    'Take a released version from the registry in use.'
  return block('dependency/foreign-source', path, line, message)
}

const commonHosts = [
  'registry.npmjs.org',
  'registry.yarnpkg.com',
  'pypi.org',
  'files.pythonhosted.org',
  'crates.io',
  'index.crates.io',
  'static.crates.io',
  'rubygems.org',
  'repo.packagist.org',
  'api.github.com',
  'codeload.github.com',
]

function foreignHosts(change: FileChange): Finding[] {
  const before = (change.before ?? '').toLowerCase()
  const found = (change.after ?? '')
    .slice(0, 1_048_576)
    .matchAll(/[a-z+]{2,10}:\/\/(?:[^\s/@"']{1,100}@)?(?<host>[\w.-]{1,200})/gi)
  const hosts = new Set([...found].map((match) => (match.groups?.host ?? '').toLowerCase()))
  const isNew = (host: string) => !before.includes(`//${host}`) && !before.includes(`@${host}`)
  const isCommon = (host: string) => change.before === null && commonHosts.includes(host)
  return [...hosts]
    .filter((host) => isNew(host) && !isCommon(host))
    .slice(0, 3)
    .map((host) => {
      const message =
        `The lock file would load packages from \`${host.slice(0, 100)}\`, which it did not name before. Another host can serve other code under the same name. ` +
        'Make the lock file with the registry in use.'
      return block('dependency/foreign-host', change.path, lineOf(change.after ?? '', host), message)
    })
}
