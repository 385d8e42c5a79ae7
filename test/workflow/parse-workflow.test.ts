import { describe, expect, it } from 'vitest'
import { parseWorkflow } from '../../src/workflow/parse-workflow.ts'

const text = `name: CI
env:
  APP: orders
defaults:
  run:
    working-directory: ./backend
jobs:
  build:
    name: Build (image)
    strategy:
      matrix:
        python: [3.10, "3.13"]
        include:
          - service: api
          - service: web
    steps:
      - uses: actions/checkout@v4
      # builds it
      - name: Build
        uses: docker/build-push-action@v6
        with:
          context: ./backend  # the root
          push: false
      - run: |
          make image
          make push

  call:
    uses: ./.github/workflows/other.yml
`

describe('parseWorkflow', () => {
  it('reads jobs, steps and values with their lines', () => {
    const [build, call] = parseWorkflow(text)!.jobs

    expect(build!.steps.map(({ name, lineStart, lineEnd }) => [name, lineStart, lineEnd])).toEqual([
      [null, 17, 17],
      ['Build', 19, 23],
      [null, 24, 26],
    ])
    expect(build!.steps[1]!.with.get('context')).toMatchObject({ value: './backend', line: 22 })
    expect(build!.workingDirectory).toBe('./backend')
    expect(call).toMatchObject({ id: 'call', uses: './.github/workflows/other.yml', steps: [] })
  })

  it('keeps the range of a value without its comment', () => {
    const { range } = parseWorkflow(text)!.jobs[0]!.steps[1]!.with.get('context')!

    expect(text.slice(...range!)).toBe('./backend')
  })

  it('keeps matrix values as written and collects those of include', () => {
    const { matrix } = parseWorkflow(text)!.jobs[0]!

    expect([...matrix]).toEqual([
      ['python', ['3.10', '3.13']],
      ['service', ['api', 'web']],
    ])
  })

  it('follows an alias and gives it no range of its own', () => {
    const aliased = parseWorkflow(
      'x: &file docker/Dockerfile\njobs:\n  a:\n    steps:\n      - uses: a/b@v1\n        with:\n          file: *file\n',
    )

    expect(aliased!.jobs[0]!.steps[0]!.with.get('file')).toEqual({
      value: 'docker/Dockerfile',
      range: null,
      line: 7,
    })
  })

  it.each([
    ['broken YAML', 'jobs: [\n'],
    ['a repeated key', 'jobs: {}\njobs: {}\n'],
    ['no jobs', 'name: CI\n'],
    ['a list', '- jobs\n'],
    ['too much text', `jobs: {}\n${'#'.repeat(600_000)}`],
    ['deep nesting', `jobs: ${'['.repeat(100_000)}`],
    ['an alias to nothing', 'jobs: *missing\n'],
  ])('gives null for %s', (_, source) => {
    expect(parseWorkflow(source)).toBeNull()
  })

  it('ends early on aliases that multiply steps', () => {
    const steps = `steps: &steps [${'{run: a},'.repeat(1_000)}]`
    const jobs = Array.from({ length: 1_000 }, (_, at) => `  j${at}: {steps: *steps}`).join('\n')
    const started = performance.now()

    const workflow = parseWorkflow(`x: {${steps}}\njobs:\n${jobs}\n`)

    expect(workflow).toBeNull()
    expect(performance.now() - started).toBeLessThan(5_000)
  })
})
