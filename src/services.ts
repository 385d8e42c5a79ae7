/** The one record that every stage is handed: all that lies outside the process. */
import type { Logger } from 'pino'
import type { AgentFile } from './agent/load-agents.ts'
import type { GithubAccess } from './github/access.ts'
import type { Playbook } from './playbook.ts'

export interface Services {
  github: GithubAccess
  playbooks: readonly Playbook[]
  agents: readonly AgentFile[]
  /** The current time. Stages never look at the clock themselves. */
  now: () => Date
  log: Logger
}
