import { describe, expect, it } from 'vitest'
import type { JobLog } from '../../../src/domain/evidence.ts'
import { allSignatures, classify } from '../../../src/stages/triage/classify.ts'

function logOf(...texts: string[]): JobLog {
  return {
    jobId: 1,
    jobName: 'image',
    lines: texts.map((text, index) => ({ line: index + 1, text })),
    account: { lines: texts.length, bytes: 0, keptLines: texts.length, keptBytes: 0, truncated: false },
    missing: null,
  }
}

describe('signatures', () => {
  const examples = allSignatures.flatMap((signature) => [
    ...signature.examples.matches.map((text) => [signature.failureClass, text, true] as const),
    ...signature.examples.differs.map((text) => [signature.failureClass, text, false] as const),
  ])

  it.each(examples)('%s: "%s" is %s', (failureClass, text, expected) => {
    expect(classify([logOf(text)]).failureClass === failureClass).toBe(expected)
  })

  it('carry literals that their own examples hold', () => {
    for (const { literals, examples: own } of allSignatures) {
      for (const text of own.matches) {
        expect(
          literals.some((literal) => text.toLowerCase().includes(literal)),
          text,
        ).toBe(true)
      }
    }
  })

  it('are quick on a line of the longest kind', () => {
    const hostile = allSignatures.flatMap(({ literals }) =>
      literals.map((literal) => `${literal} `.repeat(200)),
    )
    const startedAt = performance.now()

    classify([logOf(...hostile)])

    expect(performance.now() - startedAt).toBeLessThan(500)
  })
})

describe('classifying', () => {
  it('names the founding failure and cites its line first', () => {
    const result = classify([
      logOf(
        '##[group]Run docker/build-push-action@v6',
        '#1 [internal] load build definition from Dockerfile',
        'ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
        '##[error]buildx failed with: ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory',
      ),
    ])

    expect(result).toMatchObject({
      failureClass: 'missing-dockerfile',
      remedy: 'playbook',
      summary: 'The image build cannot open its Dockerfile (`Dockerfile`).',
    })
    expect(result.citations.map(({ line }) => line)).toEqual([4, 3])
  })

  it('prefers the inner cause to the failed build around it', () => {
    const result = classify([
      logOf(
        'ERROR: failed to calculate checksum of ref a::b: "/src": not found',
        'ERROR: failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 1',
      ),
    ])

    expect(result.failureClass).toBe('docker-copy-source-missing')
  })

  it('says other, with the lines that speak of an error, where no rule fits', () => {
    const result = classify([
      logOf(
        'installing',
        'TypeError: x is not a function',
        'tidying up',
        '##[error]Process completed with exit code 1.',
      ),
    ])

    expect(result).toMatchObject({ failureClass: 'other', remedy: 'agents', confidence: 0.2 })
    expect(result.citations).toEqual([{ jobId: 1, line: 2, text: 'TypeError: x is not a function' }])
  })

  it('has nothing to cite in an empty log', () => {
    expect(classify([]).citations).toEqual([])
  })
})
