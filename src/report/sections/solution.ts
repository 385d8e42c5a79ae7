/** What the patch does, file by file, with the reasons. */
import type { FileChange } from '../../domain/patch.ts'
import { unifiedDiff } from '../../patch/unified-diff.ts'
import { changedLines } from '../changed-lines.ts'
import { codeFence, codeSpan, details } from '../markdown.ts'
import type { ReportView } from '../report-view.ts'
import { told } from '../told.ts'
import { hardening, productionDockerfile } from './production-dockerfile.ts'

/** Shorter diffs are read at once, without unfolding. */
const openDiffLinesMax = 25

/** The section on the solution: the founding order for a Dockerfile, else one part a file. */
export function solution(view: ReportView): string[] {
  const { patch, messages } = view
  if (!patch) return []
  const parts = partsOf(view)
  return [
    `## ${messages.heading.solution}`,
    told(patch.summary, view),
    ...parts.flatMap(([title, ...blocks], index) => [`### ${index + 1}. ${title}`, ...blocks]),
    ...fullDiff(view),
    ...offers(view),
  ]
}

/** Each part is a title and its blocks. */
function partsOf(view: ReportView): string[][] {
  const { patch, dockerfile } = view
  const changes = patch?.changes ?? []
  if (!dockerfile || dockerfile.before !== null) return changes.map((change) => filePart(change, view))
  const others = changes.filter((change) => change !== dockerfile)
  return [
    productionDockerfile(view, dockerfile),
    hardening(view, dockerfile),
    ...others.map((change) => filePart(change, view)),
  ]
}

function filePart(change: FileChange, view: ReportView): string[] {
  const { messages } = view
  return [
    titleOf(change, view),
    `**${messages.field.file}**: ${codeSpan(change.path)}`,
    told(change.reason, view),
    ...(isDockerignore(change.path) ? [`**${messages.field.effect}**: ${messages.dockerignoreEffect}`] : []),
    ...(isWorkflow(change.path) ? [`**${messages.heading.changes}**:`] : []),
    diffBlock(change, view),
  ]
}

function titleOf({ path }: FileChange, { messages, dockerfile }: ReportView): string {
  if (isDockerignore(path)) return messages.heading.dockerignore
  if (dockerfile && isWorkflow(path)) return messages.heading.workflowOptimisation
  return codeSpan(path)
}

function isDockerignore(path: string): boolean {
  return path.endsWith('.dockerignore')
}

function isWorkflow(path: string): boolean {
  return path.startsWith('.github/workflows/')
}

/** The change as a diff, folded when long; a change of the mode alone in words. */
function diffBlock(change: FileChange, { messages }: ReportView): string {
  if (change.before === change.after) return messages.modeOnly(codeSpan(change.mode))
  const diff = codeFence(unifiedDiff([change]), 'diff')
  const { added, removed } = changedLines([change])
  return added + removed <= openDiffLinesMax ? diff : details(messages.showDiff(added, removed), diff)
}

/** The Dockerfile is shown by its stages; its diff and all others together stand here. */
function fullDiff({ patch, messages, dockerfile }: ReportView): string[] {
  if (!patch || !dockerfile || dockerfile.before !== null) return []
  const { added, removed } = changedLines(patch.changes)
  const diff = codeFence(unifiedDiff(patch.changes), 'diff')
  return [details(messages.fullDiff(patch.changes.length, added, removed), diff)]
}

function offers(view: ReportView): string[] {
  const { patch, messages } = view
  if (!patch || patch.offers.length === 0) return []
  const body = patch.offers
    .flatMap((offer) => [
      `${codeSpan(offer.path)}: ${told(offer.reason, view)}`,
      codeFence(unifiedDiff([offer]), 'diff'),
    ])
    .join('\n\n')
  return [details(messages.offered, body)]
}
