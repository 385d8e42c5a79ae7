import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadPlaybooks } from '../../src/playbooks/load-playbooks.ts'
import { japanesePhrase } from '../../src/report/messages/japanese-phrases.ts'
import { draftOf, readCases } from '../playbooks/playbook-case.ts'

describe('the Japanese of what playbooks write', () => {
  it('covers every sentence of the founding case', async () => {
    const cases = readCases(fileURLToPath(new URL('../../src/playbooks', import.meta.url)))
    const founding = cases.find(({ name }) => name === 'fastapi-pip-dev-only')!
    const playbook = (await loadPlaybooks()).find(({ name }) => name === 'missing-dockerfile')!
    const draft = await draftOf(playbook, founding)
    if (draft?.kind !== 'patch') throw new Error('The founding case has a patch.')

    const { summary, rootCause, ruledOut, changes, offers, untouched, nextSteps } = draft.patch
    const sentences = [
      summary,
      ...rootCause,
      ...ruledOut.flatMap(({ cause, because }) => [cause, because]),
      ...[...changes, ...offers, ...untouched].map(({ reason }) => reason),
      ...nextSteps,
    ]

    expect(sentences.filter((sentence) => japanesePhrase(sentence) === null)).toEqual([])
  })

  it('keeps names apart from the words around them', () => {
    expect(japanesePhrase('The builder looks for Dockerfile; the file is DockerFile.')).toBe(
      'ビルダーが探すのは `Dockerfile` ですが、実際のファイル名は `DockerFile` です。',
    )
  })

  it('translates a description inside a sentence', () => {
    expect(
      japanesePhrase(
        'Adds Dockerfile: a Python image that copies the application alone and runs python as user 1000.',
      ),
    ).toBe(
      '`Dockerfile` を追加します: アプリケーションだけをコピーし、`python` をユーザー 1000 で実行する Python イメージ。',
    )
  })

  it('leaves a sentence that it does not know', () => {
    expect(japanesePhrase('Something else happened.')).toBeNull()
  })
})
