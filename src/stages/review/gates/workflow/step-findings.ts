/** What may not happen to one step of a workflow. */
import type { Finding } from '../../../../domain/verdict.ts'
import { namesDevelopmentFile } from '../development-file.ts'
import { block, warn } from '../gate.ts'
import {
  commandLines,
  fallbackCount,
  isTrivial,
  maskingPipes,
  newHiddenErrors,
} from '../shell-workarounds.ts'
import { asMapping, asText, isSame, scalarsOf, type WorkflowStep } from './workflow-model.ts'

export interface StepContext {
  readonly path: string
  readonly jobId: string
  /** Owners of the actions that the workflow used before. */
  readonly knownOwners: ReadonlySet<string>
}

const emptyStep: WorkflowStep = { value: {}, line: null }

/** Findings of a step that changed. */
export function changedStep(before: WorkflowStep, after: WorkflowStep, context: StepContext): Finding[] {
  if (isSame(before.value, after.value)) return []
  return [
    ...ignoredErrors(before, after, context),
    ...conditions(before, after, context),
    ...commands(before, after, context),
    ...developmentFiles(before, after, context),
    ...actionChange(before, after, context),
    ...timeLimits(before, after, context),
  ]
}

/** Findings of a step that is new. */
export function addedStep(step: WorkflowStep, context: StepContext): Finding[] {
  return [
    ...ignoredErrors(emptyStep, step, context),
    ...developmentFiles(emptyStep, step, context),
    ...newAction(step, context),
  ]
}

/** The finding for a step without a successor. */
export function removedStep(step: WorkflowStep, { path, jobId }: StepContext): Finding {
  const message =
    `The step ${nameOf(step)} of the job \`${jobId}\` would be removed. ` +
    'Then nothing checks what it checked, and the run turns green without a repair. Keep the step and mend what makes it fail.'
  return block('workflow/step-removed', path, step.line, message)
}

/** The step's name for messages, without anything that could break out of them. */
function nameOf({ value }: WorkflowStep): string {
  const name =
    asText(value.name) ||
    asText(value.id) ||
    asText(value.uses) ||
    asText(value.run).split('\n')[0] ||
    'without a name'
  return `“${name.replaceAll(/[`\n]/g, ' ').slice(0, 80)}”`
}

function ignoredErrors(before: WorkflowStep, after: WorkflowStep, { path, jobId }: StepContext): Finding[] {
  const findings: Finding[] = []
  if (
    mayContinueOnError(after) &&
    !isSame(before.value['continue-on-error'], after.value['continue-on-error'])
  ) {
    findings.push(continueOnError(path, after.line, `The step ${nameOf(after)} of the job \`${jobId}\``))
  }
  findings.push(...hiddenErrorsIn(before, after, path), ...laxShell(before, after, path))
  return findings
}

function mayContinueOnError({ value }: WorkflowStep): boolean {
  return (
    'continue-on-error' in value &&
    value['continue-on-error'] !== false &&
    value['continue-on-error'] !== null
  )
}

/** The finding for a job or step that may fail without failing. */
export function continueOnError(path: string, line: number | null, what: string): Finding {
  const message =
    `${what} would get \`continue-on-error\`. ` +
    'Its failure would no longer turn the run red, so nobody learns of it. Mend what fails and leave the key out.'
  return block('workflow/continue-on-error', path, line, message)
}

function hiddenErrorsIn(before: WorkflowStep, after: WorkflowStep, path: string): Finding[] {
  const old = asText(before.value.run)
  const fresh = asText(after.value.run)
  const hidden = newHiddenErrors(old, fresh)
  if (hidden.length > 0)
    return hidden.map(({ excerpt, kind }) => hiddenError(path, after.line, excerpt, kind))
  const pipes = maskingPipes(fresh)
  if (asText(after.value.shell) === '' && pipes.length > maskingPipes(old).length) {
    return [hiddenError(path, after.line, pipes.at(-1) ?? '|', 'ignored')]
  }
  if (fallbackCount(fresh) <= fallbackCount(old)) return []
  const message =
    `The step ${nameOf(after)} would get another \`||\`. ` +
    'What follows it runs when the command fails, and its result replaces the failure. Make sure that a failure still fails.'
  return [warn('workflow/fallback-added', path, after.line, message)]
}

const consequences = {
  ignored: [
    'workflow/error-ignored',
    'The command may then fail while the step stays green. Let the command fail, and mend why it does.',
  ],
  'strict-mode-off': [
    'workflow/error-ignored',
    'Later commands then run although one failed, and only the last one counts. Keep the strict mode, and mend the command.',
  ],
  'check-skipped': [
    'workflow/check-skipped',
    'The check then passes without having run. Run the check, and mend what it finds.',
  ],
  forced: [
    'workflow/check-forced',
    'The tool then goes on past the conflict that it reports. Solve the conflict instead.',
  ],
} as const

function hiddenError(
  path: string,
  line: number | null,
  excerpt: string,
  kind: keyof typeof consequences,
): Finding {
  const [code, consequence] = consequences[kind]
  return block(
    code,
    path,
    line,
    `The command would get \`${excerpt.replaceAll('`', "'").slice(0, 80)}\`. ${consequence}`,
  )
}

function laxShell(before: WorkflowStep, after: WorkflowStep, path: string): Finding[] {
  const shell = asText(after.value.shell)
  if (shell === asText(before.value.shell) || !isLax(shell)) return []
  return [hiddenError(path, after.line, `shell: ${shell}`, 'strict-mode-off')]
}

/** The finding for a job or workflow whose default shell goes on after a failed command. */
export function laxDefaultShell(
  before: unknown,
  after: unknown,
  path: string,
  line: number | null,
): Finding[] {
  const shell = (value: unknown) => asText(asMapping(asMapping(value).run).shell)
  if (shell(after) === shell(before) || !isLax(shell(after))) return []
  return [hiddenError(path, line, `shell: ${shell(after)}`, 'strict-mode-off')]
}

/** GitHub's own `bash` runs with `-e -o pipefail`; a template of one's own runs without. */
function isLax(shell: string): boolean {
  return shell.includes('{0}') && !/(?:^|\s)-[a-z]*e/.test(shell) && /\b(?:ba|da|z|k)?sh\b/.test(shell)
}

const alwaysRuns =
  /^(?:\$\{\{)?\s*(?:always\(\)|!\s*cancelled\(\)|true|success\(\)(?:\s*\|\|\s*failure\(\))?)\s*(?:\}\})?$/

function conditions(before: WorkflowStep, after: WorkflowStep, { path }: StepContext): Finding[] {
  return conditionFindings(before.value.if, after.value.if, path, after.line, `The step ${nameOf(after)}`)
}

/** Findings for an `if` that is new or changed. */
export function conditionFindings(
  before: unknown,
  after: unknown,
  path: string,
  line: number | null,
  what: string,
): Finding[] {
  if (after === undefined || isSame(before, after)) return []
  const condition = asText(after).trim()
  if (alwaysRuns.test(condition)) return []
  if (isNever(condition)) {
    const message = `${what} would get a condition that is never true. It would be skipped for ever and still count as green. Leave it running, and mend what makes it fail.`
    return [block('workflow/condition-never', path, line, message)]
  }
  if (before === undefined) {
    const message = `${what} would run only under a new condition. Where the condition is false, nothing is checked and the run is green. Leave it without a condition.`
    return [block('workflow/condition-added', path, line, message)]
  }
  const message = `${what} would run under another condition than before. It may be skipped where it ran. Make sure that it still runs in this workflow’s runs.`
  return [warn('workflow/condition-changed', path, line, message)]
}

function isNever(condition: string): boolean {
  const inner = condition
    .replace(/^\$\{\{/, '')
    .replace(/\}\}$/, '')
    .trim()
    .toLowerCase()
  return (
    /^(?:false|0|null|''|""|!\s*true|!\s*always\(\)|cancelled\(\)|failure\(\)|1\s*==\s*[02-9]|0\s*==\s*1|'[^']*'\s*==\s*'[^']*')?$/.test(
      inner,
    ) || /(?:^|&&)\s*\(?\s*false\s*\)?\s*(?:$|&&)/.test(inner)
  )
}

function commands(before: WorkflowStep, after: WorkflowStep, { path }: StepContext): Finding[] {
  const old = asText(before.value.run)
  const fresh = asText(after.value.run)
  if (old === fresh || isTrivial(old)) return []
  if (isTrivial(fresh)) {
    const message = `The step ${nameOf(after)} would only print or do nothing. It keeps its name and checks nothing. Keep its command, and mend what makes it fail.`
    return [block('workflow/command-replaced', path, after.line, message)]
  }
  const lost = lostCommands(old, fresh)
  if (lost.length === 0) return []
  const message = `The step ${nameOf(after)} would lose the command \`${(lost[0] ?? '').replaceAll('`', "'").slice(0, 80)}\`. What it did is done no more. Keep it, or replace it by one that does the same.`
  return [block('workflow/command-removed', path, after.line, message)]
}

/** Commands that have neither stayed nor been replaced one for one; printing lines do not count. */
function lostCommands(old: string, fresh: string): string[] {
  const real = (text: string) => commandLines(text).filter((line) => !isTrivial(line))
  const before = real(old)
  const after = real(fresh)
  const gone = before.filter((line) => !after.includes(line))
  const come = after.filter((line) => !before.includes(line))
  return commandLines(fresh).length < commandLines(old).length && come.length < gone.length ? gone : []
}

function developmentFiles(before: WorkflowStep, after: WorkflowStep, { path }: StepContext): Finding[] {
  const known = new Set(scalarsOf(before.value).filter(namesDevelopmentFile))
  const found = scalarsOf(after.value).find((text) => namesDevelopmentFile(text) && !known.has(text))
  return found === undefined ? [] : [developmentFile(path, after.line, found)]
}

/** The finding for a build that is pointed at a file made for development. */
function developmentFile(path: string, line: number | null, text: string): Finding {
  const excerpt = text.trim().split('\n').find(namesDevelopmentFile) ?? text
  const message =
    `The workflow would build \`${excerpt.trim().replaceAll('`', "'").slice(0, 120)}\`, a file made for development. ` +
    'Such an image carries development tools and tests, reloads its code and often runs as root; it would be shipped as the product. ' +
    'Write the production Dockerfile that the workflow names.'
  return block('workflow/development-dockerfile', path, line, message)
}

function actionChange(before: WorkflowStep, after: WorkflowStep, context: StepContext): Finding[] {
  const [old, fresh] = [asText(before.value.uses), asText(after.value.uses)]
  return fresh === '' || old === fresh
    ? []
    : usesFindings(old, fresh, context.path, after.line, context.knownOwners)
}

function newAction(step: WorkflowStep, context: StepContext): Finding[] {
  const uses = asText(step.value.uses)
  return uses === '' ? [] : usesFindings('', uses, context.path, step.line, context.knownOwners)
}

const githubOwners = new Set(['actions', 'github'])
const pinned = /^[0-9a-f]{40}$/

/** Findings for a new or changed `uses`. */
export function usesFindings(
  old: string,
  fresh: string,
  path: string,
  line: number | null,
  knownOwners: ReadonlySet<string>,
): Finding[] {
  if (fresh.startsWith('./') && !fresh.includes('..')) return []
  const { owner, ref } = partsOf(fresh)
  if (old !== '' && !isSameAction(old, fresh)) return [actionReplaced(old, fresh, path, line)]
  const excerpt = fresh.replaceAll('`', "'").slice(0, 100)
  if (!githubOwners.has(owner) && !knownOwners.has(owner)) {
    const message =
      `\`${excerpt}\` comes from \`${owner.slice(0, 60)}\`, of whom this workflow used nothing so far. ` +
      'An action runs with the token and the secrets of the job. Take one of an owner that is in use, or let a person decide.'
    return [block('workflow/action-owner-changed', path, line, message)]
  }
  if (pinned.test(ref)) return []
  const wasPinned = pinned.test(partsOf(old).ref)
  if (!wasPinned && /^v?[0-9]/.test(ref)) return []
  const message =
    `\`${excerpt}\` is not bound to a version${wasPinned ? ', though it was bound to a commit' : ''}. ` +
    'Its owner can change what runs at any time. Name the full commit, with the version in a comment.'
  return [block('workflow/action-unpinned', path, line, message)]
}

/** A typing error or another owner of the same name is no other action. */
function isSameAction(old: string, fresh: string): boolean {
  const name = (uses: string) => uses.split('@')[0]?.toLowerCase().split('/').slice(1).join('/') ?? ''
  return lettersApart(name(old), name(fresh)) <= 3
}

/** How many letters one text has that the other has not; a bound from below of their edit distance. */
function lettersApart(left: string, right: string): number {
  const rest = [...right]
  const missing = [...left].filter((letter) => {
    const index = rest.indexOf(letter)
    if (index >= 0) rest.splice(index, 1)
    return index < 0
  })
  return Math.max(missing.length, rest.length)
}

function actionReplaced(old: string, fresh: string, path: string, line: number | null): Finding {
  const [before, after] = [old, fresh].map((uses) => uses.replaceAll('`', "'").slice(0, 100))
  const message =
    `The step would use \`${after}\` instead of \`${before}\`. ` +
    'It keeps its place and no longer does what it did. Keep the action, and mend what makes it fail.'
  return block('workflow/action-replaced', path, line, message)
}

function partsOf(uses: string): { owner: string; ref: string } {
  const [name = '', ref = ''] = uses.split('@')
  const owner = name.startsWith('docker://')
    ? name.split(':').slice(0, 2).join(':')
    : (name.split('/')[0] ?? '')
  return { owner: owner.toLowerCase(), ref }
}

/** The owner of a step's action, as `knownOwners` holds it. */
export function ownerOf(uses: string): string {
  return partsOf(uses).owner
}

function timeLimits(before: WorkflowStep, after: WorkflowStep, { path }: StepContext): Finding[] {
  return timeLimitFindings(before.value, after.value, path, after.line, `the step ${nameOf(after)}`)
}

/** A warning when a time limit rises or goes. */
export function timeLimitFindings(
  before: object,
  after: object,
  path: string,
  line: number | null,
  what: string,
): Finding[] {
  const [old, fresh] = [asMapping(before)['timeout-minutes'], asMapping(after)['timeout-minutes']]
  if (old === undefined || isSame(old, fresh)) return []
  if (typeof old === 'number' && typeof fresh === 'number' && fresh < old) return []
  const message = `The time limit of ${what} would rise or go. A hang then only takes longer. Say in the report why the work itself needs more time.`
  return [warn('workflow/timeout-raised', path, line, message)]
}
