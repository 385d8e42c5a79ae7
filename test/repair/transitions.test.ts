import { describe, expect, it } from 'vitest'
import type { Repair } from '../../src/domain/repair.ts'
import { transition } from '../../src/repair/transitions.ts'
import { attemptWith, repairWith } from '../support/repairs.ts'

const done = { kind: 'done', changes: {} } as const

describe('the table of stages', () => {
  it.each([
    ['accept', 'collect'],
    ['collect', 'triage'],
  ] as const)('goes from %s to %s', (stage, next) => {
    expect(transition(repairWith({ stage }), done)).toEqual({ to: 'stage', stage: next })
  })

  it('drafts what a playbook or agents can mend', () => {
    for (const remedy of ['playbook', 'agents'] as const) {
      const repair = repairWith({ stage: 'triage', diagnosis: diagnosisWith(remedy) })
      expect(transition(repair, done)).toEqual({ to: 'stage', stage: 'draft' })
    }
  })

  it('publishes a diagnosis where no patch can help', () => {
    for (const remedy of ['human', 'none', 'rerun'] as const) {
      const repair = repairWith({ stage: 'triage', diagnosis: diagnosisWith(remedy) })
      expect(transition(repair, done)).toMatchObject({ to: 'conclusion', conclusion: 'diagnosed' })
    }
  })

  it('publishes the questions of a draft that asks', () => {
    const reason = { en: 'Two files fit.', ja: '合うファイルが二つあります。' }
    const humanSteps = { reason, steps: [], questions: [] }
    expect(transition(repairWith({ stage: 'draft', humanSteps }), done)).toEqual({
      to: 'conclusion',
      conclusion: 'diagnosed',
      reason: 'Two files fit.',
    })
  })

  it('reviews a patch', () => {
    const repair = repairWith({ stage: 'draft', attempts: [attemptWith({})] })
    expect(transition(repair, done)).toEqual({ to: 'stage', stage: 'review' })
  })

  it('verifies only what every reviewer approved', () => {
    expect(transition(reviewed(['approve', 'approve']), done)).toEqual({ to: 'stage', stage: 'verify' })
    expect(transition(reviewed(['approve', 'request_changes']), done)).toMatchObject({
      conclusion: 'exhausted',
    })
    expect(transition(reviewed([]), done)).toMatchObject({ conclusion: 'exhausted' })
  })

  it('does not push an image that failed its trial, and pushes one that was not tried', () => {
    const trialOf = (outcome: 'failed' | 'not_run') => ({
      builder: 'buildah 1.28.2',
      checks: [{ id: 'R2', title: 'It starts and stays up', outcome, detail: '' }],
      measurements: [],
    })
    const { attempts, ...repair } = reviewed(['approve'])
    const tried = (outcome: 'failed' | 'not_run') => ({
      ...repair,
      attempts: attempts.map((attempt) => ({ ...attempt, imageTrial: trialOf(outcome) })),
    })

    expect(transition(tried('failed'), done)).toEqual({
      to: 'conclusion',
      conclusion: 'exhausted',
      reason: 'The drafted image failed its trial: R2 It starts and stays up.',
    })
    expect(transition(tried('not_run'), done)).toEqual({ to: 'stage', stage: 'verify' })
  })

  it('never pushes where it may not', () => {
    expect(transition({ ...reviewed(['approve']), mayPush: false }, done)).toMatchObject({
      conclusion: 'diagnosed',
    })
  })

  it('concludes by what CI said', () => {
    expect(transition(verified('green'), done)).toMatchObject({ conclusion: 'repaired' })
    expect(transition(verified('red'), done)).toMatchObject({ conclusion: 'exhausted' })
    expect(transition(verified('unverified'), done)).toMatchObject({ conclusion: 'diagnosed' })
  })

  it('refuses to go on from a verification without an outcome', () => {
    expect(() => transition(verified('waiting'), done)).toThrow('without an outcome')
  })

  it('ends after publish', () => {
    expect(transition(repairWith({ stage: 'publish' }), done)).toEqual({ to: 'end' })
  })

  it('takes a stage that waits or concludes at its word', () => {
    const wakeAt = new Date('2026-01-02T03:04:05Z')
    const repair = repairWith({ stage: 'verify' })

    expect(transition(repair, { kind: 'wait', changes: {}, wakeAt, reason: 'CI runs' })).toEqual({
      to: 'wait',
      wakeAt,
      reason: 'CI runs',
    })
    expect(
      transition(repair, { kind: 'conclude', changes: {}, conclusion: 'superseded', reason: 'moved' }),
    ).toEqual({ to: 'conclusion', conclusion: 'superseded', reason: 'moved' })
  })
})

function diagnosisWith(remedy: NonNullable<Repair['diagnosis']>['remedy']): Repair['diagnosis'] {
  return {
    failureClass: 'other',
    remedy,
    lead: 'devops-coordinator',
    confidence: 1,
    summary: 'It is so.',
    citations: [],
  }
}

function reviewed(decisions: ('approve' | 'request_changes')[]): Repair {
  const verdicts = decisions.map((decision) => ({ reviewer: 'gates', decision, findings: [], checks: [] }))
  return repairWith({ stage: 'review', attempts: [attemptWith({ verdicts })] })
}

function verified(outcome: 'green' | 'red' | 'unverified' | 'waiting'): Repair {
  const verification = {
    trigger: 'push' as const,
    outcome,
    summary: `it is ${outcome}`,
    branch: 'regreen/x',
    headSha: 'a'.repeat(40),
    before: null,
    after: null,
    checks: [],
  }
  return repairWith({ stage: 'verify', attempts: [attemptWith({ verification })] })
}
