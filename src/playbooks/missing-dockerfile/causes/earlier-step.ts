/** The Dockerfile is written by an earlier step: then that step is the cause, and its class another one. */
import type { WorkflowStep } from '../../../workflow/parse-workflow.ts'
import { fileNameOf } from '../../../workflow/repository-path.ts'
import { splitCommands } from '../../../workflow/split-command.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import { type Situation, stepsBefore } from '../situation.ts'

/** Programs that may name a Dockerfile without making one. */
const readingPrograms = new Set([
  'cat',
  'ls',
  'test',
  '[',
  'hadolint',
  'head',
  'tail',
  'grep',
  'docker',
  'echo',
  'stat',
  'find',
])

/** Declines when a step before the build writes the file, or may bring it from elsewhere. */
export async function earlierStep({ build, wanted }: Situation): Promise<CauseAnswer> {
  if (stepsBefore(build).some((step) => makesFile(step, fileNameOf(wanted)))) return { kind: 'decline' }
  return excluded(
    {
      en: 'An earlier step makes the Dockerfile and did not',
      ja: '前のステップが作るはずの Dockerfile が作られていない',
    },
    {
      en: 'No step before the build writes, copies or downloads a file of this name.',
      ja: 'ビルド前のステップに、この名前のファイルを作成・コピー・ダウンロードするものはありません。',
    },
  )
}

function makesFile(step: WorkflowStep, name: string): boolean {
  if (step.uses && /^actions\/(download-artifact|cache)(@|\/|$)/.test(step.uses.value)) return true
  if (step.uses && [...step.with.values()].some(({ value }) => value.includes(name))) return true
  return step.run !== null && splitCommands(step.run.value).some(({ words }) => writes(words, name))
}

function writes(words: readonly { text: string; source: string }[], name: string): boolean {
  const isNamed = ({ text }: { text: string }) => fileNameOf(text.replace(/^.*[>=]/s, '')) === name
  if (!words.some(isNamed)) return false
  const redirects = words.some(({ source }) => source.includes('>'))
  return redirects || !readingPrograms.has(words[0]?.text ?? '')
}
