/** `regreen demo`: the whole journey on this machine, with a small GitHub in place of the real one. */
import { languageSchema } from '../domain/report.ts'
import { type Command, readArguments, usageError } from './command.ts'

export const demo: Command = {
  name: 'demo',
  summary: 'Watch a red run turn green, on this machine alone.',
  help: `Usage: regreen demo [--case NAME] [--language en|ja] [--keep] [--json]

Starts a small GitHub on loopback with a sample repository, starts Regreen against it, pushes, and shows
each stage from the failed run to the ready pull request. Needs no key, no network and no Docker. The small
GitHub is a stand-in: without a container builder, image builds are checked statically and say so.

  --case NAME       fastapi-missing-dockerfile (default) or node-wrong-dockerfile-path
  --language LANG   the language of the report: en or ja
  --keep            leave the servers up until Ctrl-C
  --json            print one object at the end

Exit codes: 0 the pull request is ready and its run green, 1 otherwise, 2 wrong call.

Example:
  npm run demo -- --case node-wrong-dockerfile-path`,
  async run(args) {
    const { values, positionals } = readArguments(args, {
      case: { type: 'string', default: 'fastapi-missing-dockerfile' },
      language: { type: 'string', default: 'en' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    })
    const language = languageSchema.safeParse(values.language)
    if (positionals.length > 0) throw usageError(`Unexpected argument "${positionals[0]}"`)
    if (!language.success) throw usageError('--language is en or ja')
    // Only now: it brings the whole service, which the other commands need not wait for.
    const { runDemo } = await import('../../demo/run-demo.ts')
    return runDemo({ ...values, language: language.data })
  },
}
