/** How a path may be spelled: what git, Windows and macOS would read differently is refused. */
import { dropHidden, hiddenCharacters } from '../../../report/visible-text.ts'

/** Git itself allows more, but Windows and many tools fail at 260 characters. */
const pathCharsMax = 250

export interface PathProblem {
  readonly code: string
  readonly what: string
}

const reservedNames = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/

/**
 * The path as a careless file system may read it: compatibility forms composed, case folded,
 * invisible characters, streams (`:…`), trailing dots and spaces gone. Protected paths are matched on this.
 */
export function canonicalPath(path: string): string {
  return path.replaceAll('\\', '/').split('/').map(canonicalSegment).join('/')
}

function canonicalSegment(segment: string): string {
  const folded = dropHidden(segment.normalize('NFKC')).normalize('NFKC').toLowerCase()
  const withoutStream = folded.split(':')[0] ?? folded
  return trimTail(withoutStream)
}

function trimTail(segment: string): string {
  if (segment === '.' || segment === '..') return segment
  let end = segment.length
  while (end > 0 && '. \t'.includes(segment[end - 1] ?? '')) end--
  return segment.slice(0, end)
}

/** Everything wrong with the spelling of one path. */
export function pathProblems(path: string): PathProblem[] {
  const checks = [
    wrongLength,
    wrongRoot,
    wrongSegments,
    gitDirectory,
    hiddenInPath,
    foreignSystem,
    mixedScripts,
  ]
  return checks.flatMap((check) => check(path) ?? [])
}

function wrongLength(path: string): PathProblem | null {
  if (path.length <= pathCharsMax) return null
  return {
    code: 'path/too-long',
    what: `the path has ${path.length} characters, ${pathCharsMax} are allowed`,
  }
}

function wrongRoot(path: string): PathProblem | null {
  const isAbsolute = /^(?:\/|~|[A-Za-z]:)/.test(path)
  return isAbsolute ? { code: 'path/absolute', what: 'the path does not start inside the repository' } : null
}

function wrongSegments(path: string): PathProblem | null {
  if (path.includes('\\')) {
    return { code: 'path/backslash', what: 'the path holds a backslash, which Windows reads as a folder' }
  }
  const segments = path.split('/')
  const leaves = segments.some((segment) => segment === '..' || trimTail(segment.normalize('NFKC')) === '')
  if (!leaves && !segments.includes('.')) return null
  if (path.startsWith('/') && !segments.slice(1).some((segment) => segment === '..' || segment === ''))
    return null
  return { code: 'path/traversal', what: 'the path holds an empty, `.` or `..` part' }
}

function gitDirectory(path: string): PathProblem | null {
  const segments = canonicalPath(path).split('/')
  const isGit = segments.some((segment) => segment === '.git' || /^\.?git~[0-9]+$/.test(segment))
  return isGit ? { code: 'path/git-directory', what: 'the path leads into git’s own folder' } : null
}

function hiddenInPath(path: string): PathProblem | null {
  const isHidden = hiddenCharacters(path).length > 0 || /[\t\n\u00a0\u2000-\u200a\u3000]/u.test(path)
  return isHidden
    ? { code: 'path/hidden-character', what: 'the path holds a character that nobody can see' }
    : null
}

function foreignSystem(path: string): PathProblem | null {
  const wrong = path.split('/').some((segment) => {
    const name = segment.toLowerCase()
    const hasTail = segment !== trimTail(segment) && segment !== '.' && segment !== '..'
    return reservedNames.test(name) || hasTail || /[<>:"|?*]/.test(segment) || /~[0-9]/.test(segment)
  })
  return wrong ? { code: 'path/reserved-name', what: 'Windows cannot hold a file of this name' } : null
}

function mixedScripts(path: string): PathProblem | null {
  const isMixed = path.split(/[/._-]/).some((word) => {
    const latin = /\p{Script=Latin}/u.test(word)
    return latin && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(word)
  })
  return isMixed ? { code: 'path/mixed-script', what: 'a name mixes Latin letters with look-alikes' } : null
}
