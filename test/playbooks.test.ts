import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { patchSchema } from '../src/domain/patch.ts'
import { humanStepsSchema } from '../src/domain/repair.ts'
import { loadPlaybooks } from '../src/playbooks/load-playbooks.ts'
import { draftOf, expectedDraft, readCases, renderDraft, textsOf } from './playbooks/playbook-case.ts'

const playbooks = await loadPlaybooks()
const cases = readCases(fileURLToPath(new URL('../src/playbooks', import.meta.url)))

/** Rewrites what the cases expect; every changed file is then read by a person. */
const isUpdate = process.env.UPDATE_CASES === '1'

function update(folder: string, { file, text }: ReturnType<typeof renderDraft>): void {
  for (const name of ['patch.diff', 'human.md']) rmSync(join(folder, name), { force: true })
  if (file !== null) writeFileSync(join(folder, file), text)
}

const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u

/** Words of an English sentence, outside code: names stand alone, sentences do not. */
function englishIn(text: string): string[] {
  const words = text.replaceAll(/`[^`]*`/g, '').match(/[A-Za-z']+/g) ?? []
  return words.filter((word) =>
    /^(?:a|an|the|is|are|was|not|this|that|which|of|and|it|its|for|with)$/i.test(word),
  )
}

describe.each(cases)('$playbook: $name', (playbookCase) => {
  it('gets exactly the expected answer from its own playbook', async () => {
    const own = playbooks.find(({ name }) => name === playbookCase.playbook)!

    const answer = renderDraft(await draftOf(own, playbookCase))

    if (isUpdate) update(playbookCase.folder, answer)
    expect(answer).toEqual(expectedDraft(playbookCase.folder))
  })

  it('is a failure that triage gives to its playbook, unless it must be declined', () => {
    const own = playbooks.find(({ name }) => name === playbookCase.playbook)!
    const isClaimed = expectedDraft(playbookCase.folder).file !== null

    expect(!isClaimed || own.handles.includes(playbookCase.diagnosis.failureClass)).toBe(true)
  })

  it('is declined by every other playbook', async () => {
    const others = playbooks.filter(({ name }) => name !== playbookCase.playbook)

    const claims = await Promise.all(
      others.map(async (other) => ({ name: other.name, draft: await draftOf(other, playbookCase) })),
    )

    expect(claims.filter(({ draft }) => draft !== null).map(({ name }) => name)).toEqual([])
  })

  it('gives the same valid answer twice', async () => {
    const own = playbooks.find(({ name }) => name === playbookCase.playbook)!

    const [first, second] = [await draftOf(own, playbookCase), await draftOf(own, playbookCase)]

    expect(second).toEqual(first)
    if (first?.kind === 'patch') patchSchema.parse(first.patch)
    if (first?.kind === 'human') humanStepsSchema.parse(first.humanSteps)
  })

  it('tells people in Japanese what it tells them in English', async () => {
    const own = playbooks.find(({ name }) => name === playbookCase.playbook)!

    const draft = await draftOf(own, playbookCase)

    const texts = draft ? textsOf(draft) : []
    expect(texts.filter(({ ja }) => !japanese.test(ja) || englishIn(ja).length > 0)).toEqual([])
    expect(texts.filter(({ en }) => japanese.test(en))).toEqual([])
  })
})

it('has cases for every playbook', () => {
  const without = playbooks.filter(({ name }) => !cases.some(({ playbook }) => playbook === name))

  expect(without.map(({ name }) => name)).toEqual([])
})
