/** The report's facts about the workflow step that asked for the Dockerfile. */
import type { Fact } from '../../domain/patch.ts'
import type { Situation } from './situation.ts'

/** A step's excerpt in a report; longer ones hide the guilty line. */
const excerptLinesMax = 30

/** Which file, step and line of the workflow wanted what. */
export function workflowFacts({ build, wanted, context, workflowPath, workflowText }: Situation): Fact[] {
  const { step, fileValue } = build
  const lines = workflowText.split(/\r?\n/).slice(step.lineStart - 1, step.lineEnd)
  return [
    { key: 'dockerfile', value: wanted },
    { key: 'context', value: context === '' ? '.' : context },
    ...(build.target === null ? [] : [{ key: 'target', value: build.target }]),
    { key: 'workflow-file', value: workflowPath },
    { key: 'workflow-step', value: step.name ?? step.uses?.value ?? 'run' },
    { key: 'workflow-excerpt', value: lines.slice(0, excerptLinesMax).join('\n') },
    {
      key: 'workflow-line',
      value: String(guiltyLine(build, fileValue?.line ?? step.lineStart, workflowText)),
    },
  ]
}

/** The line that names the file: the input's own, or the line of the command that has the path. */
function guiltyLine(build: Situation['build'], fallback: number, text: string): number {
  const { kind, step, fileText } = build
  if (kind === 'action') return fallback
  const lines = text.split(/\r?\n/)
  const names = fileText ?? 'build'
  const at = lines.findIndex((line, index) => index + 1 >= step.lineStart && line.includes(names))
  return at === -1 || at + 1 > step.lineEnd ? fallback : at + 1
}
