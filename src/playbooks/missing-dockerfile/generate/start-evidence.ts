/** Start commands that the repository itself states, strongest evidence first. */
import { splitCommands } from '../../../workflow/split-command.ts'
import { isDevelopmentCommand } from '../development-file.ts'
import type { RecipeInput } from './recipe.ts'
import { isCommandWord } from './safe-words.ts'

/** A start command and where it stands. */
export interface StatedStart {
  readonly words: readonly string[]
  readonly source: string
}

/** What Procfile and compose say, in this order; commands for development or with shell syntax are left out. */
export async function statedStarts(
  { project, compose }: RecipeInput,
  port: number,
): Promise<readonly StatedStart[]> {
  const procfile = await project.read('Procfile')
  const web = procfile?.split('\n').find((line) => line.startsWith('web:'))
  const starts = [
    { words: web === undefined ? null : wordsOf(web.slice('web:'.length), port), source: 'Procfile' },
    { words: compose?.command ? plainWords(compose.command, port) : null, source: compose?.path ?? '' },
  ]
  return starts.filter((start): start is StatedStart => start.words !== null)
}

/** The words of a one-command script; null when it needs a shell or serves development. */
export function wordsOf(command: string, port: number): readonly string[] | null {
  const commands = splitCommands(command)
  return commands.length === 1
    ? plainWords(
        commands[0]!.words.map(({ text }) => text),
        port,
      )
    : null
}

/** The words with `$PORT` filled in; null when any needs a shell or the command serves development. */
export function plainWords(words: readonly string[], port: number): readonly string[] | null {
  const filled = words.map((word) => word.replace(/\$(PORT\b|\{PORT(:?-\d{1,5})?\})/g, String(port)))
  const isPlain = filled.length > 0 && filled.every(isCommandWord) && !isDevelopmentCommand(filled.join(' '))
  return isPlain && !/^\w+=/.test(filled[0]!) ? filled : null
}
