/** Starts Regreen as a service, with settings from the environment. */
import { readConfig } from './config.ts'
import { isCodedError } from './errors.ts'
import { startRegreen } from './regreen.ts'

try {
  const regreen = await startRegreen(readConfig())
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await regreen.stop()
      process.exit(0)
    })
  }
} catch (error) {
  console.error(isCodedError(error) ? `${error.code}: ${error.message}` : error)
  process.exitCode = 1
}
