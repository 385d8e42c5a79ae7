import { describe, expect, it } from 'vitest'
import { parseRepositoryConfig } from '../../../src/stages/accept/repository-config.ts'

describe('the configuration of a repository', () => {
  it('has defaults without a file, and with an empty one', () => {
    expect(parseRepositoryConfig(null)).toEqual({ enabled: true, language: 'en' })
    expect(parseRepositoryConfig('')).toEqual({ enabled: true, language: 'en' })
  })

  it('reads what it knows', () => {
    expect(parseRepositoryConfig('enabled: false\nlanguage: ja\n')).toEqual({
      enabled: false,
      language: 'ja',
    })
  })

  it.each([
    ['an unknown key', 'enable: true', 'enable'],
    ['a wrong value', 'language: fr', 'language'],
    ['a key that stands twice', 'enabled: true\nenabled: false', 'unique'],
    ['broken YAML', 'enabled: [', 'Flow'],
    ['an alias', 'a: &a {}\nb: *a', 'alias'],
    ['no mapping', '- enabled', 'expected'],
    ['a file of 65 KiB', `# ${'x'.repeat(65 * 1024)}`, 'bytes'],
  ])('refuses %s and says why', (_, text, word) => {
    const result = parseRepositoryConfig(text)

    expect('problem' in result ? result.problem.toLowerCase() : 'accepted').toContain(word.toLowerCase())
  })
})
