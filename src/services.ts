/** The one record that every stage is handed: all that lies outside the process. */
import type { Logger } from 'pino'
import type { AgentFile } from './agent/load-agents.ts'
import type { Prompts } from './agent/load-prompts.ts'
import type { GithubAccess } from './github/access.ts'
import type { Model } from './model/model.ts'
import type { Playbook } from './playbook.ts'
import type { WorkspaceAccess } from './workspace/workspace-access.ts'

export interface Services {
  workspace: WorkspaceAccess
  github: GithubAccess
  playbooks: readonly Playbook[]
  agents: readonly AgentFile[]
  prompts: Prompts
  /** Null where no key is configured. */
  model: Model | null
  /** The current time. Stages never look at the clock themselves. */
  now: () => Date
  log: Logger
}
