import { describe, expect, it } from 'vitest'
import type { Repair } from '../../src/domain/repair.ts'
import { renderReport } from '../../src/report/render-report.ts'
import { renderStatusNote } from '../../src/report/render-status-note.ts'
import {
  context,
  diagnosed,
  drafted,
  exhausted,
  floatVersion,
  foundingAttempt,
  foundingPatch,
  foundingRepair,
  inJapanese,
  repaired,
  repairedMeasured,
  repairedNotBuilt,
  unverified,
  unverifiedDispatch,
  verifying,
} from './sample-repairs.ts'

const samples: readonly (readonly [name: string, repair: Repair])[] = [
  ['repaired', repaired],
  ['repaired-measured', repairedMeasured],
  ['repaired-not-built', repairedNotBuilt],
  ['drafted', drafted],
  ['verifying', verifying],
  ['unverified', unverified],
  ['unverified-dispatch', unverifiedDispatch],
  ['diagnosed', diagnosed],
  ['exhausted', exhausted],
  ['float-version', floatVersion],
]

describe('the report of a repair', () => {
  it.each(samples)('tells %s in English', async (name, repair) => {
    const { markdown } = renderReport(repair, context)

    await expect(markdown).toMatchFileSnapshot(`snapshots/cases/${name}.en.md`)
  })

  it.each(samples)('tells %s in Japanese', async (name, repair) => {
    const { markdown } = renderReport(inJapanese(repair), context)

    await expect(markdown).toMatchFileSnapshot(`snapshots/cases/${name}.ja.md`)
  })
})

describe('the excerpt of the workflow', () => {
  it.each([
    ['file: ./web/Dockerfile', 'file: ./web/Dockerfile  # ← this file does not exist'],
    [
      'file: ./web/Dockerfile # the production image',
      'file: ./web/Dockerfile # the production image ← this file does not exist',
    ],
    ['file: "./web#1/Dockerfile"', 'file: "./web#1/Dockerfile"  # ← this file does not exist'],
    ['file: "./a #1/Dockerfile"', 'file: "./a #1/Dockerfile"  # ← this file does not exist'],
  ])('marks the guilty line %j', (line, marked) => {
    const facts = foundingPatch.facts.map((fact) =>
      fact.key === 'workflow-excerpt' ? { ...fact, value: `context: ./web\n${line}` } : fact,
    )

    const { markdown } = renderReport(
      foundingRepair({ attempts: [{ ...foundingAttempt, patch: { ...foundingPatch, facts } }] }),
      context,
    )

    expect(markdown).toContain(`\ncontext: ./web\n${marked}\n`)
  })
})

describe('the status note', () => {
  it.each(samples)('tells %s in a few lines', async (name, repair) => {
    const notes = [renderStatusNote(repair, context), renderStatusNote(inJapanese(repair), context)]

    await expect(`${notes.join('\n\n---\n\n')}\n`).toMatchFileSnapshot(`snapshots/cases/note-${name}.md`)
  })
})
