/** The stages of a Dockerfile as a report shows them. Reads lines; judges nothing. */

export interface DockerfileStage {
  readonly number: number
  /** The name after `AS`, or null. */
  readonly name: string | null
  readonly text: string
  readonly instructions: readonly string[]
}

/** Stages in order; what stands before the first `FROM` belongs to the first. */
export function dockerfileStages(text: string): DockerfileStage[] {
  const stages: string[][] = []
  let before: string[] = []
  for (const line of text.split('\n')) {
    if (/^\s*FROM\s/i.test(line)) {
      stages.push([...before, line])
      before = []
    } else (stages.at(-1) ?? before).push(line)
  }
  return stages.map((lines, index) => stageOf(lines.join('\n').trim(), index + 1))
}

function stageOf(text: string, number: number): DockerfileStage {
  const instructions = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const from = instructions.find((line) => /^FROM\s/i.test(line)) ?? ''
  return {
    number,
    name: /\sAS\s{1,9}(?<name>\S{1,128})\s*$/i.exec(from)?.groups?.name ?? null,
    text,
    instructions,
  }
}

/** The image after `FROM`. */
export function baseOf({ instructions }: DockerfileStage): string {
  const from = instructions.find((line) => /^FROM\s/i.test(line)) ?? ''
  return (
    from
      .split(/\s+/)
      .slice(1)
      .find((word) => !word.startsWith('--')) ?? ''
  )
}

/** The rest of the last instruction of a kind, such as of `USER`. */
export function lastOf({ instructions }: DockerfileStage, keyword: string): string | null {
  const line = instructions.findLast((each) => each.toUpperCase().startsWith(`${keyword} `))
  return line === undefined ? null : line.slice(keyword.length).trim().replaceAll(/\s+/g, ' ')
}

export interface StageCopy {
  /** The stage or image that is copied from; null for the build context. */
  readonly from: string | null
  readonly sources: readonly string[]
}

/** What the stage copies, in order. */
export function copiesOf({ instructions }: DockerfileStage): StageCopy[] {
  return instructions
    .filter((line) => /^(?:COPY|ADD)\s/i.test(line))
    .map((line) => {
      const words = line.split(/\s+/).slice(1)
      const from = words.find((word) => word.startsWith('--from='))?.slice('--from='.length) ?? null
      return { from, sources: words.filter((word) => !word.startsWith('--')).slice(0, -1) }
    })
}
