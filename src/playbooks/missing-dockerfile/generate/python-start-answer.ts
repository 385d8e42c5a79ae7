/** How a Python image starts, and the last look at the words before they are written into a file. */
import { type HumanAnswer, tell } from './recipe.ts'
import { isCommandWord, isModuleTarget, isPlainPath } from './safe-words.ts'

/** How the application starts, and what must be in the image for that. */
export interface PythonStart {
  readonly words: readonly string[]
  readonly framework: string
  /** Null when nothing listens. */
  readonly port: number | null
  readonly healthPath: string | null
  /** The folder that imports start from; null for the working directory. */
  readonly importRoot: string | null
  /** Files that must be in the image for the command to work. */
  readonly entryFiles: readonly string[]
  readonly source: string
}

/** A start, or what only a person can say. */
export type StartAnswer = { kind: 'start'; start: PythonStart } | HumanAnswer

/** The start as an answer, or a step for a person where a word is not safe to copy. */
export function checkedStart(start: PythonStart): StartAnswer {
  const isSafe = start.words.every(
    (word, at) =>
      isCommandWord(word) || isModuleTarget(word) || (start.words[at - 1] === '-c' && !/["\\\n$]/.test(word)),
  )
  const isRootSafe = start.importRoot === null || isPlainPath(start.importRoot)
  if (isSafe && isRootSafe) return { kind: 'start', start }
  return tell(
    {
      en: 'The start command of the project has characters that are not safe to copy.',
      ja: 'プロジェクトの起動コマンドに、安全にコピーできない文字が含まれています。',
    },
    [
      {
        en: 'Write the Dockerfile by hand, or give the entry point a plain name.',
        ja: 'Dockerfile を手動で作成するか、エントリーポイントを単純な名前にしてください。',
      },
    ],
  )
}
