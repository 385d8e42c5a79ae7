/** Regreen as a process of its own, for tests that kill it. Settings come from the environment. */
import { readConfig } from '../../src/config.ts'
import { startRegreen } from '../../src/regreen.ts'

const killAfter = process.env.KILL_AFTER_STAGE

const regreen = await startRegreen(readConfig(), {
  onStage: (repair, { stage }) => {
    process.send?.({ kind: 'stage', stage, status: repair.status, conclusion: repair.conclusion })
    if (stage === killAfter) process.kill(process.pid, 'SIGKILL')
  },
})
process.send?.({ kind: 'ready', url: regreen.url })
process.on('SIGTERM', async () => {
  await regreen.stop()
  process.exit(0)
})
