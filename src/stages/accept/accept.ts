/** Decides whether a failure is taken on, and how far Regreen may go. */
import { isFixBranch } from '../../domain/fix-branch.ts'
import type { Repair } from '../../domain/repair.ts'
import { writeCheckRun } from '../../github/checks.ts'
import { readFileAt } from '../../github/contents.ts'
import { whyHeadMoved } from '../../github/moved-head.ts'
import { whyNotPush } from '../../github/permissions.ts'

import type { Services } from '../../services.ts'
import type { StageOutcome } from '../stage-outcome.ts'
import { parseRepositoryConfig, repositoryConfigPath } from './repository-config.ts'

/** Trigger → Repair. Refuses with a reason; a stranger's failure gets a diagnosis, never a push. */
export async function accept(repair: Repair, services: Services): Promise<StageOutcome> {
  if (isFixBranch(repair.run.headBranch)) return skip('This run tests a fix of our own.')
  const outcome = await decide(repair, services)
  if (outcome.kind !== 'done') return outcome
  const effects = { ...repair.effects, checkRunId: await postStatusNote(repair, services) }
  return { ...outcome, changes: { ...outcome.changes, effects } }
}

function decide(repair: Repair, services: Services): Promise<StageOutcome> {
  return services.github.withClient(repair, 'reader', async (client) => {
    const config = parseRepositoryConfig(
      await readFileAt(client, repositoryConfigPath, repair.repository.defaultBranch),
    )
    if ('problem' in config) {
      const reason = `${repositoryConfigPath} cannot be read (${config.problem}), so nothing is pushed.`
      return { kind: 'done', changes: { mayPush: false }, reason }
    }
    if (!config.enabled) return skip(`${repositoryConfigPath} says enabled: false.`)
    const moved = await whyHeadMoved(client, repair)
    if (moved) return { kind: 'conclude', changes: {}, conclusion: 'superseded', reason: moved }
    const hindrance = await whyNotPush(client, repair)
    return {
      kind: 'done',
      changes: { mayPush: hindrance === null, language: config.language },
      ...(hindrance === null ? {} : { reason: hindrance }),
    }
  })
}

/** Says within seconds, on the failing commit, that somebody is looking. */
function postStatusNote(repair: Repair, services: Services): Promise<number> {
  return services.github.withClient(repair, 'reporter', (client) =>
    writeCheckRun(client, {
      headSha: repair.run.headSha,
      externalId: repair.id,
      checkRunId: repair.effects.checkRunId,
      content: {
        status: 'in_progress',
        title: 'Looking into the failed run',
        summary: `Regreen reads the logs of run ${repair.run.id}. The outcome will stand here.`,
      },
    }),
  )
}

function skip(reason: string): StageOutcome {
  return { kind: 'conclude', changes: {}, conclusion: 'skipped', reason }
}
