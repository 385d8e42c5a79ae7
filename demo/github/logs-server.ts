/** The other origin, from which job logs are fetched after a redirect. It takes no credentials. */
import { Hono } from 'hono'
import { logText, logTicket } from './log-tickets.ts'
import type { World } from './world.ts'

/** Answers `/_logs/<ticket>`; a request that carries credentials is refused, as GitHub's storage does. */
export function createLogsServer(world: World): Hono {
  const app = new Hono()
  app.get('/_logs/:ticket', (context) => {
    if (context.req.header('authorization')) {
      return context.text('Only one auth mechanism allowed: the address itself carries the credentials.', 400)
    }
    const job = findJob(world, context.req.param('ticket'))
    if (!job) return context.text('The specified resource does not exist.', 404)
    return context.body(logText(job), 200, { 'content-type': 'text/plain; charset=utf-8' })
  })
  return app
}

function findJob(world: World, ticket: string) {
  for (const repository of world.repositories.values()) {
    for (const run of repository.runs.values()) {
      for (const job of run.attempts.flatMap((attempt) => attempt.jobs))
        if (logTicket(job) === ticket) return job
    }
  }
  return undefined
}
