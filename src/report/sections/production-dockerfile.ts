/** The new Dockerfile by its stages, and what it does for security. Every statement is read from the file. */
import type { FileChange } from '../../domain/patch.ts'
import { baseOf, copiesOf, type DockerfileStage, dockerfileStages, lastOf } from '../dockerfile-stages.ts'
import { bulletList, codeFence, codeSpan, table } from '../markdown.ts'
import { megabytes } from '../measurements.ts'
import { checkOf, type ReportView } from '../report-view.ts'
import { told } from '../told.ts'

/** Title and blocks of the part on the Dockerfile. */
export function productionDockerfile(view: ReportView, { path, after, reason }: FileChange): string[] {
  const { messages } = view
  const stages = dockerfileStages(after ?? '')
  const isMulti = stages.length > 1
  return [
    isMulti ? messages.heading.productionDockerfile : messages.heading.productionDockerfileSingle,
    `**${messages.field.file}**: ${codeSpan(path)}`,
    `#### ${messages.heading.designThinking}`,
    told(reason, view),
    ...(isMulti ? [`**${messages.multiStageReasons}**:`, bulletList(multiStageReasons(view))] : []),
    ...stages.flatMap((stage) => stageBlocks(stage, stages, view)),
  ]
}

function multiStageReasons(view: ReportView): string[] {
  const { multiStage } = view.messages
  return [measuredSaving(view) ?? multiStage.smaller, multiStage.attackSurface, multiStage.separation]
}

/** Two images are compared only where both were measured on the same ground. */
function measuredSaving({ attempt, messages }: ReportView): string | null {
  const measurements = attempt?.imageTrial?.measurements ?? []
  const production = measurements.find(({ metric }) => metric === 'image-size')
  const development = measurements.find(({ metric }) => metric === 'image-size-development')
  if (!production || !development || production.measuredOn !== development.measuredOn) return null
  if (production.value >= development.value) return null
  const percent = `${Math.round((1 - production.value / development.value) * 100)} %`
  return messages.multiStage.smallerMeasured(
    megabytes(development.value, messages),
    megabytes(production.value, messages),
    percent,
  )
}

function stageBlocks(stage: DockerfileStage, stages: readonly DockerfileStage[], view: ReportView): string[] {
  const { messages } = view
  const features = stageFeatures(stage, stages, view)
  return [
    `#### ${stageTitle(stage, stages, view)}`,
    codeFence(stage.text, 'dockerfile'),
    ...(features.length === 0 ? [] : [`**${messages.features}**:`, bulletList(features)]),
  ]
}

function stageTitle(
  { number, name }: DockerfileStage,
  stages: readonly DockerfileStage[],
  { messages }: ReportView,
): string {
  const { builder, runtime, other } = messages.stageHeading
  if (stages.length > 1 && number === stages.length) return runtime(number)
  if (number === 1 && name === 'builder') return builder
  return other(number, codeSpan(name ?? String(number)))
}

function stageFeatures(
  stage: DockerfileStage,
  stages: readonly DockerfileStage[],
  view: ReportView,
): string[] {
  const isLast = stage.number === stages.length
  const { stageFeature } = view.messages
  const copies = copiesOf(stage)
  const taken = copies.filter(({ from }) => from !== null)
  const own = copies.filter(({ from }) => from === null).flatMap(({ sources }) => sources)
  const user = lastOf(stage, 'USER')
  return [
    ...(isLast ? [] : [stageFeature.discarded, ...handedOn(stage, stages, view)]),
    ...taken.map(({ from, sources }) => stageFeature.takesOnly(spans(sources, view), codeSpan(from ?? ''))),
    ...(isLast && own.length > 0 ? [stageFeature.copies(spans(own, view))] : []),
    ...(isLast && user !== null ? [stageFeature.user(codeSpan(user))] : []),
  ]
}

function handedOn(stage: DockerfileStage, stages: readonly DockerfileStage[], view: ReportView): string[] {
  const { stageFeature } = view.messages
  return stages.flatMap((later) =>
    copiesOf(later)
      .filter(({ from }) => from !== null && (from === stage.name || from === String(stage.number - 1)))
      .map(({ sources }) =>
        stageFeature.handsOn(spans(sources, view), codeSpan(later.name ?? String(later.number))),
      ),
  )
}

function spans(paths: readonly string[], { messages }: ReportView): string {
  return paths
    .slice(0, 12)
    .map((path) => codeSpan(path))
    .join(messages.separator)
}

/** Title and blocks of the part on hardening; rows only for what the file really has. */
export function hardening(view: ReportView, { after }: FileChange): string[] {
  const { messages } = view
  const last = dockerfileStages(after ?? '').at(-1)
  // The effect is claimed only where the checks on form and reload mode passed.
  const isProduction = ['E4', 'E8'].every((id) => checkOf(view, id)?.outcome === 'passed')
  const { heading, field, hardening: effects } = messages
  const rows = [
    [heading.nonRootExecution, last && lastOf(last, 'USER'), 'USER', effects.nonRoot],
    [
      heading.healthCheckImplementation,
      last && lastOf(last, 'HEALTHCHECK'),
      'HEALTHCHECK',
      effects.healthCheck,
    ],
    [heading.productionCommand, last && lastOf(last, 'CMD'), 'CMD', isProduction ? effects.command : '—'],
  ]
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([item, value, keyword, effect]) => [item ?? '', codeSpan(`${keyword} ${value}`), effect ?? ''])
  return [heading.hardening, table([field.item, field.detail, field.effect], rows)]
}

/** The one base image of all stages, or null when they differ. */
export function commonBase(change: FileChange): string | null {
  const stages = dockerfileStages(change.after ?? '')
  const bases = new Set(stages.map(baseOf))
  return stages.length > 1 && bases.size === 1 ? ([...bases][0] ?? null) : null
}
