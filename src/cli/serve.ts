/** `regreen serve`: the service, as `npm start` runs it. */
import { type Command, exitDone, readArguments } from './command.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'Start the GitHub App.',
  help: `Usage: regreen serve

Starts the GitHub App with settings from the environment. APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and
WEBHOOK_SECRET are needed; everything else has a default. docs/configuration.md lists all settings.

Example:
  APP_ID=1 PRIVATE_KEY_PATH=key.pem WEBHOOK_SECRET=… npx regreen serve`,
  async run(args) {
    readArguments(args, {})
    await import('../main.ts')
    return process.exitCode === undefined ? exitDone : Number(process.exitCode)
  },
}
