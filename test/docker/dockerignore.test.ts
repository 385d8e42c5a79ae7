import { describe, expect, it } from 'vitest'
import { dockerignorePath, parseDockerignore } from '../../src/docker/dockerignore.ts'
import { parseGitignore } from '../../src/docker/gitignore.ts'
import { compileGlob } from '../../src/docker/match-glob.ts'

describe('parseDockerignore', () => {
  it.each([
    ['__pycache__', '__pycache__/a.pyc', true],
    ['__pycache__', 'src/__pycache__/a.pyc', false],
    ['**/__pycache__', 'src/__pycache__/a.pyc', true],
    ['**/__pycache__', '__pycache__/a.pyc', true],
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['**/*.md', 'docs/a/README.md', true],
    ['/tests/', 'tests/a.py', true],
    ['./tests', 'tests/a.py', true],
    ['src/**/test', 'src/test/a.py', true],
    ['src/**/test', 'src/a/b/test/c.py', true],
    ['temp?', 'temp1', true],
    ['temp?', 'temp/', false],
    ['[a-c].txt', 'b.txt', true],
    ['[^a-c].txt', 'b.txt', false],
    ['#comment', '#comment', false],
    ['  spaced  ', 'spaced', true],
    ['*', 'a/b', true],
    ['.', 'a', false],
  ])('reads %s against %s', (pattern, path, isHidden) => {
    expect(parseDockerignore(`${pattern}\n`).hides(path)).toBe(isHidden)
  })

  it('lets the last match win', () => {
    const ignore = parseDockerignore('*\n!src\nsrc/secret.py\n!src/secret.py.example\r\n')

    expect(
      ['a.py', 'src/a.py', 'src/secret.py', 'src/secret.py.example'].map((path) => ignore.hides(path)),
    ).toEqual([true, false, true, false])
  })

  it('hides nothing without a file', () => {
    expect(parseDockerignore(null).hides('a')).toBe(false)
  })

  it('refuses a comparison without end', () => {
    const ignore = parseDockerignore(Array.from({ length: 2_000 }, (_, at) => `a${at}`).join('\n'))

    expect(() => {
      for (let at = 0; at < 100_000; at += 1) ignore.hides(`file${at}`)
    }).toThrow('too many patterns')
  })
})

it('takes the ignore file beside the Dockerfile before that of the context', () => {
  expect(dockerignorePath('docker/Dockerfile', 'api', ['docker/Dockerfile.dockerignore'])).toBe(
    'docker/Dockerfile.dockerignore',
  )
  expect(dockerignorePath('docker/Dockerfile', 'api', [])).toBe('api/.dockerignore')
  expect(dockerignorePath('Dockerfile', '', [])).toBe('.dockerignore')
})

it('stays fast on patterns made to backtrack', () => {
  const matches = compileGlob(`${'*a'.repeat(200)}b`)
  const started = performance.now()

  expect(matches('a'.repeat(2_000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(2_000)
})

describe('parseGitignore', () => {
  it.each([
    ['Dockerfile', 'a/Dockerfile', 1],
    ['/Dockerfile', 'a/Dockerfile', null],
    ['# x\n\nbuild/', 'build/Dockerfile', 3],
    ['Dockerfile/', 'Dockerfile', null],
    ['Dockerfile*\n!Dockerfile', 'Dockerfile', null],
    ['docker\n!docker/Dockerfile', 'docker/Dockerfile', 1],
    ['*.md', 'Dockerfile', null],
    ['a/*/Dockerfile', 'a/b/Dockerfile', 1],
  ])('reads %j against %s', (text, path, line) => {
    expect(parseGitignore(text).ignoredBy(path)?.line ?? null).toBe(line)
  })
})
