/** The hands of a test or a demo: repositories, pushes, people, buttons, and waiting. */
import { setTimeout as sleep } from 'node:timers/promises'
import { announce, announceInstallation } from './announce.ts'
import { createRepository, forkRepository, importDirectory, pushAsPerson } from './create-repository.ts'
import { logText } from './log-tickets.ts'
import { mergePull } from './pull-requests.ts'
import { shapeCheckRun } from './shapes/actions.ts'
import { shapeFullRepository } from './shapes/users.ts'
import type { SmallGithub } from './small-github.ts'
import type { Installation, Repository } from './state.ts'
import { issueUserToken } from './tokens.ts'
import { ensureUser, findRepository, installationOf, now, type World } from './world.ts'

type Controls = Omit<SmallGithub, 'requests' | 'failNext' | 'close'>

/** What a test or a demo can do in the process. */
export function createControls(world: World): Controls {
  const { id, slug, privateKey, clientId } = world.app
  const repositoryOf = (fullName: string) => requireRepository(world, fullName)
  return {
    url: world.url,
    app: { id, slug, privateKey, clientId },
    deliveries: world.webhooks.deliveries,
    webhookDelivery: world.webhooks.faults,
    setWebhook: (webhook) => {
      world.webhooks.target = webhook
    },
    createRepository: async (fullName, options = {}) =>
      shapeFullRepository(world, await createRepository(world, fullName, options)),
    importDirectory: async (fullName, directory, options = {}) =>
      shapeFullRepository(world, await importDirectory(world, fullName, directory, options)),
    fork: async (fullName, login) =>
      shapeFullRepository(world, await forkRepository(world, repositoryOf(fullName), login)),
    push: (fullName, push) => pushAsPerson(world, repositoryOf(fullName), push),
    mergePullRequest: (fullName, number, login) => mergeAs(world, repositoryOf(fullName), number, login),
    userToken: (login) => issueUserToken(world, ensureUser(world, login)),
    installationId: (fullName) => requireInstallation(world, fullName).id,
    suspendInstallation: (fullName, isSuspended) =>
      suspend(world, requireInstallation(world, fullName), isSuspended),
    deleteInstallation: (fullName) => uninstall(world, requireInstallation(world, fullName)),
    pressCheckRunAction: (fullName, checkRunId, identifier, login) =>
      pressAction(world, repositoryOf(fullName), { checkRunId, identifier, login }),
    requestCheckRunAgain: (fullName, checkRunId, login) =>
      sendCheckRun(world, repositoryOf(fullName), { checkRunId, login, action: 'rerequested' }),
    jobLog: (fullName, jobId) => findJobLog(repositoryOf(fullName), jobId),
    idle: (options = {}) => waitUntilIdle(world, options.timeoutMs ?? 60_000),
  }
}

function requireRepository(world: World, fullName: string): Repository {
  const repository = findRepository(world, fullName)
  if (!repository) throw new Error(`There is no repository ${fullName}.`)
  return repository
}

function requireInstallation(world: World, fullName: string): Installation {
  const installation = installationOf(world, requireRepository(world, fullName))
  if (!installation) throw new Error(`The App is not installed on ${fullName}.`)
  return installation
}

async function mergeAs(
  world: World,
  repository: Repository,
  number: number,
  login: string,
): Promise<{ sha: string }> {
  const pull = repository.pulls.get(number)
  const sha = pull && (await mergePull(world, repository, pull, ensureUser(world, login)))
  if (!sha) throw new Error(`Pull request ${number} of ${repository.fullName} cannot be merged.`)
  return { sha }
}

function suspend(world: World, installation: Installation, isSuspended: boolean): void {
  installation.suspendedAt = isSuspended ? now(world) : null
  announceInstallation(world, installation, {
    event: 'installation',
    action: isSuspended ? 'suspend' : 'unsuspend',
  })
}

function uninstall(world: World, installation: Installation): void {
  world.installations.delete(installation.id)
  announceInstallation(world, installation, { event: 'installation', action: 'deleted' })
}

function pressAction(
  world: World,
  repository: Repository,
  press: { checkRunId: number; identifier: string; login: string },
): void {
  const check = repository.checkRuns.get(press.checkRunId)
  if (!check?.actions.some(({ identifier }) => identifier === press.identifier)) {
    throw new Error(`Check run ${press.checkRunId} has no action '${press.identifier}'.`)
  }
  sendCheckRun(world, repository, { ...press, action: 'requested_action' })
}

function sendCheckRun(
  world: World,
  repository: Repository,
  {
    checkRunId,
    login,
    action,
    identifier,
  }: { checkRunId: number; login: string; action: string; identifier?: string },
): void {
  const check = repository.checkRuns.get(checkRunId)
  if (!check?.isByApp) throw new Error(`Check run ${checkRunId} is not the App's.`)
  announce(world, repository, {
    event: 'check_run',
    action,
    access: 'write',
    sender: ensureUser(world, login),
    check_run: shapeCheckRun(world, repository, check),
    ...(identifier ? { requested_action: { identifier } } : {}),
  })
}

function findJobLog(repository: Repository, jobId: number): string {
  const runs = [...repository.runs.values()]
  const job = runs.flatMap((run) => run.attempts.flatMap(({ jobs }) => jobs)).find(({ id }) => id === jobId)
  if (!job) throw new Error(`There is no job ${jobId} in ${repository.fullName}.`)
  return logText(job)
}

async function waitUntilIdle(world: World, timeoutMs: number): Promise<void> {
  const startedMs = performance.now()
  while (!world.scheduler.isIdle || !world.webhooks.isIdle) {
    if (performance.now() - startedMs > timeoutMs) {
      throw new Error(`The small GitHub was not idle after ${timeoutMs} ms.`)
    }
    await sleep(10)
  }
  const [fault] = world.scheduler.faults
  if (fault)
    throw new Error(`The small GitHub failed while it ran a workflow: ${fault.message}`, { cause: fault })
}
