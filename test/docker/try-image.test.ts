import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { findBuilder } from '../../src/docker/find-builder.ts'
import { tryImage, untriedImage } from '../../src/docker/try-image.ts'
import type { Patch } from '../../src/domain/patch.ts'
import type { ImageTrial } from '../../src/domain/verification.ts'
import { playbook } from '../../src/playbooks/missing-dockerfile/playbook.ts'
import { asRepositoryFiles, defaultEvidence, readCase, readTree } from '../playbooks/playbook-case.ts'

const cases = fileURLToPath(new URL('../../src/playbooks/missing-dockerfile/cases', import.meta.url))
const ownCases = fileURLToPath(new URL('cases', import.meta.url))
const script = fileURLToPath(new URL('../../scripts/make-base-images.sh', import.meta.url))

/** Base images, a build and a rebuild from empty take minutes on a small machine. */
const imageTestMs = 15 * 60_000

const found =
  process.env.REGREEN_IMAGE_TESTS === '1'
    ? await findBuilder()
    : { tools: null, reason: 'REGREEN_IMAGE_TESTS is not 1.' }
if (found.tools === null) console.log(`Image tests are skipped: ${found.reason}`)

function makeMissingBases(): void {
  if (!found.tools?.label.startsWith('buildah')) return
  const images = execFileSync('buildah', ['images', '--format', '{{.Name}}:{{.Tag}}'], { encoding: 'utf8' })
  const missing = [
    ...(images.includes('docker.io/library/python:3.13-slim-trixie') ? [] : ['python']),
    ...(images.includes('docker.io/library/node:24-trixie-slim') ? [] : ['node']),
  ]
  if (missing.length > 0) execFileSync('bash', [script, ...missing], { stdio: 'inherit' })
}

function factOf(patch: Patch, key: string): string {
  return patch.facts.find((fact) => fact.key === key)?.value ?? ''
}

async function tryPatch(folder: string, patch: Patch): Promise<ImageTrial> {
  const context = factOf(patch, 'context')
  const trial = await tryImage({
    tools: found.tools!,
    folder,
    changes: patch.changes,
    dockerfile: factOf(patch, 'dockerfile'),
    context: context === '.' ? '' : context,
    healthPath: factOf(patch, 'health-check'),
    onProgress: (message) => console.log(message),
  })
  console.log(trial.checks.map(({ id, outcome, detail }) => `${id} ${outcome}: ${detail}`).join('\n'))
  return trial
}

async function draftFor(folder: string, log: string): Promise<Patch> {
  const tree = readTree(folder)
  const evidence = defaultEvidence(tree, log)
  const { diagnosis } = readCase(`${cases}/express-npm`, 'missing-dockerfile')
  const draft = await playbook.draft(evidence, diagnosis, asRepositoryFiles(tree))
  if (draft?.kind !== 'patch') throw new Error('The playbook gave no patch.')
  return draft.patch
}

function outcomes(trial: ImageTrial): Record<string, string> {
  return Object.fromEntries(trial.checks.map(({ id, outcome }) => [id, outcome]))
}

const allPassed = {
  R1: 'passed',
  R2: 'passed',
  R3: 'passed',
  R4: 'passed',
  R5: 'passed',
  R6: 'passed',
  R7: 'passed',
  R8: 'passed',
}

describe.skipIf(found.tools === null)('an image that is really built', () => {
  beforeAll(makeMissingBases, imageTestMs)

  it(
    'passes all run checks for the FastAPI case',
    async () => {
      const folder = `${cases}/fastapi-pip-dev-only/before`
      const patch = await draftFor(folder, readFileSync(`${cases}/fastapi-pip-dev-only/job.log`, 'utf8'))

      const trial = await tryPatch(folder, patch)

      expect(outcomes(trial)).toEqual(allPassed)
      expect(trial.measurements.find(({ metric }) => metric === 'user')?.value).toBe(1000)
    },
    imageTestMs,
  )

  it(
    'passes all run checks for the Express sample',
    async () => {
      const folder = `${ownCases}/express-npm`
      const patch = await draftFor(folder, readFileSync(`${cases}/express-npm/job.log`, 'utf8'))

      const trial = await tryPatch(folder, patch)

      expect(outcomes(trial)).toEqual(allPassed)
    },
    imageTestMs,
  )

  it(
    'finds that an image builds and cannot start, when the environment is not on PATH',
    async () => {
      const folder = `${cases}/fastapi-pip-dev-only/before`
      const patch = await draftFor(folder, readFileSync(`${cases}/fastapi-pip-dev-only/job.log`, 'utf8'))
      const broken = {
        ...patch,
        changes: patch.changes.map((change) => ({
          ...change,
          after:
            change.after?.replace(
              'PYTHONDONTWRITEBYTECODE=1 PATH="/opt/venv/bin:$PATH"',
              'PYTHONDONTWRITEBYTECODE=1',
            ) ?? null,
        })),
      }

      const trial = await tryPatch(folder, broken)

      expect(outcomes(trial)).toMatchObject({ R1: 'passed', R2: 'failed', R3: 'not_run' })
    },
    imageTestMs,
  )
})

it('says for every check why it was not run', () => {
  const trial = untriedImage('Neither docker, podman nor buildah is here.')

  expect(trial.checks.map(({ id, outcome, detail }) => `${id} ${outcome} ${detail}`)).toEqual(
    ['R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7', 'R8'].map(
      (id) => `${id} not_run Neither docker, podman nor buildah is here.`,
    ),
  )
  expect(trial.measurements).toEqual([])
})
