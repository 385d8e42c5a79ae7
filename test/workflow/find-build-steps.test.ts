import { describe, expect, it } from 'vitest'
import { findBuildSteps } from '../../src/workflow/find-build-steps.ts'
import { parseWorkflow } from '../../src/workflow/parse-workflow.ts'

function build(steps: string, { head = '', job = '', shown = 'image' } = {}) {
  const workflow = parseWorkflow(`${head}jobs:\n  image:\n${job}    steps:\n${steps}`)!
  return findBuildSteps(workflow, workflow.jobs[0]!, shown)
}

function action(inputs: Record<string, string>): string {
  const lines = Object.entries(inputs).map(([key, value]) => `          ${key}: ${value}`)
  return `      - uses: docker/build-push-action@v6\n        with:\n${lines.join('\n')}\n`
}

function command(script: string): string {
  return `      - run: |\n${script
    .split('\n')
    .map((line) => `          ${line}`)
    .join('\n')}\n`
}

describe('docker/build-push-action', () => {
  it.each([
    [{ context: './backend' }, 'backend', 'backend/Dockerfile'],
    [{ context: './backend', file: 'Dockerfile' }, 'backend', 'Dockerfile'],
    [{ context: '.', file: './docker/Dockerfile' }, '', 'docker/Dockerfile'],
    [{ context: './a/../b', file: './b/Dockerfile' }, 'b', 'b/Dockerfile'],
    [{ context: '.', file: '../Dockerfile' }, '', null],
    [{ context: '.', file: '/tmp/Dockerfile' }, '', null],
    [{ context: '.', file: '${{ steps.x.outputs.file }}' }, '', null],
  ])('reads %o', (inputs, context, file) => {
    expect(build(action(inputs))).toMatchObject([{ kind: 'action', context, file, contextSource: 'path' }])
  })

  it('takes the commit itself without a context, so that no checkout is needed', () => {
    expect(build(action({ push: 'false' }))).toMatchObject([
      { context: '', contextSource: 'git', file: 'Dockerfile' },
    ])
    expect(build(action({ context: "'{{defaultContext}}:api'" }))).toMatchObject([
      { context: 'api', contextSource: 'git', file: 'api/Dockerfile' },
    ])
  })

  it('reads a remote context as unknown', () => {
    expect(build(action({ context: 'https://example.com/x.git' }))).toMatchObject([
      { context: null, contextSource: 'remote', file: null },
    ])
  })

  it('reads target, arguments, contexts, platforms and cache', () => {
    const inputs = {
      context: '.',
      target: 'production',
      'build-args': '|\n            A=1\n            TOKEN=${{ secrets.TOKEN }}',
      'build-contexts': '|\n            runtime=docker-image://python:3.13-slim',
      platforms: 'linux/amd64,linux/arm64',
      'cache-from': 'type=gha',
    }

    const [step] = build(action(inputs))

    expect(step).toMatchObject({
      target: 'production',
      platforms: ['linux/amd64', 'linux/arm64'],
      hasCache: true,
    })
    expect([...step!.buildArguments]).toEqual([
      ['A', '1'],
      ['TOKEN', '${{ secrets.TOKEN }}'],
    ])
    expect([...step!.buildContexts.keys()]).toEqual(['runtime'])
  })

  it('is not mistaken for another action', () => {
    expect(build('      - uses: evil/docker/build-push-action@v6\n')).toEqual([])
    expect(build('      - uses: docker/build-push-action-fork@v6\n')).toEqual([])
  })
})

describe('build commands', () => {
  it.each([
    ['docker build -t a .', '', 'Dockerfile'],
    ['docker build backend', 'backend', 'backend/Dockerfile'],
    ['docker build -f docker/Dockerfile .', '', 'docker/Dockerfile'],
    ['docker buildx build --file=docker/Dockerfile --push .', '', 'docker/Dockerfile'],
    ['podman build "my dir"', 'my dir', 'my dir/Dockerfile'],
    ['cd backend && docker build -f Dockerfile.ci ..', '', 'backend/Dockerfile.ci'],
    ['sudo DOCKER_BUILDKIT=1 docker build \\\n  -t a \\\n  backend', 'backend', 'backend/Dockerfile'],
    ['docker build --build-arg A=b --target prod . | tee log', '', 'Dockerfile'],
    ['docker build -f $FILE .', '', null],
    ['docker build "$DIR"', null, null],
  ])('reads %s', (script, context, file) => {
    expect(build(command(script))).toMatchObject([{ kind: 'command', context, file }])
  })

  it.each([
    'docker compose build',
    'echo docker build .',
    'docker images',
    '# docker build .',
    'dockerbuild .',
  ])('ignores %s', (script) => {
    expect(build(command(script))).toEqual([])
  })

  it('starts from the working directory of the step, the job or the workflow', () => {
    const step = '      - run: docker build -f Dockerfile .\n        working-directory: api\n'
    const job = '    defaults:\n      run:\n        working-directory: web\n'

    expect(build(step, { job })).toMatchObject([{ context: 'api', file: 'api/Dockerfile', fileBase: 'api' }])
    expect(build(command('docker build .'), { job })).toMatchObject([
      { context: 'web', file: 'web/Dockerfile' },
    ])
  })
})

describe('expressions', () => {
  const steps = action({ context: './${{ matrix.service }}', file: '${{ env.FOLDER }}/Dockerfile' })
  const head = 'env:\n  FOLDER: docker\n'
  const job = '    strategy:\n      matrix:\n        service: [api, web]\n'

  it('takes the matrix value that the job name shows, and literal variables', () => {
    expect(build(steps, { head, job, shown: 'image (web)' })).toMatchObject([
      { context: 'web', file: 'docker/Dockerfile' },
    ])
  })

  it('leaves open what the name does not show', () => {
    expect(build(steps, { head, job })).toMatchObject([{ context: null, file: 'docker/Dockerfile' }])
  })
})
