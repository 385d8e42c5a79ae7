/** The actions that the small GitHub knows, and its refusal of all others. */
import { createHash } from 'node:crypto'
import { environmentLines } from './environment.ts'
import { evaluateText, toText } from './expressions.ts'
import { type JobContext, jobScope, StepFailed } from './job-context.ts'
import { downloadArtifact, uploadArtifact } from './modelled/artifacts.ts'
import { buildPush } from './modelled/build-push.ts'
import { cache } from './modelled/cache.ts'
import { checkout } from './modelled/checkout.ts'
import { runCompositeAction } from './modelled/composite.ts'
import { dockerLogin, setupBuildx } from './modelled/docker-setup.ts'
import { setupNode, setupPython } from './modelled/setup-languages.ts'
import type { StepRequest } from './run-step.ts'
import type { StepDefinition } from './workflow-file.ts'

/** What a modelled action is given. */
export interface ActionStep extends StepRequest {
  inputs: Record<string, string>
  outputs: Record<string, string>
}

export interface ModelledAction {
  /** Inputs that GitHub shows in the header although the step does not set them. */
  defaults?: Record<string, string>
  run(step: ActionStep): Promise<void> | void
}

const modelledActions: Record<string, ModelledAction> = {
  'actions/checkout': checkout,
  'actions/setup-node': setupNode,
  'actions/setup-python': setupPython,
  'actions/cache': cache,
  'actions/upload-artifact': uploadArtifact,
  'actions/download-artifact': downloadArtifact,
  'docker/setup-buildx-action': setupBuildx,
  'docker/login-action': dockerLogin,
  'docker/build-push-action': buildPush,
}

/** Actions of GitHub that exist but are not modelled; any other name below `actions/` does not exist. */
const unmodelledOfGithub = [
  'setup-go',
  'setup-java',
  'setup-dotnet',
  'github-script',
  'labeler',
  'stale',
  'deploy-pages',
  'configure-pages',
  'upload-pages-artifact',
  'attest',
  'attest-build-provenance',
  'create-github-app-token',
  'dependency-review-action',
  'first-interaction',
  'add-to-project',
  'create-release',
  'upload-release-asset',
  'ai-inference',
]

const deprecationLinks: Record<string, { upTo: number; link: string }> = {
  'actions/upload-artifact': {
    upTo: 3,
    link: 'https://github.blog/changelog/2024-04-16-deprecation-notice-v3-of-the-artifact-actions/',
  },
  'actions/download-artifact': {
    upTo: 3,
    link: 'https://github.blog/changelog/2024-04-16-deprecation-notice-v3-of-the-artifact-actions/',
  },
  'actions/cache': {
    upTo: 2,
    link: 'https://github.blog/changelog/2024-12-05-notice-of-upcoming-releases-and-breaking-changes-for-github-actions/#actions-cache-v1-v2-and-actions-toolkit-cache-package-closing-down',
  },
}

/** "Downloads" the actions of a job, or fails as GitHub does before the first step. */
export function resolveActions(context: JobContext, steps: readonly StepDefinition[]): void {
  const names = new Set(steps.map((step) => step.uses).filter((uses) => uses !== undefined))
  for (const uses of names) {
    if (uses.startsWith('./')) continue
    const { name, version } = parseUses(uses)
    refuseUnknown(name, version)
    refuseDeprecated(name, version)
    const sha = createHash('sha1').update(uses).digest('hex')
    context.log.write(`Download action repository '${name}@${version}' (SHA:${sha})`)
  }
}

function parseUses(uses: string): { name: string; version: string } {
  const groups = /^(?<name>[\w.-]+\/[\w./-]+)@(?<version>.+)$/.exec(uses)?.groups
  if (groups) return { name: groups.name!, version: groups.version! }
  throw new StepFailed(`The small GitHub does not model the action '${uses}'.`)
}

/** Majors above this are taken for a typing error. */
const majorMax = 9

function refuseUnknown(name: string, version: string): void {
  const [owner, repository = ''] = name.split('/')
  if (!Object.hasOwn(modelledActions, name)) {
    if (owner === 'actions' && !unmodelledOfGithub.includes(repository)) {
      throw new StepFailed(`Unable to resolve action ${name}, repository not found`)
    }
    throw new StepFailed(`The small GitHub does not model the action '${name}'.`)
  }
  const isKnown = /^(main|master|[0-9a-f]{40})$/.test(version) || majorOf(version) <= majorMax
  if (!isKnown)
    throw new StepFailed(
      `Unable to resolve action \`${name}@${version}\`, unable to find version \`${version}\``,
    )
}

function majorOf(version: string): number {
  return Number(/^v(?<major>\d+)(\.\d+){0,2}$/.exec(version)?.groups?.major ?? Number.POSITIVE_INFINITY)
}

function refuseDeprecated(name: string, version: string): void {
  const deprecation = deprecationLinks[name]
  if (!deprecation || majorOf(version) > deprecation.upTo) return
  throw new StepFailed(
    `This request has been automatically failed because it uses a deprecated version of \`${name}: ${version}\`. Learn more: ${deprecation.link}`,
  )
}

/** Runs a `uses:` step; gives its outputs. */
export async function runAction(request: StepRequest): Promise<Record<string, string>> {
  const { context, step, environment } = request
  const uses = step.uses!
  const scope = jobScope(context, environment)
  const given = Object.entries(step.with).map(([name, value]) => [
    name.toLowerCase(),
    toText(evaluateText(value, scope)),
  ])
  const inputs = Object.fromEntries(given) as Record<string, string>
  if (uses.startsWith('./')) return runCompositeAction(request, inputs)
  const { name, version } = parseUses(uses)
  refuseUnknown(name, version)
  const action = modelledActions[name]!
  const shown = { ...action.defaults, ...inputs }
  writeHeader(context, uses, shown, environment)
  const outputs: Record<string, string> = {}
  await action.run({ ...request, inputs: shown, outputs })
  return outputs
}

function writeHeader(
  context: JobContext,
  uses: string,
  inputs: Record<string, string>,
  environment: Record<string, string>,
) {
  const lines = Object.entries(inputs).flatMap(([name, value]) => `  ${name}: ${value}`.split('\n'))
  context.log.group(`Run ${uses}`, [
    ...(lines.length > 0 ? ['with:', ...lines] : []),
    ...environmentLines(environment),
  ])
}
