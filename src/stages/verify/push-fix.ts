/** Puts the patch on its own branch, once. */
import { strict as assert } from 'node:assert'
import { fixBranchOf } from '../../domain/fix-branch.ts'
import type { Patch } from '../../domain/patch.ts'
import { currentAttempt, type Repair } from '../../domain/repair.ts'
import type { GithubAccess, Purpose } from '../../github/access.ts'
import { pushCommit } from '../../github/commits.ts'

/** `changed` when somebody else has moved or made the branch: it is then left alone. */
export type Push = { kind: 'ours'; branch: string; headSha: string } | { kind: 'changed'; branch: string }

/** Commit and branch for the current patch, named after the repair, so that a second try finds the first. */
export async function pushFix(repair: Repair, github: GithubAccess): Promise<Push> {
  const attempt = currentAttempt(repair)
  assert(attempt, 'verify needs a patch')
  const branch = fixBranchOf(repair)
  const headSha = await github.withClient(repair, writerFor(attempt.patch), (client) =>
    pushCommit(client, {
      branch,
      parentSha: repair.run.headSha,
      message: commitMessage(repair, attempt.patch),
      changes: attempt.patch.changes,
    }),
  )
  return headSha === null ? { kind: 'changed', branch } : { kind: 'ours', branch, headSha }
}

/** Only a playbook's patch of a workflow file gets a token that may write workflows. */
export function writerFor(patch: Patch): Purpose {
  const editsWorkflow = patch.changes.some(({ path }) => path.startsWith('.github/workflows/'))
  return editsWorkflow && patch.author.kind === 'playbook' ? 'workflow-writer' : 'writer'
}

/** In English, whatever the language of the report: a history has one language. */
function commitMessage(repair: Repair, patch: Patch): string {
  const reasons = patch.changes.map(({ path, reason }) => `- ${path}: ${reason.en}`)
  return [patch.title.en, '', ...reasons, '', `Regreen-Repair: ${repair.id}`].join('\n')
}
