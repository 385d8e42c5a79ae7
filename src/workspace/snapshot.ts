/** A guarded snapshot of a repository at one commit: fetched, never checked out, never run. */
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SimpleGit, simpleGit } from 'simple-git'
import { UpstreamError } from '../errors.ts'
import { decodeUtf8 } from '../github/contents.ts'
import { fileBytesMax } from '../limits.ts'
import type { RepositoryFiles } from '../playbook.ts'

/** A snapshot is a folder on disk until it is closed. */
export interface Snapshot extends RepositoryFiles {
  close(): Promise<void>
}

/** A fetch that is silent this long has failed. */
const fetchSilenceMsMax = 60_000

/**
 * Fetches one commit, without history and without files above `fileBytesMax`, in one request.
 * Nothing of the repository can take effect here: no checkout, so no hooks, filters, symbolic links or
 * submodules; no configuration from system or user; no protocol but HTTP(S).
 */
export async function openSnapshot(from: {
  /** Such as `https://github.com/owner/name.git`, built by us. */
  url: string
  sha: string
  token: string
}): Promise<Snapshot> {
  const directory = await mkdtemp(join(tmpdir(), 'regreen-snapshot-'))
  const close = () => rm(directory, { recursive: true, force: true })
  try {
    const git = guardedGit(directory)
    await git.init(true)
    await writeRemote(directory, from.url, from.token)
    const filter = `--filter=blob:limit=${fileBytesMax + 1}`
    // With progress, or a large repository would be taken for silence.
    await git.raw('fetch', '--progress', '--depth=1', '--no-tags', filter, 'origin', from.sha)
    await forgetRemote(directory)
    const blobs = parseTree(await git.raw('ls-tree', '-r', '-z', '--full-tree', from.sha))
    return { ...filesOf(git, blobs), close }
  } catch (error) {
    await close()
    throw new UpstreamError({
      code: 'snapshot-failed',
      message: `Could not fetch commit ${from.sha.slice(0, 12)} by git. The step is tried again.`,
      cause: error,
    })
  }
}

function guardedGit(directory: string): SimpleGit {
  return simpleGit({
    baseDir: directory,
    maxConcurrentProcesses: 2,
    timeout: { block: fetchSilenceMsMax },
    allowEnvironment: ['GIT_CONFIG_NOSYSTEM', 'GIT_TERMINAL_PROMPT'],
  }).env({
    PATH: process.env.PATH ?? '',
    // Our own empty folder: no configuration of a user is read.
    HOME: directory,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  })
}

/** By file and not by command line, where other users of the machine could read the token. */
async function writeRemote(directory: string, url: string, token: string): Promise<void> {
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64')
  const config = [
    '[protocol]\n\tallow = never',
    `[protocol "${new URL(url).protocol === 'http:' ? 'http' : 'https'}"]\n\tallow = always`,
    `[http]\n\textraHeader = "Authorization: Basic ${credentials}"\n\tfollowRedirects = false`,
    `[remote "origin"]\n\turl = ${JSON.stringify(url)}`,
    '[fetch]\n\tfsckObjects = true',
    '[core]\n\thooksPath = /dev/null\n\tfsmonitor = false',
  ]
  await appendFile(join(directory, 'config'), `${config.join('\n')}\n`, { mode: 0o600 })
}

/** The token leaves the disk, and a file that was left out reads as absent instead of being fetched. */
async function forgetRemote(directory: string): Promise<void> {
  await writeFile(join(directory, 'config'), '[core]\n\trepositoryFormatVersion = 0\n\tbare = true\n')
}

interface Blob {
  mode: string
  id: string
}

function parseTree(output: string): Map<string, Blob> {
  const blobs = new Map<string, Blob>()
  for (const entry of output.split('\0')) {
    const parsed = /^(?<mode>\d{6}) blob (?<id>[0-9a-f]{40,64})\t(?<path>.+)$/s.exec(entry)?.groups
    if (parsed) blobs.set(parsed.path!, { mode: parsed.mode!, id: parsed.id! })
  }
  return blobs
}

function filesOf(git: SimpleGit, blobs: Map<string, Blob>): RepositoryFiles {
  const paths = [...blobs.keys()].sort()
  return {
    list: async () => paths,
    async read(path) {
      const blob = blobs.get(path)
      if (!blob?.mode.startsWith('100')) return null
      const bytes = await git.binaryCatFile(['blob', blob.id]).catch(() => null)
      return bytes === null || bytes.length > fileBytesMax ? null : decodeUtf8(bytes)
    },
  }
}
