/** Which workarounds were refused, and what was done instead. */
import { dockerfileStages } from '../dockerfile-stages.ts'
import { bulletList, codeSpan, numberedList } from '../markdown.ts'
import { checkOf, type ReportView } from '../report-view.ts'
import { told } from '../told.ts'
import { commonBase } from './production-dockerfile.ts'

/** The section on essential improvements; nothing without a patch. */
export function essentials(view: ReportView): string[] {
  const { messages, patch } = view
  if (!patch) return []
  const refused = patch.refusedWorkarounds.map((each) => told(each, view))
  const benefits = architecturalBenefits(view)
  return [
    `## ${messages.heading.essentials}`,
    ...(refused.length === 0
      ? []
      : [
          `### ${messages.essentials.temptation}`,
          `**${messages.heading.mustNotDo}** ❌`,
          numberedList(refused),
        ]),
    `**${messages.heading.essentialSolution}** ✅`,
    numberedList(essentialSolution(view)),
    ...(benefits.length === 0 ? [] : [`### ${messages.heading.benefits}`, bulletList(benefits)]),
  ]
}

function essentialSolution(view: ReportView): string[] {
  const { dockerfile, facts, messages } = view
  const { essentials: text } = messages
  if (!dockerfile || dockerfile.before !== null) return [text.causeRemoved]
  const development = facts.get('development-file')
  const isHardened = checkOf(view, 'E7')?.outcome === 'passed' && checkOf(view, 'W25')?.outcome === 'passed'
  return [
    text.properDockerfile,
    ...(dockerfileStages(dockerfile.after ?? '').length > 1 ? [text.multiStage] : []),
    ...(isHardened ? [text.security] : []),
    ...(development === undefined ? [] : [text.separation(codeSpan(development))]),
  ]
}

function architecturalBenefits({ dockerfile, facts, messages }: ReportView): string[] {
  if (!dockerfile || dockerfile.before !== null) return []
  const { essentials: text } = messages
  const base = commonBase(dockerfile)
  const workers = dockerfile.after?.includes('WEB_CONCURRENCY') ? facts.get('workers') : undefined
  const isMulti = dockerfileStages(dockerfile.after ?? '').length > 1
  return [
    ...(base === null ? [] : [text.consistent(codeSpan(base))]),
    text.reproducible,
    ...(workers === undefined ? [] : [text.scalable(codeSpan(workers))]),
    ...(isMulti ? [text.maintainable] : []),
  ]
}
