/** Checks a Dockerfile without building it, and words what is wrong as BuildKit does. */

import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Copy, DockerfileParser, type From, type Instruction } from 'dockerfile-ast'
import { type IgnoreRules, isIgnored } from './docker-ignore.ts'

export interface DockerfileCheck {
  text: string
  /** The base name, as BuildKit shows it. */
  fileName: string
  contextDirectory: string
  ignoreRules: IgnoreRules
  target: string | undefined
  buildArguments: Record<string, string>
}

/** What BuildKit would stop at: its message and the line, if it is about one. */
export interface BuildProblem {
  message: string
  line: number | undefined
}

interface Stage {
  from: From
  name: string | undefined
  instructions: Instruction[]
}

const knownInstructions = [
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]

/** The first problem of the stages that would be built, or undefined. */
export function checkDockerfile(check: DockerfileCheck): BuildProblem | undefined {
  const instructions = DockerfileParser.parse(check.text).getInstructions()
  if (instructions.length === 0)
    return { message: `the Dockerfile (${check.fileName}) cannot be empty`, line: undefined }
  const syntax = findSyntaxProblem(instructions)
  if (syntax) return syntax
  const stages = splitStages(instructions)
  const target = findTarget(stages, check.target)
  if (target < 0) return { message: `target stage "${check.target}" could not be found`, line: undefined }
  return findProblemInStages(check, stages, target)
}

/** The images that the built stages start from, in the order they are needed. */
export function baseImages(text: string, target: string | undefined): string[] {
  const stages = splitStages(DockerfileParser.parse(text).getInstructions())
  const needed = neededStages(stages, findTarget(stages, target))
  return needed
    .filter((at) => stageIndex(stages, stages[at]!.from.getImage(), at) === undefined)
    .map((at) => stages[at]!.from.getImage() ?? '')
    .filter((image) => image !== 'scratch')
}

function findSyntaxProblem(instructions: Instruction[]): BuildProblem | undefined {
  const unknown = instructions.find((instruction) => !knownInstructions.includes(instruction.getKeyword()))
  if (unknown) {
    const word = unknown.getKeyword()
    return parseProblem(unknown, `unknown instruction: ${word}${suggestion(word)}`)
  }
  const first = instructions.find((instruction) => instruction.getKeyword() !== 'ARG')
  if (!first) return { message: 'no build stage in current context', line: undefined }
  if (first.getKeyword() !== 'FROM') return parseProblem(first, 'no build stage in current context')
  return findArgumentProblem(instructions)
}

function findArgumentProblem(instructions: Instruction[]): BuildProblem | undefined {
  for (const instruction of instructions) {
    const word = instruction.getKeyword()
    const count = instruction.getArguments().length
    if (word === 'FROM' && count === 0)
      return parseProblem(instruction, 'FROM requires either one or three arguments')
    if (['COPY', 'ADD'].includes(word) && count < 2) {
      return parseProblem(
        instruction,
        `${word} requires at least two arguments, but only ${['none were', 'one was'][count]} provided. Destination could not be determined`,
      )
    }
  }
  return undefined
}

function parseProblem(instruction: Instruction, reason: string): BuildProblem {
  const line = lineOf(instruction)
  return { message: `dockerfile parse error on line ${line}: ${reason}`, line }
}

function lineOf(instruction: Instruction): number {
  return instruction.getRange().start.line + 1
}

function suggestion(word: string): string {
  const near = knownInstructions.find((known) => editDistance(known, word) <= 2)
  return near ? ` (did you mean ${near}?)` : ''
}

function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1]
    for (const [column, candidate] of [...other].entries()) {
      const replaced = row[column]! + (letter === candidate ? 0 : 1)
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1))
    }
    row = next
  }
  return row.at(-1)!
}

function splitStages(instructions: Instruction[]): Stage[] {
  const stages: Stage[] = []
  for (const instruction of instructions) {
    if (instruction.getKeyword() === 'FROM') {
      const from = instruction as From
      stages.push({ from, name: from.getBuildStage()?.toLowerCase(), instructions: [] })
    } else stages.at(-1)?.instructions.push(instruction)
  }
  return stages
}

function findTarget(stages: Stage[], target: string | undefined): number {
  if (!target) return stages.length - 1
  const named = stages.findIndex((stage) => stage.name === target.toLowerCase())
  return named >= 0 ? named : /^\d+$/.test(target) && Number(target) < stages.length ? Number(target) : -1
}

/** The stage that a name means when it is used in stage `before`: only earlier ones count. */
function stageIndex(stages: Stage[], name: string | null | undefined, before: number): number | undefined {
  if (!name) return undefined
  const named = stages.findLastIndex((stage, at) => at < before && stage.name === name.toLowerCase())
  if (named >= 0) return named
  return /^\d+$/.test(name) && Number(name) < before ? Number(name) : undefined
}

function neededStages(stages: Stage[], target: number): number[] {
  const needed = new Set<number>()
  const visit = (at: number) => {
    if (at < 0 || needed.has(at)) return
    const stage = stages[at]!
    for (const name of [stage.from.getImage(), ...stage.instructions.map(sourceStage)]) {
      const index = stageIndex(stages, name, at)
      if (index !== undefined) visit(index)
    }
    needed.add(at)
  }
  visit(target)
  return [...needed]
}

function sourceStage(instruction: Instruction): string | undefined {
  const word = instruction.getKeyword()
  if (word === 'COPY') return (instruction as Copy).getFromFlag()?.getValue() ?? undefined
  if (word !== 'RUN') return undefined
  return /--mount=\S*from=(?<name>[^,\s]+)/.exec(instruction.getRawArgumentsContent() ?? '')?.groups?.name
}

function findProblemInStages(
  check: DockerfileCheck,
  stages: Stage[],
  target: number,
): BuildProblem | undefined {
  for (const at of neededStages(stages, target)) {
    for (const instruction of stages[at]!.instructions) {
      const problem = findFromProblem(stages, at, instruction) ?? findSourceProblem(check, instruction)
      if (problem) return problem
    }
  }
  return undefined
}

/** Names that can be meant as an image even without a tag or a registry. */
const officialImages = [
  'alpine',
  'busybox',
  'caddy',
  'composer',
  'debian',
  'docker',
  'golang',
  'httpd',
  'maven',
  'gradle',
  'nginx',
  'node',
  'php',
  'postgres',
  'python',
  'redis',
  'ruby',
  'rust',
  'ubuntu',
  'eclipse-temurin',
  'haproxy',
  'traefik',
  'fedora',
]

function findFromProblem(stages: Stage[], at: number, instruction: Instruction): BuildProblem | undefined {
  const name = sourceStage(instruction)
  if (!name || name.includes('$') || stageIndex(stages, name, at) !== undefined) return undefined
  if (/[/:@]/.test(name) || officialImages.includes(name)) return undefined
  return {
    message: `${name}: failed to resolve source metadata for docker.io/library/${name}:latest: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`,
    line: lineOf(instruction),
  }
}

function findSourceProblem(check: DockerfileCheck, instruction: Instruction): BuildProblem | undefined {
  if (!['COPY', 'ADD'].includes(instruction.getKeyword()) || sourceStage(instruction)) return undefined
  const missing = sourcesOf(check, instruction).find((source) => !isInContext(check, source))
  if (missing === undefined) return undefined
  const shown = posix.join('/', missing)
  return {
    message: `failed to compute cache key: failed to calculate checksum of ref ${randomRef()}: "${shown}": not found`,
    line: lineOf(instruction),
  }
}

function randomRef(): string {
  return `${randomBytes(12).toString('hex')}::${randomBytes(12).toString('hex')}`
}

/** The sources that can be judged: no URLs, here-documents, wildcards or unknown variables. */
function sourcesOf(check: DockerfileCheck, instruction: Instruction): string[] {
  const raw = instruction.getRawArgumentsContent() ?? ''
  if (raw.includes('<<')) return []
  const values = instruction.getArguments().map((argument) => argument.getValue())
  const plain = isJsonForm(raw) ? parseJsonForm(raw) : values.filter((value) => !value.startsWith('--'))
  const literals = plain.slice(0, -1).map((value) => expandArguments(value, check))
  return literals.filter((value) => !/[$*?[]|^https?:|^git@|^git:/.test(value))
}

function isJsonForm(raw: string): boolean {
  return /^(--\S+\s+)*\[/.test(raw.trim())
}

function parseJsonForm(raw: string): string[] {
  try {
    return (JSON.parse(raw.slice(raw.indexOf('[')).replace(/\\\r?\n/g, '')) as unknown[]).map(String)
  } catch {
    return []
  }
}

function expandArguments(value: string, { text, buildArguments }: DockerfileCheck): string {
  return value.replace(/^["']|["']$/g, '').replace(/\$\{?(?<name>\w+)\}?/g, (all, name: string) => {
    const fallback = new RegExp(`^\\s*ARG\\s+${name}=(?<value>\\S+)`, 'im').exec(text)?.groups?.value
    return buildArguments[name] ?? fallback?.replace(/^["']|["']$/g, '') ?? all
  })
}

function isInContext({ contextDirectory, ignoreRules }: DockerfileCheck, source: string): boolean {
  const path = posix.join('/', source).replace(/^\/|\/$/g, '')
  const full = join(contextDirectory, path)
  if (path === '') return true
  if (!existsSync(full)) return false
  if (!isIgnored(ignoreRules, path)) return true
  return statSync(full).isDirectory() && hasKeptFile(contextDirectory, path, ignoreRules)
}

function hasKeptFile(contextDirectory: string, path: string, rules: IgnoreRules): boolean {
  return readdirSync(join(contextDirectory, path), { withFileTypes: true, recursive: true })
    .filter((entry) => !entry.isDirectory())
    .some(
      (entry) =>
        !isIgnored(rules, posix.join(posix.relative(contextDirectory, entry.parentPath), entry.name)),
    )
}
