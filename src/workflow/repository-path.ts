/** Paths as a workflow writes them, brought to the form in which git lists them. */

/**
 * The path relative to the repository's root, without `.` and with `/`; the root itself is the empty text.
 * Null when the path is absolute or leaves the repository.
 */
export function repositoryPath(...parts: readonly string[]): string | null {
  const names: string[] = []
  for (const part of parts) {
    if (part.startsWith('/') || part.includes('\\') || part.includes('\0')) return null
    for (const name of part.split('/')) {
      if (name === '..') {
        if (names.pop() === undefined) return null
      } else if (name !== '' && name !== '.') names.push(name)
    }
  }
  return names.join('/')
}

/** The folder of a path; the root is the empty text. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}

/** The last name of a path. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The path below a folder, joined without a leading slash. */
export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}

/** The path relative to the folder, or null when it lies elsewhere. */
export function pathWithin(folder: string, path: string): string | null {
  if (folder === '') return path
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : null
}
