/** Runs every static check on one Dockerfile. */

import type {
  CheckAnswer,
  CheckSubject,
  DockerfileCheck,
  DockerfileCheckInput,
  DockerfileCheckResult,
} from './check.ts'
import { commandChecks } from './checks/command.ts'
import { copyChecks } from './checks/copy.ts'
import { executableChecks } from './checks/executable.ts'
import { healthChecks } from './checks/health.ts'
import { imageChecks } from './checks/image.ts'
import { layerChecks } from './checks/layers.ts'
import { secretChecks } from './checks/secrets.ts'
import { syntaxAnswer } from './checks/syntax.ts'
import { userChecks } from './checks/user.ts'
import { workflowChecks } from './checks/workflow.ts'
import { parseDockerignore } from './dockerignore.ts'
import { parseDockerfile } from './parse-dockerfile.ts'

/** A detail is shown in a table; the text it quotes comes from the repository. */
const detailCharsMax = 300

const checks: readonly DockerfileCheck[] = [
  ...copyChecks,
  ...commandChecks,
  ...executableChecks,
  ...userChecks,
  ...secretChecks,
  ...imageChecks,
  ...workflowChecks,
  ...layerChecks,
  ...healthChecks,
].sort((one, other) => numberOf(one.id) - numberOf(other.id))

/**
 * The result of every check, in the order of their numbers. When the file cannot be parsed, E1 fails and all
 * others are `not_run`; a check that throws has failed.
 */
export async function checkDockerfile(
  input: DockerfileCheckInput,
): Promise<readonly DockerfileCheckResult[]> {
  const syntax = syntaxAnswer(input.text)
  const first = asResult({ id: 'E1', level: 'error', title: 'The file parses' }, syntax)
  const subject = syntax.outcome === 'passed' ? readSubject(input) : null
  if (!subject) {
    const answer = { outcome: 'not_run' as const, detail: 'The file does not parse.' }
    return [first, ...checks.map((check) => asResult(check, answer))]
  }
  const results: DockerfileCheckResult[] = [first]
  for (const check of checks) results.push(asResult(check, await runCheck(check, subject)))
  return results
}

function readSubject(input: DockerfileCheckInput): CheckSubject | null {
  const parsed = parseDockerfile(input.text)
  const last = parsed?.stages.at(-1)
  if (!parsed || !last) return null
  const target = input.buildStep?.target?.toLowerCase()
  const final = parsed.stages.findLast(({ name }) => name !== null && name === target) ?? last
  return { ...input, parsed, final, ignore: parseDockerignore(input.dockerignore) }
}

async function runCheck(check: DockerfileCheck, subject: CheckSubject): Promise<CheckAnswer> {
  try {
    return await check.run(subject)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { outcome: 'failed', detail: `The check could not be carried out: ${message}`, isBroken: true }
  }
}

function asResult(
  { id, level, title }: Pick<DockerfileCheck, 'id' | 'level' | 'title'>,
  { outcome, detail, line, isBroken }: CheckAnswer,
): DockerfileCheckResult {
  return {
    id,
    level,
    title,
    outcome: outcome === 'failed' && !isBroken ? outcomeAt[level] : outcome,
    detail: detail.replace(/\s+/g, ' ').slice(0, detailCharsMax),
    line: line ?? null,
  }
}

/** What a check that does not hold means, by its level. */
const outcomeAt = { error: 'failed', warning: 'warned', information: 'informed' } as const

function numberOf(id: string): number {
  return Number(id.slice(1))
}
