import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lockDirectory } from '../../src/store/lock-directory.ts'

const newDirectory = () => mkdtemp(join(tmpdir(), 'regreen-lock-'))
const module = join(import.meta.dirname, '../../src/store/lock-directory.ts')

it('lets one holder in, and the next one after it', async () => {
  const directory = await newDirectory()
  const unlock = await lockDirectory(directory)

  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${process.pid}`)
  await unlock()
  const unlockAgain = await lockDirectory(directory)
  await unlockAgain()

  expect(await readdir(directory)).toEqual([])
})

it('turns away another process, naming the holder', async () => {
  const directory = await newDirectory()
  const unlock = await lockDirectory(directory)

  const script = `import { lockDirectory } from ${JSON.stringify(module)}
    await lockDirectory(${JSON.stringify(directory)}).then(() => console.log('taken'), (e) => console.log(e.code, e.message))`
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  await unlock()

  expect(output).toContain('data-directory-locked')
  expect(output).toContain(String(process.pid))
})

it('takes over from a process that was killed', async () => {
  const directory = await newDirectory()
  const script = `import { lockDirectory } from ${JSON.stringify(module)}
    await lockDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script])
  await new Promise((resolve) => child.stdout.once('data', resolve))
  await expect(lockDirectory(directory)).rejects.toThrow('in use')
  child.kill('SIGKILL')
  await new Promise((resolve) => child.once('close', resolve))

  const unlock = await lockDirectory(directory)
  await unlock()
})

it('takes over a lock whose process id now belongs to somebody else, and one that is garbage', async () => {
  const directory = await newDirectory()
  for (const content of [
    JSON.stringify({ pid: process.ppid, host: (await import('node:os')).hostname(), startedAt: 'long ago' }),
    'garbage',
  ]) {
    await writeFile(join(directory, 'lock'), content)
    const unlock = await lockDirectory(directory)
    await unlock()
  }
})
