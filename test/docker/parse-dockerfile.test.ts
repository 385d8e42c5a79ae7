import { describe, expect, it } from 'vitest'
import { copiedPaths, environmentOf, workingDirectory } from '../../src/docker/image-model.ts'
import { chainInstructions, expandVariables, parseDockerfile } from '../../src/docker/parse-dockerfile.ts'
import { readStartCommand } from '../../src/docker/start-command.ts'

const text = `# syntax=docker/dockerfile:1
ARG PYTHON=3.13
ARG SUITE
FROM --platform=$BUILDPLATFORM python:\${PYTHON}-slim-\${SUITE:-trixie} AS Base
ARG PYTHON
ENV HOME_DIR=/srv APP="two words"
WORKDIR $HOME_DIR
FROM base AS builder
WORKDIR app
# a comment
RUN --mount=type=cache,target=/c --mount=type=bind,from=base,target=/b \\
    # inside
    pip install x \\
 && true
COPY --from=base --chmod=755 ["a b", "c/"]
RUN <<SCRIPT
echo CMD
SCRIPT
ENTRYPOINT ["/usr/bin/tini", "-g", "--"]
CMD ["uvicorn", "main:app"]
`

const [base, builder] = parseDockerfile(text)!.stages

describe('parseDockerfile', () => {
  it('resolves bases, names and parents', () => {
    expect(
      [base, builder].map((stage) => [stage!.name, stage!.base, stage!.parent?.name ?? null, stage!.line]),
    ).toEqual([
      ['base', 'python:3.13-slim-trixie', null, 4],
      ['builder', 'base', 'base', 8],
    ])
    expect(base!.platform).toBe('$BUILDPLATFORM')
  })

  it('joins lines, drops comments and keeps repeated flags', () => {
    const run = builder!.instructions[1]!

    expect(run).toMatchObject({ keyword: 'RUN', line: 11, lineEnd: 14 })
    expect(run.text.replace(/\s+/g, ' ')).toBe('pip install x && true')
    expect(run.flags.get('mount')).toEqual(['type=cache,target=/c', 'type=bind,from=base,target=/b'])
  })

  it('reads exec forms with spaces, and does not take a heredoc for instructions', () => {
    expect(builder!.instructions.map(({ keyword }) => keyword)).toEqual([
      'WORKDIR',
      'RUN',
      'COPY',
      'RUN',
      'ENTRYPOINT',
      'CMD',
    ])
    expect(builder!.instructions[2]!.exec).toEqual(['a b', 'c/'])
  })

  it('carries ENV and folders from the parent stage', () => {
    expect(workingDirectory(builder!)).toBe('/srv/app')
    expect(environmentOf(builder!).get('APP')).toBe('two words')
    expect(chainInstructions(builder!)[0]!.keyword).toBe('ARG')
    expect(copiedPaths(builder!)).toEqual([
      { line: 15, from: 'base', source: 'a b', destination: '/srv/app/c', isInto: true },
    ])
  })

  it('leaves an init out of the start command', () => {
    expect(readStartCommand(builder!)).toMatchObject({
      words: ['uvicorn', 'main:app'],
      hasInit: true,
      line: 20,
    })
  })

  it('gives null for a file beyond the limit', () => {
    expect(parseDockerfile('#'.repeat(300_000))).toBeNull()
  })
})

it.each([
  ['$A', 'one'],
  ['${A}', 'one'],
  ['${B:-two}', 'two'],
  ['${A:+set}', 'set'],
  ['${B:+set}', ''],
  ['$B', '$B'],
])('expands %s', (source, expanded) => {
  expect(expandVariables(source, new Map([['A', 'one']]))).toBe(expanded)
})
