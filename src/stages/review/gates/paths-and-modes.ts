/** Gate: the patch changes regular files under honest names, as they stand, with unchanged modes. */
import type { Evidence } from '../../../domain/evidence.ts'
import type { FileChange, Patch } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import type { RepositoryFiles } from '../../../playbook.ts'
import { showHidden } from '../../../report/visible-text.ts'
import { block, countOf, type Gate } from './gate.ts'
import { lineDiff } from './line-diff.ts'
import { canonicalPath, pathProblems } from './path-spelling.ts'
import { protectionOf } from './protected-paths.ts'

export const pathsAndModes: Gate = {
  name: 'paths-and-modes',
  title: 'Paths and modes',
  async inspect({ patch, evidence, files }) {
    const tree = treeOf(evidence)
    const findings = patch.changes.flatMap((change) => [
      ...spelling(change, tree),
      ...protection(change, patch),
      ...modes(change, patch, tree),
      ...links(change, tree),
    ])
    findings.push(...collisions(patch.changes, tree))
    for (const change of patch.changes) findings.push(...(await staleness(change, tree, files)))
    return { findings, lookedAt: `${countOf(patch.changes)} against ${tree.modes.size} entries of the tree` }
  },
}

interface Tree {
  readonly modes: ReadonlyMap<string, string>
  readonly folders: ReadonlySet<string>
  readonly byCanonicalPath: ReadonlyMap<string, string>
}

function treeOf({ tree }: Evidence): Tree {
  const modes = new Map(tree.map(({ path, mode }) => [path, mode]))
  const folders = new Set(tree.flatMap(({ path }) => parentsOf(path)))
  const byCanonicalPath = new Map<string, string>()
  for (const path of [...modes.keys(), ...folders]) byCanonicalPath.set(canonicalPath(path), path)
  return { modes, folders, byCanonicalPath }
}

/** `a/b/c.ts` has the parents `a` and `a/b`. */
function parentsOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1)
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'))
}

function spelling({ path, before }: FileChange, tree: Tree): Finding[] {
  const isKnown = before !== null && tree.modes.has(path)
  return pathProblems(path)
    .filter(({ code }) => !(isKnown && (code === 'path/mixed-script' || code === 'path/too-long')))
    .map(({ code, what }) =>
      block(
        code,
        path,
        null,
        `\`${shown(path)}\`: ${what}. Such a name can write outside the repository or hide what it is. ` +
          'Use a plain relative path with `/` between its parts.',
      ),
    )
}

function protection(change: FileChange, patch: Patch): Finding[] {
  const { path } = change
  if (path.endsWith('.gitattributes') && addsFilter(change)) return [filter(path)]
  const found = protectionOf(canonicalPath(path), patch.author)
  if (!found) return []
  const author =
    patch.author.kind === 'agents' ? `the ${patch.author.role}` : `the playbook ${patch.author.name}`
  const message =
    `\`${shown(path)}\` is ${found.kind}, which ${author} may not change. ` +
    `Such a file decides what runs with the repository’s rights. It is open to ${found.open}. ` +
    'Mend the cause elsewhere, or leave this change to a person.'
  return [block(found.code, path, null, message)]
}

/** Filters, diff and merge drivers run a program whenever git touches the file. */
function addsFilter(change: FileChange): boolean {
  return lineDiff(change).added.some(({ text }) =>
    /\s(?:filter|diff|merge|ident|working-tree-encoding|export-subst)\b/.test(text.slice(0, 2_000)),
  )
}

function filter(path: string): Finding {
  const message =
    `\`${shown(path)}\` would name a filter or a driver. Git then runs a program for files that look harmless. ` +
    'Set only `text` and `eol`.'
  return block('protected/git-file', path, null, message)
}

function modes(change: FileChange, patch: Patch, tree: Tree): Finding[] {
  const before = tree.modes.get(change.path)
  if (change.after === null) return []
  if (before === undefined) return newMode(change)
  if (before === change.mode || !before.startsWith('100')) return []
  if (patch.author.kind === 'playbook' && isScriptMadeExecutable(change, before)) return []
  const message =
    `The mode of \`${shown(change.path)}\` would change from ${before} to ${change.mode}. ` +
    'A mode decides whether a file runs, and no reader sees it in the text. Keep the mode as it is.'
  return [block('path/mode-changed', change.path, null, message)]
}

function newMode({ path, mode, after }: FileChange): Finding[] {
  if (mode === '100644' || after?.startsWith('#!')) return []
  const message =
    `\`${shown(path)}\` would be created executable, but is no script. ` +
    'Only a file with a `#!` line needs that mode. Create it with mode 100644.'
  return [block('path/mode-changed', path, null, message)]
}

/** The one right fix of a script without its bit: the same text, and a `#!` line. */
function isScriptMadeExecutable({ mode, before, after }: FileChange, treeMode: string): boolean {
  return treeMode === '100644' && mode === '100755' && before === after && (after?.startsWith('#!') ?? false)
}

function links({ path }: FileChange, tree: Tree): Finding[] {
  return [path, ...parentsOf(path)].flatMap((part) => {
    const mode = tree.modes.get(part) ?? tree.modes.get(tree.byCanonicalPath.get(canonicalPath(part)) ?? '')
    if (mode === '120000') return [link('path/symbolic-link', path, part, 'a symbolic link')]
    if (mode === '160000') return [link('path/submodule', path, part, 'a submodule')]
    return []
  })
}

function link(code: string, path: string, part: string, kind: string): Finding {
  const message =
    `\`${shown(part)}\` is ${kind}. Writing through it changes something other than what the patch shows. ` +
    'Change the file that it points to, under its own path.'
  return block(code, path, null, message)
}

function collisions(changes: readonly FileChange[], tree: Tree): Finding[] {
  const seen = new Map<string, string>()
  const paths = new Set<string>()
  return changes.flatMap((change) => {
    if (paths.has(change.path)) return [collision(change.path, change.path, 'the patch')]
    paths.add(change.path)
    // A deletion and a creation that differ in case are a rename: one name is left.
    if (change.after === null) return []
    const canonical = canonicalPath(change.path)
    const earlier = seen.get(canonical)
    seen.set(canonical, change.path)
    if (earlier !== undefined) return [collision(change.path, earlier, 'the patch')]
    return change.before === null ? collisionsWithTree(change.path, tree, changes) : []
  })
}

function collisionsWithTree(path: string, tree: Tree, changes: readonly FileChange[]): Finding[] {
  const deleted = new Set(changes.filter(({ after }) => after === null).map((change) => change.path))
  if (tree.folders.has(path)) return [collision(path, path, 'the tree (as a folder)')]
  const parentFile = parentsOf(path).find((parent) => tree.modes.get(parent)?.startsWith('100'))
  if (parentFile !== undefined) return [collision(path, parentFile, 'the tree (as a file)')]
  for (const part of [path, ...parentsOf(path)]) {
    const other = tree.byCanonicalPath.get(canonicalPath(part))
    if (other !== undefined && other !== part && !deleted.has(other) && !tree.folders.has(part)) {
      return [collision(path, other, 'the tree')]
    }
  }
  return []
}

function collision(path: string, other: string, where: string): Finding {
  const message =
    `\`${shown(path)}\` and \`${shown(other)}\` in ${where} are one name where case or form does not count. ` +
    'On such a machine one overwrites the other. Give the file a name of its own.'
  return block('path/case-collision', path, null, message)
}

async function staleness(change: FileChange, tree: Tree, files: RepositoryFiles): Promise<Finding[]> {
  const mode = tree.modes.get(change.path)
  if (mode === '120000' || mode === '160000') return []
  const current = await files.read(change.path)
  const exists = current !== null || mode !== undefined
  if (change.before === current && (change.before !== null || !exists)) return []
  const message =
    `The text of \`${shown(change.path)}\` before the change is not the text at the failing commit. ` +
    'A patch against another state may undo somebody’s work. Draw it again from the failing commit.'
  return [block('path/stale', change.path, null, message)]
}

function shown(path: string): string {
  return showHidden(path.slice(0, 300)).replaceAll('`', "'").replaceAll('\n', '\\n')
}
