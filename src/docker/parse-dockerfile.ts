/** A Dockerfile as stages of instructions, with the line of each and its variables resolved. */
import {
  DockerfileParser,
  type ModifiableInstruction,
  type Instruction as ParsedInstruction,
} from 'dockerfile-ast'

/** A longer file is not written by people; the parser's time grows with it. */
const dockerfileCharsMax = 256 * 1024

/** A variable that names itself twice doubles with every line; no real value is longer than this. */
const expandedCharsMax = 16_384

/** One instruction with what holds where it stands. */
export interface Instruction {
  readonly keyword: string
  /** First and last line, from 1. */
  readonly line: number
  readonly lineEnd: number
  /** `--name=value` before the arguments; a flag without value is the empty text. A repeated flag keeps all. */
  readonly flags: ReadonlyMap<string, readonly string[]>
  /** The arguments without flags, continuation lines joined, comments removed. */
  readonly text: string
  /** The exec form's words, or null in shell form. */
  readonly exec: readonly string[] | null
  readonly hasHeredoc: boolean
  /** ARG and ENV values that hold where the instruction stands. */
  readonly variables: ReadonlyMap<string, string>
}

/** One build stage with its own instructions; those of its parents are read by `chainInstructions`. */
export interface Stage {
  readonly index: number
  readonly name: string | null
  /** The base with variables replaced; where one has no value, its text stays. */
  readonly base: string
  /** The stage that the base names, or null for an image. */
  readonly parent: Stage | null
  readonly platform: string | null
  readonly line: number
  readonly instructions: readonly Instruction[]
}

/** A whole Dockerfile. */
export interface ParsedDockerfile {
  /** ARG before the first FROM, with its default. */
  readonly globalArguments: ReadonlyMap<string, string | null>
  readonly stages: readonly Stage[]
  /** Everything before the first FROM that is not ARG. */
  readonly stray: readonly Instruction[]
}

/** The file's stages in order. Null when it is too large or cannot be read at all. */
export function parseDockerfile(text: string): ParsedDockerfile | null {
  if (text.length > dockerfileCharsMax) return null
  try {
    return readStages(text)
  } catch {
    // The parser's own failure on odd input: a file that it cannot read is one that is not understood.
    return null
  }
}

/** The stage and those it is built on, from the first to the stage itself. */
function stageChain(stage: Stage): readonly Stage[] {
  return stage.parent ? [...stageChain(stage.parent), stage] : [stage]
}

/** All instructions that shape the stage's image, those of its parents first. */
export function chainInstructions(stage: Stage): readonly Instruction[] {
  return stageChain(stage).flatMap(({ instructions }) => instructions)
}

/** The last instruction of that kind that holds for the stage. */
export function lastInstruction(stage: Stage, keyword: string): Instruction | undefined {
  return chainInstructions(stage).findLast((instruction) => instruction.keyword === keyword)
}

/** The text with `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+text}` replaced where the name is known. */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  const expanded = text.replace(
    /\$(?:(?<plain>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?::?(?<operator>[-+])(?<word>[^}]*))?\})/g,
    (source, ...rest) => {
      const { plain, name, operator, word } = rest.at(-1) as Record<string, string | undefined>
      const value = variables.get(plain ?? name ?? '')
      if (operator === '+') return value ? word! : ''
      return value || (operator === '-' ? word! : (value ?? source))
    },
  )
  return expanded.length > expandedCharsMax ? text : expanded
}

/** `KEY=value` pairs of ENV, ARG or LABEL, quotes removed; ENV's old form `KEY value` too. */
export function readPairs(text: string): readonly (readonly [key: string, value: string | null])[] {
  const words = splitQuoted(text)
  const [first] = words
  if (first && !first.includes('=') && words.length > 1)
    return [[first, text.slice(text.indexOf(first) + first.length).trim()]]
  return words.map((word) => {
    const equals = word.indexOf('=')
    return equals === -1 ? [word, null] : [word.slice(0, equals), word.slice(equals + 1)]
  })
}

function splitQuoted(text: string): string[] {
  const words: string[] = []
  let word = ''
  let quote = ''
  let isOpen = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '\\' && quote !== "'" && at + 1 < text.length) {
      at += 1
      word += text[at]
      isOpen = true
    } else if (character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) {
      quote = character
      isOpen = true
    } else if (quote === '' && /\s/.test(character)) {
      if (isOpen) words.push(word)
      word = ''
      isOpen = false
    } else {
      word += character
      isOpen = true
    }
  }
  if (isOpen) words.push(word)
  return words
}

function readStages(text: string): ParsedDockerfile {
  const globalArguments = new Map<string, string | null>()
  const stages: Stage[] = []
  const stray: Instruction[] = []
  let variables = new Map<string, string>()
  let open: Instruction[] | null = null
  for (const parsed of DockerfileParser.parse(text).getInstructions()) {
    const instruction = readInstruction(parsed, variables)
    if (instruction.keyword === 'FROM') {
      open = []
      const stage = readStage(instruction, stages, globalArguments, open)
      stages.push(stage)
      variables = inheritedVariables(stage.parent)
    } else if (open) open.push(instruction)
    else if (instruction.keyword === 'ARG') declareGlobal(instruction, globalArguments)
    else stray.push(instruction)
    if (open) variables = declared(instruction, variables, globalArguments)
  }
  return { globalArguments, stages, stray }
}

function declareGlobal({ text }: Instruction, known: Map<string, string | null>): void {
  const values = new Map([...known].filter((entry): entry is [string, string] => entry[1] !== null))
  for (const [key, value] of readPairs(text))
    known.set(key, value === null ? null : expandVariables(value, values))
}

function inheritedVariables(parent: Stage | null): Map<string, string> {
  const variables = new Map<string, string>()
  if (!parent) return variables
  for (const { keyword, text, variables: known } of chainInstructions(parent)) {
    if (keyword !== 'ENV') continue
    for (const [key, value] of readPairs(text)) variables.set(key, expandVariables(value ?? '', known))
  }
  return variables
}

/** The variables after the instruction. An ARG without default takes the global one's, as Docker does. */
function declared(
  { keyword, text }: Instruction,
  variables: Map<string, string>,
  globals: ReadonlyMap<string, string | null>,
): Map<string, string> {
  if (keyword !== 'ENV' && keyword !== 'ARG') return variables
  const next = new Map(variables)
  for (const [key, written] of readPairs(text)) {
    const value = written ?? (keyword === 'ARG' ? (globals.get(key) ?? null) : '')
    if (value !== null) next.set(key, expandVariables(value, variables))
  }
  return next
}

function readStage(
  from: Instruction,
  earlier: readonly Stage[],
  globals: ReadonlyMap<string, string | null>,
  instructions: readonly Instruction[],
): Stage {
  const words = from.text.split(/\s+/)
  const name = /^as$/i.test(words[1] ?? '') ? (words[2] ?? null) : null
  const values = new Map([...globals].filter((entry): entry is [string, string] => entry[1] !== null))
  const base = expandVariables(words[0] ?? '', values)
  return {
    index: earlier.length,
    name: name?.toLowerCase() ?? null,
    base,
    parent: earlier.findLast((stage) => stage.name === base.toLowerCase()) ?? null,
    platform: from.flags.get('platform')?.at(-1) ?? null,
    line: from.line,
    instructions,
  }
}

function readInstruction(parsed: ParsedInstruction, variables: ReadonlyMap<string, string>): Instruction {
  const range = parsed.getRange()
  const text = (parsed.getArgumentsContent() ?? '').trim()
  return {
    keyword: parsed.getKeyword(),
    line: range.start.line + 1,
    lineEnd: range.end.line + 1,
    flags: readFlags(parsed),
    text,
    exec: readExec(parsed.getKeyword() === 'HEALTHCHECK' ? text.replace(/^CMD\s+/i, '') : text),
    hasHeredoc: /<<-?["']?\w/.test(text),
    variables,
  }
}

function readFlags(parsed: ParsedInstruction): Instruction['flags'] {
  const flags = new Map<string, string[]>()
  for (const flag of 'getFlags' in parsed ? (parsed as ModifiableInstruction).getFlags() : []) {
    flags.set(flag.getName(), [...(flags.get(flag.getName()) ?? []), flag.getValue() ?? ''])
  }
  return flags
}

function readExec(text: string): readonly string[] | null {
  if (!text.startsWith('[')) return null
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null
  } catch {
    return null
  }
}
