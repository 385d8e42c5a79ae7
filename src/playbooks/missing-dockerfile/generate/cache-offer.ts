/** The build cache of GitHub Actions as an offer: worth having, not needed for the fix. */
import type { FileChange } from '../../../domain/patch.ts'
import { addWithEntries, insertStepBefore } from '../../../workflow/edit-workflow.ts'
import { parseWorkflow } from '../../../workflow/parse-workflow.ts'
import type { Situation } from '../situation.ts'
import { stepsBefore } from '../situation.ts'

/** The cache needs a builder that can export it, which is what this action sets up. */
const setupBuildx = 'docker/setup-buildx-action@v3'

/** The workflow with cache settings, scoped so that two images do not evict each other; null where it has some. */
export function cacheOffer({ build, context, workflowPath, workflowText }: Situation): FileChange | null {
  if (build.kind !== 'action' || build.hasCache) return null
  const scope = context.split('/').at(-1) || build.job.id
  if (!/^[\w.-]{1,60}$/.test(scope)) return null
  const cached = addWithEntries(workflowText, build.step, [
    ['cache-from', `type=gha,scope=${scope}`],
    ['cache-to', `type=gha,scope=${scope},mode=max`],
  ])
  const hasBuildx = stepsBefore(build).some(({ uses }) =>
    uses?.value.startsWith('docker/setup-buildx-action'),
  )
  const after = cached === null || hasBuildx ? cached : withBuildx(cached, build)
  if (after === null || parseWorkflow(after) === null) return null
  return {
    path: workflowPath,
    mode: '100644',
    before: workflowText,
    after,
    reason: {
      en: 'Keeps built layers between runs. `mode=max` also keeps those of the build stage.',
      ja: 'ビルドした層を次の実行でも再利用します。`mode=max` ではビルドステージの層も保持します。',
    },
  }
}

function withBuildx(text: string, build: Situation['build']): string | null {
  return insertStepBefore(text, build.step, [`uses: ${setupBuildx}`])
}
