/** The development image and the production image side by side; only what is known of both. */
import { dockerfileStages } from '../dockerfile-stages.ts'
import { codeSpan, table } from '../markdown.ts'
import { measured } from '../measurements.ts'
import { checkOf, type ReportView } from '../report-view.ts'

/** The section that compares; nothing without a development file. */
export function comparison(view: ReportView): string[] {
  const { facts, messages, dockerfile } = view
  const development = facts.get('development-file')
  if (development === undefined || !dockerfile) return []
  const rows = [
    stages(view),
    size(view),
    contents(view),
    hotReload(view),
    workers(view),
    user(view),
    security(view),
    [messages.compare.use, messages.compare.local, messages.compare.delivery],
  ]
  const header = [
    messages.field.item,
    codeSpan(development.split('/').at(-1) ?? development),
    messages.compare.production,
  ]
  return [
    `## ${messages.heading.comparison}`,
    table(
      header,
      rows.filter((row) => row !== null),
    ),
  ]
}

type Row = string[] | null

function stages({ facts, messages, dockerfile }: ReportView): Row {
  const { compare } = messages
  const own = dockerfileStages(dockerfile?.after ?? '').length
  const other = facts.get('development-stages')
  return [
    compare.stages,
    other === undefined ? compare.unknown : codeless(other),
    own > 1 ? compare.stagesMulti(own) : String(own),
  ]
}

/** Counts and words of our own playbooks; anything else stands in a code span. */
function codeless(value: string): string {
  return /^[0-9]{1,4}$/.test(value) ? value : codeSpan(value)
}

function size({ attempt, messages }: ReportView): Row {
  const of = (metric: string) => {
    const found = attempt?.imageTrial?.measurements.find((each) => each.metric === metric)
    return found ? measured(found, messages) : messages.measure.not
  }
  return [messages.compare.imageSize, of('image-size-development'), of('image-size')]
}

/** Claimed only where the checks on copied files and development dependencies passed. */
function contents(view: ReportView): Row {
  const { compare } = view.messages
  const isProven = ['W24', 'W27'].every((id) => checkOf(view, id)?.outcome === 'passed')
  return isProven ? [compare.contents, compare.contentsDevelopment, compare.contentsProduction] : null
}

function hotReload(view: ReportView): Row {
  const { compare } = view.messages
  const development = view.facts.get('development-hot-reload')
  const isOff = checkOf(view, 'E8')?.outcome === 'passed'
  if (development === undefined) return null
  const isOn = /^(?:true|yes|on|enabled)$/.test(development)
  return [compare.hotReload, isOn ? compare.on : compare.off, isOff ? compare.off : compare.unknown]
}

function workers({ facts, messages }: ReportView): Row {
  const own = facts.get('workers')
  if (own === undefined) return null
  const other = facts.get('development-workers')
  return [
    messages.compare.workers,
    other === undefined ? messages.compare.unknown : codeless(other),
    codeless(own),
  ]
}

function user({ facts, messages }: ReportView): Row {
  const own = facts.get('user')
  if (own === undefined) return null
  const other = facts.get('development-user')
  return [
    messages.compare.user,
    other === undefined ? messages.compare.unknown : codeSpan(other),
    codeSpan(own),
  ]
}

function security(view: ReportView): Row {
  const { compare } = view.messages
  const isProven = ['E7', 'W23'].every((id) => checkOf(view, id)?.outcome === 'passed')
  return isProven ? [compare.security, compare.standard, compare.hardened] : null
}
