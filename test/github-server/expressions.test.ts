/** GitHub's expressions, one by one. */
import { describe, expect, it } from 'vitest'
import { evaluate, interpolate, isConditionMet, type Scope } from '../../demo/github/actions/expressions.ts'
import { expandMatrix } from '../../demo/github/actions/matrix.ts'

const scope: Scope = {
  status: 'success',
  contexts: {
    github: {
      ref: 'refs/heads/main',
      event: { pull_request: { labels: [{ name: 'bug' }, { name: 'ci' }] } },
    },
    env: { 'My-Name': 'x' },
    matrix: { node: 20, os: ['a', 'b'] },
    steps: { one: { outputs: { text: "it's" } } },
    needs: { a: { result: 'success' }, b: { result: 'failure' } },
  },
}

describe('expressions', () => {
  it.each<[string, unknown]>([
    ["github.ref == 'refs/heads/main'", true],
    ["GITHUB.REF == 'REFS/heads/MAIN'", true],
    ["env['My-Name']", 'x'],
    ['matrix.node >= 20 && matrix.node < 21.5', true],
    ["matrix.node == '20'", true],
    ["!startsWith(github.ref, 'refs/tags/')", true],
    ["endsWith(github.ref, 'MAIN') || false", true],
    ["contains('Hello', 'ell')", true],
    ["contains(matrix.os, 'b')", true],
    ["contains(github.event.pull_request.labels.*.name, 'ci')", true],
    ["contains(needs.*.result, 'failure')", true],
    ["format('{0}-{1} {{x}}', matrix.node, 'y')", '20-y {x}'],
    ["join(matrix.os, '+')", 'a+b'],
    ['toJSON(matrix.os)', '[\n  "a",\n  "b"\n]'],
    ['fromJSON(\'{"a":[1,2]}\').a[1]', 2],
    ["'it''s' == steps.one.outputs.text", true],
    ['github.missing.deeper', null],
    ["github.missing || 'fallback'", 'fallback'],
    ["matrix.node == 20 && 'yes' || 'no'", 'yes'],
    ['null == 0', true],
    ["'' == 0", true],
    ['(1 == 1) != (2 == 1)', true],
    ['-1 < 0x1F', true],
  ])('evaluates %s', (source, expected) => {
    expect(evaluate(source, scope)).toEqual(expected)
  })

  it.each(['secret.x', 'nope(1)', "'open", '1 +', 'a b', "fromJSON('{')"])('refuses %s', (source) => {
    expect(() => evaluate(source, scope)).toThrow()
  })

  it('interpolates texts and leaves the rest alone', () => {
    expect(interpolate('v${{ matrix.node }}-${{github.ref}} $x ${y} }}', scope)).toBe(
      'v20-refs/heads/main $x ${y} }}',
    )
  })

  it.each<[string | undefined, Scope['status'], boolean]>([
    [undefined, 'success', true],
    [undefined, 'failure', false],
    ['true', 'failure', false],
    ['always()', 'failure', true],
    ['${{ failure() }}', 'failure', true],
    ['failure() && matrix.node == 22', 'failure', false],
    ['!cancelled()', 'cancelled', false],
    ['cancelled()', 'cancelled', true],
    ['success() || failure()', 'failure', true],
  ])('judges the condition %s after %s', (condition, status, expected) => {
    expect(isConditionMet(condition, { ...scope, status })).toBe(expected)
  })
})

describe('matrix', () => {
  it('combines, excludes and includes as GitHub documents it', () => {
    const rows = expandMatrix({
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    })

    expect(rows).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ])
  })

  it('makes a matrix of included rows alone', () => {
    expect(expandMatrix({ include: [{ a: 1 }, { a: 2 }] })).toEqual([{ a: 1 }, { a: 2 }])
  })
})
