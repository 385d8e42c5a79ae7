/** The command line: finds the command, runs it, turns errors into messages and exit codes. */
import { isCodedError } from '../errors.ts'
import { type Command, exitDone, exitFailed, exitUsage } from './command.ts'
import { demo } from './demo.ts'
import { fix } from './fix.ts'
import { serve } from './serve.ts'
import { triage } from './triage.ts'

const commands: readonly Command[] = [fix, triage, demo, serve]

function usage(): string {
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}`)
  return [
    'regreen turns red GitHub Actions runs green again.',
    '',
    'Usage: regreen COMMAND [OPTIONS]',
    '',
    ...list,
    '',
    'regreen COMMAND --help tells more.',
  ].join('\n')
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    console.log(usage())
    return name === undefined ? exitUsage : exitDone
  }
  const command = commands.find((each) => each.name === name)
  if (!command) {
    console.error(`regreen: there is no command "${name}".\n\n${usage()}`)
    return exitUsage
  }
  if (args.includes('--help')) {
    console.log(command.help)
    return exitDone
  }
  return command.run(args)
}

function explain(error: unknown): number {
  if (!isCodedError(error)) {
    console.error(error)
    return exitFailed
  }
  console.error(`regreen: ${error.message}`)
  if (error.code !== 'usage') return exitFailed
  console.error('Try: regreen COMMAND --help')
  return exitUsage
}

// A reader that closes early, such as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
process.exitCode = await main(process.argv.slice(2)).catch(explain)
