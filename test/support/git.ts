/** Git repositories in folders of their own, with nothing of this machine's configuration. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** What git is run with. */
export const gitEnvironment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Aiko',
  GIT_AUTHOR_EMAIL: 'aiko@example.com',
  GIT_COMMITTER_NAME: 'Aiko',
  GIT_COMMITTER_EMAIL: 'aiko@example.com',
}

/** A folder that the end of the test removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'regreen-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function git(folder: string, args: readonly string[], input?: string | Buffer): string {
  return execFileSync('git', ['-C', folder, ...args], {
    env: gitEnvironment,
    encoding: 'utf8',
    stdio: 'pipe',
    ...(input === undefined ? {} : { input }),
  }).replace(/\n$/, '')
}

/** Content by path; a name that ends in `*` is executable. */
export type Files = Record<string, string | Buffer>

export function writeFiles(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name.replace(/\*$/, ''))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    chmodSync(path, name.endsWith('*') ? 0o755 : 0o644)
  }
}

export function commitAll(folder: string, message = 'Change'): string {
  git(folder, ['add', '--all'])
  git(folder, ['commit', '--quiet', '--message', message])
  return git(folder, ['rev-parse', 'HEAD'])
}

/** A new repository with a commit of these files. */
export function newRepository(files: Files = { 'README.md': 'hello\n' }): string {
  const folder = temporaryFolder()
  git(folder, ['init', '--quiet', '--initial-branch=main'])
  git(folder, ['config', 'user.name', 'Aiko'])
  git(folder, ['config', 'user.email', 'aiko@example.com'])
  writeFiles(folder, files)
  commitAll(folder, 'Begin')
  return folder
}
