/** Writes git objects without starting git, which costs more than the object. */
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { deflateSync } from 'node:zlib'

/** Stores an object in a bare repository and gives its sha. */
export async function writeLooseObject(
  directory: string,
  type: 'blob' | 'commit',
  content: Buffer,
): Promise<string> {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content])
  const sha = createHash('sha1').update(bytes).digest('hex')
  const path = join(directory, 'objects', sha.slice(0, 2), sha.slice(2))
  if (existsSync(path)) return sha
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${randomUUID()}`
  await writeFile(unfinished, deflateSync(bytes), { mode: 0o444 })
  await rename(unfinished, path)
  return sha
}
