import { describe, expect, it } from 'vitest'
import { judge } from '../../../src/stages/verify/judge.ts'
import { runResultWith } from '../../support/repairs.ts'

const job = (name: string, conclusion: string | null) => ({ name, conclusion, htmlUrl: null })
const before = runResultWith({
  conclusion: 'failure',
  jobs: [job('test', 'success'), job('image', 'failure')],
  testCount: 12,
})
const after = runResultWith({ jobs: [job('test', 'success'), job('image', 'success')], testCount: 12 })

function failedChecks(changes: Parameters<typeof runResultWith>[0]): string[] {
  return judge(before, { ...after, ...changes })
    .checks.filter((check) => check.outcome === 'failed')
    .map((check) => check.id)
}

describe('the proof of repair', () => {
  it('holds when the failed job succeeds and nothing else is worse', () => {
    expect(judge(before, after).isGreen).toBe(true)
  })

  it.each([
    ['another workflow', { workflowId: 10 }, ['same-workflow']],
    ['a run that failed', { conclusion: 'failure' }, ['run-succeeded']],
    ['a cancelled run', { conclusion: 'cancelled' }, ['run-succeeded']],
    [
      'a failed job that is skipped now',
      { jobs: [job('test', 'success'), job('image', 'skipped')] },
      ['failed-jobs-succeed'],
    ],
    ['a failed job that is gone', { jobs: [job('test', 'success')] }, ['failed-jobs-succeed']],
    [
      'a passed job that is skipped now',
      { jobs: [job('test', 'skipped'), job('image', 'success')] },
      ['no-job-lost'],
    ],
    ['a passed job that is gone', { jobs: [job('image', 'success')] }, ['no-job-lost']],
    ['fewer tests', { testCount: 11 }, ['tests-kept']],
    ['tests that no longer show', { testCount: null }, ['tests-kept']],
    [
      'a second job of the same name that fails',
      { jobs: [job('test', 'success'), job('image', 'success'), job('image', 'failure')] },
      ['failed-jobs-succeed'],
    ],
  ])('refuses %s', (_, changes, expected) => {
    expect(failedChecks(changes)).toEqual(expected)
    expect(judge(before, { ...after, ...changes }).isGreen).toBe(false)
  })

  it('lets more tests pass', () => {
    expect(failedChecks({ testCount: 13 })).toEqual([])
  })

  it('says that nothing was counted where no log shows tests', () => {
    const { checks } = judge({ ...before, testCount: null }, { ...after, testCount: null })

    expect(checks.at(-1)).toEqual({
      id: 'tests-kept',
      title: 'No fewer tests ran than before',
      outcome: 'not_applicable',
      detail: 'no log shows a count',
    })
  })
})
