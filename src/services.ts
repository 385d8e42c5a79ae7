/** The one record that every stage is handed: all that lies outside the process. */
import type { Logger } from 'pino'
import type { AgentFile } from './agent/load-agents.ts'
import type { Prompts } from './agent/load-prompts.ts'
import type { Patch } from './domain/patch.ts'
import type { Repair } from './domain/repair.ts'
import type { ImageTrial } from './domain/verification.ts'
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
  /**
   * Builds and runs a drafted image where this process may do so; null, the default of the App, where it may
   * not: a build runs the repository's code, and CI does that anyway.
   */
  tryImage: ((repair: Repair, patch: Patch) => Promise<ImageTrial | null>) | null
  /** The current time. Stages never look at the clock themselves. */
  now: () => Date
  log: Logger
}
