/** Tries a drafted image on this machine: the demo's repositories are ours, so their code may run here. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { tryPatchedImage } from '../src/docker/try-image.ts'
import type { Patch } from '../src/domain/patch.ts'
import type { Repair } from '../src/domain/repair.ts'
import type { ImageTrial } from '../src/domain/verification.ts'
import { openDirectory } from '../src/workspace/directory.ts'
import type { SmallGithub } from './github/small-github.ts'

const run = promisify(execFile)

/** Clones the failing branch from the small GitHub, then builds, runs and measures the patched image. */
export async function tryDemoImage(
  github: SmallGithub,
  { repository, run: { headBranch } }: Repair,
  patch: Patch,
  onProgress: (message: string) => void,
): Promise<ImageTrial | null> {
  const folder = await mkdtemp(join(tmpdir(), 'regreen-demo-image-'))
  try {
    const url = `${github.url}/${repository.owner}/${repository.name}.git`
    await run('git', [
      'clone',
      '--quiet',
      '--depth=1',
      '--branch',
      headBranch ?? repository.defaultBranch,
      url,
      folder,
    ])
    return await tryPatchedImage(patch, await openDirectory(folder), onProgress)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
