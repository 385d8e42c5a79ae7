import { describe, expect, it } from 'vitest'
import { chooseTrigger } from '../../../src/stages/verify/choose-trigger.ts'
import { matchesFilter } from '../../../src/stages/verify/filter-pattern.ts'

const fix = {
  branch: 'regreen/0a1b2c3d-missing-dockerfile',
  base: 'main',
  changedPaths: ['backend/Dockerfile'],
}
const workflow = (on: string) => `name: CI\non: ${on}\njobs: {}\n`

describe('the ladder of triggers', () => {
  it.each([
    ['a plain push', 'push'],
    ['a list with push', '[pull_request, push]'],
    ['all branches', "{ push: { branches: ['**'] } }"],
    ['our branches by name', "{ push: { branches: ['main', 'regreen/**'] } }"],
    ['branches-ignore that does not name ours', '{ push: { branches-ignore: [gh-pages] } }'],
    ['paths that hold a changed file', "{ push: { paths: ['backend/**'] } }"],
    ['tags together with branches', "{ push: { branches: ['**'], tags: ['v*'] } }"],
  ])('takes the push for %s', (_, on) => {
    expect(chooseTrigger(workflow(on), fix)).toEqual({ trigger: 'push' })
  })

  it.each([
    ['push only to main', '{ push: { branches: [main] }, pull_request: {} }'],
    ['no push at all', 'pull_request'],
    ['pull requests to main', '{ pull_request: { branches: [main] } }'],
    ['pull requests when opened', '{ pull_request: { types: [opened, synchronize] } }'],
    ['a single star, which stops at the slash', "{ push: { branches: ['*'] }, pull_request: }"],
    ['push of tags only', "{ push: { tags: ['v*'] }, pull_request: }"],
  ])('takes the draft pull request for %s', (_, on) => {
    expect(chooseTrigger(workflow(on), fix)).toEqual({ trigger: 'pull_request' })
  })

  it.each([
    ['push to main only', '{ push: { branches: [main] } }', ['push']],
    ['a schedule', "{ schedule: [{ cron: '0 3 * * *' }] }", ['schedule']],
    ['a dispatch, which could deploy', 'workflow_dispatch', ['workflow_dispatch']],
    ['pull requests when closed', '{ pull_request: { types: [closed] } }', ['pull_request']],
    ['paths without a changed file', "{ push: { paths: ['docs/**'] } }", ['push']],
    ['paths-ignore of all changed files', "{ push: { paths-ignore: ['backend/**'] } }", ['push']],
    ['pull requests with the base token', 'pull_request_target', ['pull_request_target']],
  ])('finds no way for %s, and says what it runs on', (_, on, events) => {
    expect(chooseTrigger(workflow(on), fix)).toEqual({ trigger: 'none', events })
  })

  it.each([
    ['no YAML', ': : :\n\t- {'],
    ['no mapping', 'just a text'],
    ['an alias bomb', bomb()],
    ['no on', 'jobs: {}'],
  ])('finds no way in %s', (_, text) => {
    expect(chooseTrigger(text, fix)).toEqual({ trigger: 'none', events: [] })
  })
})

describe('filter patterns', () => {
  it.each([
    [['main'], 'main', true],
    [['feature/*'], 'feature/a', true],
    [['feature/*'], 'feature/a/b', false],
    [['feature/**'], 'feature/a/b', true],
    [['**/docs/**'], 'docs/a.md', true],
    [['v[12].*'], 'v2.0', true],
    [['release-?x'], 'release-x', true],
    [['releases/**', '!releases/**-alpha'], 'releases/1-alpha', false],
    [['!a', '**'], 'a', true],
    [['a.c'], 'abc', false],
    [['[unclosed'], '[unclosed', true],
    [['*+*'.repeat(60)], 'a'.repeat(200), false],
  ])('%j and %s: %s', (patterns, value, expected) => {
    expect(matchesFilter(patterns, value)).toBe(expected)
  })

  it('stays quick on a pattern made to backtrack', () => {
    const startedAt = performance.now()

    matchesFilter([`${'a*'.repeat(60)}b`], 'a'.repeat(255))

    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})

function bomb(): string {
  const lines = ['a0: &a0 [x, x]']
  for (let level = 1; level < 30; level++)
    lines.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`)
  return `${lines.join('\n')}\non: *a29\n`
}
