/** Names of refs and where they point. */
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { git, gitText, gitTextIfAny } from './git.ts'

export interface Ref {
  name: string
  sha: string
  type: string
}

export const zeroSha = '0'.repeat(40)

/** Whether a text can stand in a git revision without meaning anything but a name. */
export function isPlainRevision(text: string): boolean {
  return text.length < 256 && !/^[-/]|\.\.|@\{|[\x00-\x20~^:?*[\\\x7f]|\/\/|\.lock$|\/$/.test(text)
}

/** The commit that a branch, a tag, a full ref or a sha names, or undefined. */
export async function resolveCommit(directory: string, name: string): Promise<string | undefined> {
  if (!isPlainRevision(name)) return undefined
  const branch = await readRef(directory, `refs/heads/${name}`)
  if (branch) return branch.sha
  for (const candidate of [`refs/tags/${name}`, name]) {
    if (candidate === name && !/^refs\/|^[0-9a-f]{7,40}$|^HEAD$/.test(name)) continue
    const sha = await gitTextIfAny(directory, ['rev-parse', '--verify', '--quiet', `${candidate}^{commit}`])
    if (sha) return sha
  }
  return undefined
}

/** The ref of exactly this full name, or undefined. */
export async function readRef(directory: string, name: string): Promise<Ref | undefined> {
  if (
    !/^refs\/(heads|pull)\//.test(name) ||
    !isPlainRevision(name) ||
    existsSync(join(directory, 'packed-refs'))
  ) {
    return (await listRefs(directory, name)).find((ref) => ref.name === name)
  }
  return readBranchFile(directory, name)
}

/** A branch that is not packed is a file that holds its sha. */
async function readBranchFile(directory: string, name: string): Promise<Ref | undefined> {
  const sha = (await readFile(join(directory, name), 'utf8').catch(() => '')).trim()
  return /^[0-9a-f]{40}$/.test(sha) ? { name, sha, type: 'commit' } : undefined
}

/** All refs whose full name starts with the prefix. */
export async function listRefs(directory: string, prefix = 'refs/'): Promise<Ref[]> {
  const format = '--format=%(refname) %(objectname) %(objecttype)'
  const output = await gitText(directory, ['for-each-ref', format])
  return output
    .split('\n')
    .filter((line) => line.startsWith(prefix))
    .map((line) => {
      const [name, sha, type] = line.split(' ') as [string, string, string]
      return { name, sha, type }
    })
}

/** Points a ref at a commit; with `zeroSha` the ref is removed. */
export async function writeRef(directory: string, name: string, sha: string): Promise<void> {
  if (existsSync(join(directory, 'packed-refs')) || !isPlainRevision(name)) {
    await git(directory, sha === zeroSha ? ['update-ref', '-d', name] : ['update-ref', name, sha])
  } else if (sha === zeroSha) await rm(join(directory, name), { force: true })
  else await replaceFile(join(directory, name), `${sha}\n`)
}

async function replaceFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${randomUUID()}.lock`
  await writeFile(unfinished, content)
  await rename(unfinished, path)
}
