import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { checkDockerfile } from '../../../../src/docker/check-dockerfile.ts'
import { findingTitles } from '../../../../src/report/messages/finding-titles.ts'
import { japaneseFindings } from '../../../../src/report/messages/japanese-findings.ts'
import { allGates } from '../../../../src/stages/review/gates/all-gates.ts'

const source = new URL('../../../../src/stages/review/gates/', import.meta.url)
const page = await readFile(new URL('../../../../docs/gates.md', import.meta.url), 'utf8')
const headings = [...page.matchAll(/^### (?<code>\S+)$/gm)].map((match) => match.groups?.code ?? '')

async function codesInSource(): Promise<string[]> {
  const files = (await readdir(source, { recursive: true })).filter((file) => file.endsWith('.ts'))
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, source), 'utf8')))
  const found = texts
    .join('\n')
    .matchAll(/'(?<code>(?:gate|path|protected|size|text|secret|workflow|code|dependency|syntax)\/[a-z-]+)'/g)
  return [...new Set([...found].map((match) => match.groups?.code ?? ''))].sort()
}

describe('the codes of the gates', () => {
  it('each have one heading in docs/gates.md', async () => {
    expect(headings.filter((code) => !code.startsWith('dockerfile/')).sort()).toEqual(await codesInSource())
  })

  it('each have a title in both languages', async () => {
    expect(Object.keys(findingTitles).sort()).toEqual(await codesInSource())
    expect(Object.keys(japaneseFindings).sort()).toEqual(await codesInSource())
  })

  it('of Dockerfile checks each have a heading', async () => {
    const input = {
      path: 'Dockerfile',
      text: 'FROM a:1\n',
      dockerignore: null,
      context: '',
      files: ['Dockerfile'],
      read: async () => null,
      buildStep: null,
    }
    const errors = (await checkDockerfile(input))
      .filter(({ level }) => level === 'error')
      .map(({ id }) => `dockerfile/${id.toLowerCase()}`)

    expect(headings.filter((code) => code.startsWith('dockerfile/')).sort()).toEqual(errors.sort())
  })

  it('stand under the name of their gate', () => {
    const names = [...page.matchAll(/^## (?<name>\S+)$/gm)].map((match) => match.groups?.name)

    expect(names).toEqual(allGates.map(({ name }) => name))
  })
})
