/** What the image runs when it starts: entry point and command together. */
import { chainInstructions, type Instruction, type Stage } from './parse-dockerfile.ts'

/** What runs in a container of the stage. */
export interface StartCommand {
  /** The words that run, init programs left out; null when a shell decides or nothing is set. */
  readonly words: readonly string[] | null
  readonly line: number
  /** True when an init such as tini is the first process. */
  readonly hasInit: boolean
  readonly instructions: readonly Instruction[]
}

/** Programs that only start another one and pass signals on. */
const initPrograms = new Set(['tini', 'dumb-init', 'docker-init', 's6-svscan', 'catatonit'])

/** Entry points that end in `exec "$@"`. */
const passingScripts = new Set([
  'docker-entrypoint.sh',
  '/docker-entrypoint.sh',
  '/usr/local/bin/docker-entrypoint.sh',
])

/** The stage's start command; null when the stage sets neither CMD nor ENTRYPOINT. */
export function readStartCommand(stage: Stage): StartCommand | null {
  const all = chainInstructions(stage)
  const entry = all.findLast(({ keyword }) => keyword === 'ENTRYPOINT')
  const command = all.findLast(({ keyword }) => keyword === 'CMD')
  const instructions = [entry, command].filter((instruction) => instruction !== undefined)
  if (instructions.length === 0) return null
  const isExec = instructions.every(({ exec }) => exec !== null)
  const words = isExec ? instructions.flatMap(({ exec }) => exec!) : null
  const program = words === null ? [] : withoutInit(words)
  return {
    words: words === null ? null : program,
    line: (command ?? entry)!.line,
    hasInit: words !== null && program.length < words.length && initPrograms.has(nameOf(words[0]!)),
    instructions,
  }
}

function withoutInit(words: readonly string[]): readonly string[] {
  const [first] = words
  if (first === undefined) return words
  if (passingScripts.has(first)) return withoutInit(words.slice(1))
  if (!initPrograms.has(nameOf(first))) return words
  const end = words.indexOf('--')
  return end === -1
    ? words
        .slice(1)
        .filter(
          (word, at, rest) => !word.startsWith('-') || at > rest.findIndex((one) => !one.startsWith('-')),
        )
    : words.slice(end + 1)
}

function nameOf(program: string): string {
  return program.split('/').at(-1)!
}
