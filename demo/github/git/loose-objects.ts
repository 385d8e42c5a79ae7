/** Reads and writes git objects without starting git, which costs more than the object. */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { deflateSync, inflate } from 'node:zlib'

export interface GitObject {
  type: 'blob' | 'tree' | 'commit' | 'tag'
  content: Buffer
}

/** Reads an object that is a file of its own; undefined when it is packed or not there. */
export async function readLooseObject(directory: string, sha: string): Promise<GitObject | undefined> {
  const file = await readFile(pathOf(directory, sha)).catch(() => undefined)
  if (!file) return undefined
  const bytes = await promisify(inflate)(file)
  const end = bytes.indexOf(0)
  const [type] = bytes.subarray(0, end).toString().split(' ') as [GitObject['type']]
  return { type, content: bytes.subarray(end + 1) }
}

function pathOf(directory: string, sha: string): string {
  return join(directory, 'objects', sha.slice(0, 2), sha.slice(2))
}

/** Stores an object in a bare repository and gives its sha. */
export async function writeLooseObject(directory: string, { type, content }: GitObject): Promise<string> {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const sha = createHash('sha1').update(bytes).digest('hex')
  const path = pathOf(directory, sha)
  if (existsSync(path)) return sha
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${randomUUID()}`
  await writeFile(unfinished, deflateSync(bytes), { mode: 0o444 })
  await rename(unfinished, path)
  return sha
}
