/** Puts the parts together: store, services, worker, reconciler and server. */
import pino, { type Logger } from 'pino'
import { loadAgents } from './agent/load-agents.ts'
import { loadPrompts } from './agent/load-prompts.ts'
import type { Config } from './config.ts'
import { openGithubAccess } from './github/access.ts'
import { openModel } from './model/open-model.ts'
import { loadPlaybooks } from './playbooks/load-playbooks.ts'
import type { Machine } from './repair/advance.ts'
import { reconcile, reconcileEveryMs } from './repair/reconcile.ts'
import { startWorker } from './repair/worker.ts'
import { startServer } from './server.ts'
import type { Services } from './services.ts'
import { openStore, type Store } from './store/open-store.ts'
import { openWorkspaceAccess } from './workspace/workspace-access.ts'

/** A running Regreen. */
export interface Regreen {
  url: string
  store: Store
  machine: Machine
  /** Finishes running stages as far as they get in 20 s; the rest goes on at the next start. */
  stop(): Promise<void>
}

/**
 * Starts everything. `options.onStage` sees each stage after it is stored; `options.tryImage` lets drafted
 * images be built on this machine.
 */
export async function startRegreen(
  config: Config,
  options: Pick<Machine, 'onStage'> & Partial<Pick<Services, 'tryImage'>> & { log?: Logger } = {},
): Promise<Regreen> {
  const log = options.log ?? pino({ level: config.logLevel, serializers: { error: pino.stdSerializers.err } })
  const location = config.databaseUrl
    ? { databaseUrl: config.databaseUrl }
    : { directory: config.dataDirectory }
  const store = await openStore(location, (error) => log.error({ error }, 'the queue reports a fault'))
  const services = { ...(await openServices(config, log)), tryImage: options.tryImage ?? null }
  const machine: Machine = {
    store,
    services,
    isStopped: config.isStopped,
    ...(options.onStage ? { onStage: options.onStage } : {}),
  }
  const server = await startServer(config, store, log)
  await startWorker(machine)
  const reconciler = startReconciler(machine)
  log.info(
    { url: server.url, store: store.database.engine, model: services.model?.name ?? null },
    'regreen is ready',
  )
  return {
    url: server.url,
    store,
    machine,
    async stop() {
      await reconciler.stop()
      await server.close()
      await store.close()
    },
  }
}

/** The outer world as configured. */
async function openServices(config: Config, log: Logger): Promise<Omit<Services, 'tryImage'>> {
  const github = openGithubAccess(config, log)
  const [playbooks, agents, prompts] = await Promise.all([loadPlaybooks(), loadAgents(), loadPrompts()])
  return {
    github,
    workspace: openWorkspaceAccess(github),
    playbooks,
    agents,
    prompts,
    model: config.model ? openModel(config.model) : null,
    now: () => new Date(),
    log,
  }
}

function startReconciler(machine: Machine): { stop: () => Promise<void> } {
  const { log } = machine.services
  const look = () =>
    reconcile(machine).then(
      (result) => log.debug(result, 'reconciled'),
      (error: unknown) => log.warn({ error }, 'reconcile failed; it is tried again'),
    )
  let running = look()
  const timer = setInterval(() => {
    running = running.then(look)
  }, reconcileEveryMs)
  return {
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
