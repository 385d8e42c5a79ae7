import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadPlaybooks } from '../../../../src/playbooks/load-playbooks.ts'
import { runGates } from '../../../../src/stages/review/gates/run-gates.ts'
import { draftOf, readCases } from '../../../playbooks/playbook-case.ts'

const playbooks = await loadPlaybooks()
const cases = readCases(fileURLToPath(new URL('../../../../src/playbooks', import.meta.url)))

it.each(cases)('lets the patch of $playbook for $name through', async (playbookCase) => {
  const own = playbooks.find(({ name }) => name === playbookCase.playbook)
  const draft = own ? await draftOf(own, playbookCase) : null
  if (draft?.kind !== 'patch') return

  const { files, evidence } = playbookCase
  const verdict = await runGates({ patch: draft.patch, evidence, files })

  expect(verdict.findings.filter(({ severity }) => severity === 'error')).toEqual([])
})
