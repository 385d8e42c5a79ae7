/** The contract of a command, and how its arguments are read. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { OperatorError } from '../errors.ts'

export interface Command {
  name: string
  /** One line for the list of commands. */
  summary: string
  /** The whole help text, with an example. */
  help: string
  /** Returns the exit code. */
  run(args: readonly string[]): Promise<number>
}

/** Ended as asked. */
export const exitDone = 0
/** Regreen or what it depends on failed. */
export const exitFailed = 1
/** The call was wrong. */
export const exitUsage = 2
/** The cause is named; nothing was changed. */
export const exitDiagnosed = 3
/** A patch was drafted, and a gate refused it. */
export const exitRefused = 4

/** Reads options and positionals. Throws `usage` with the reason. */
export function readArguments<Options extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw usageError((error as Error).message.split('. ')[0] ?? 'unknown option')
  }
}

/** The call was wrong: printed with a pointer to the help, exit code 2. */
export function usageError(problem: string): OperatorError {
  return new OperatorError({ code: 'usage', message: `${problem}.` })
}
