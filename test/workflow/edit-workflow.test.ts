import { describe, expect, it } from 'vitest'
import {
  addWithEntries,
  appendToBlock,
  editValue,
  editWithin,
  insertStepBefore,
} from '../../src/workflow/edit-workflow.ts'
import { parseWorkflow } from '../../src/workflow/parse-workflow.ts'

const text = `jobs:
  image:   # builds
    steps:
      - uses: actions/checkout@v4   # pinned later

      # the build
      -   uses: docker/build-push-action@v6
          with:
              file: "./Dockerfile"  # wrong
              tags: 'a'
              build-args: |
                A=1
                B=2
      - run: docker build -f Dockerfile .
`

function step(at: number, source = text) {
  return parseWorkflow(source)!.jobs[0]!.steps[at]!
}

/** The lines that differ, as one reads a diff. */
function changed(after: string | null, before = text): string[] {
  const [old, now] = [before.split('\n'), (after ?? '').split('\n')]
  return now.filter((line) => !old.includes(line))
}

describe('editValue', () => {
  it('keeps quotes, comment and every other byte', () => {
    const after = editValue(text, step(1).with.get('file')!, 'docker/Dockerfile')

    expect(after).toBe(text.replace('"./Dockerfile"', '"docker/Dockerfile"'))
  })

  it.each([
    ['true', "'true'"],
    ['a: b', "'a: b'"],
    ['it’s #1', "'it’s #1'"],
    ["it's", "'it''s'"],
    ['plain/path', 'plain/path'],
  ])('quotes %s where a plain scalar would mean something else', (value, written) => {
    const source = text.replace('"./Dockerfile"', 'old')

    const after = editValue(source, step(1, source).with.get('file')!, value)

    expect(after).toBe(source.replace('file: old', `file: ${written}`))
    expect(step(1, after!).with.get('file')!.value).toBe(value)
  })

  it('leaves expressions, blocks, aliases and line breaks alone', () => {
    const file = step(1).with.get('file')!

    expect(editValue(text, { ...file, value: '${{ env.FILE }}' }, 'x')).toBeNull()
    expect(editValue(text, step(1).with.get('build-args')!, 'x')).toBeNull()
    expect(editValue(text, { ...file, range: null }, 'x')).toBeNull()
    expect(editValue(text, file, 'x\n- run: evil')).toBeNull()
  })
})

it('replaces inside a script only what stands there once', () => {
  const { run } = step(2)

  expect(editWithin(text, run!, '-f Dockerfile', '-f docker/Dockerfile')).toBe(
    text.replace('-f Dockerfile', '-f docker/Dockerfile'),
  )
  expect(editWithin(text, run!, 'o', 'x')).toBeNull()
})

it('inserts a step above the comment that belongs to the next one', () => {
  const after = insertStepBefore(text, step(1), ['uses: a/b@v1', 'with:', '  key: value'])

  expect(after).toContain(
    '      -   uses: a/b@v1\n          with:\n            key: value\n      # the build\n',
  )
  expect(parseWorkflow(after!)!.jobs[0]!.steps.map(({ uses }) => uses?.value)).toEqual([
    'actions/checkout@v4',
    'a/b@v1',
    'docker/build-push-action@v6',
    undefined,
  ])
})

it('adds entries to a step with and without a `with`', () => {
  const added = addWithEntries(text, step(1), [['target', 'runtime']])
  const made = addWithEntries(text, step(0), [['submodules', 'recursive']])

  expect(changed(added)).toEqual(['              target: runtime'])
  expect(step(1, added!).with.get('target')!.value).toBe('runtime')
  expect(step(1, added!).with.get('build-args')!.value).toBe('A=1\nB=2\n')
  expect(changed(made)).toEqual(['        with:', '          submodules: recursive'])
  expect(step(0, made!).with.get('submodules')!.value).toBe('recursive')
})

it('appends a line to a block in its indentation', () => {
  const after = appendToBlock(text, step(1).with.get('build-args')!, 'C=3')

  expect(step(1, after!).with.get('build-args')!.value).toBe('A=1\nB=2\nC=3\n')
  expect(appendToBlock(text, step(1).with.get('tags')!, 'b')).toBeNull()
})

it('keeps Windows line ends', () => {
  const source = text.replaceAll('\n', '\r\n')

  const after = addWithEntries(source, step(1, source), [['target', 'runtime']])

  expect(after!.replaceAll('\r\n', '').includes('\n')).toBe(false)
})
