/** What is done, what is left for a person, and which questions are open. */
import { bulletList, codeSpan, numberedList } from '../markdown.ts'
import { checkOf, type ReportView, saysNotBuilt } from '../report-view.ts'
import { told } from '../told.ts'

/** The section on next steps. */
export function nextSteps(view: ReportView): string[] {
  const { messages, patch, repair } = view
  const blocks = [...ciChecks(view), ...afterMerge(view), ...humanSteps(view)]
  if (patch && !repair.mayPush) blocks.push(messages.steps.acceptPermission)
  return blocks.length === 0 ? [] : [`## ${messages.heading.nextSteps}`, ...blocks]
}

function ciChecks(view: ReportView): string[] {
  const { patch, messages, attempt, dockerfile } = view
  if (!patch) return []
  const isGreen = attempt?.verification?.outcome === 'green'
  const { steps, heading } = messages
  const items = dockerfile
    ? [
        step(isGreen && !saysNotBuilt(view), steps.buildPasses, view),
        step(
          ['R2', 'R3', 'R4'].every((id) => checkOf(view, id)?.outcome === 'passed'),
          steps.imageRuns,
          view,
        ),
        step(checkOf(view, 'R8')?.outcome === 'passed', steps.rebuild, view),
      ]
    : [step(isGreen, steps.workflowGreen, view)]
  return [`### ${heading.ciChecks}`, bulletList(items)]
}

function step(isDone: boolean, text: string, { messages }: ReportView): string {
  return `${isDone ? messages.steps.done : messages.steps.open} ${text}`
}

function afterMerge(view: ReportView): string[] {
  const { patch, facts, messages, dockerfile } = view
  if (!patch) return []
  const migrations = facts.get('migrations')
  const items = [
    ...(view.standing === 'resolved' ? [messages.steps.review] : []),
    ...(migrations === undefined ? [] : [messages.steps.migrations(codeSpan(migrations))]),
    ...patch.nextSteps
      .filter((each) => migrations === undefined || !each.en.includes(migrations))
      .map((each) => told(each, view)),
  ]
  if (items.length === 0) return []
  return [
    `### ${dockerfile ? messages.heading.production : messages.heading.afterMerge}`,
    numberedList(items),
  ]
}

function humanSteps(view: ReportView): string[] {
  const { repair, messages } = view
  const { humanSteps: human } = repair
  if (!human) return []
  const questions = human.questions.flatMap(({ question, candidates }) => [
    `- ${told(question, view)}`,
    ...(candidates.length === 0
      ? []
      : [`  ${messages.candidates(candidates.map((each) => codeSpan(each)).join(messages.separator))}`]),
  ])
  return [
    told(human.reason, view),
    ...(human.steps.length === 0
      ? []
      : [`### ${messages.heading.toDo}`, numberedList(human.steps.map((each) => told(each, view)))]),
    ...(questions.length === 0 ? [] : [`### ${messages.heading.questions}`, questions.join('\n')]),
  ]
}
