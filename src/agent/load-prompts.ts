/** Loads the prompt files: what is asked, one task per file, with declared input and output. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { OperatorError } from '../errors.ts'

/**
 * What code hands to each prompt. Whether a variable is our own text or evidence is decided here and never in
 * a file: the wording is free to improve, the border of trust is not.
 */
const contracts = {
  triage: { input: { classes: 'own', jobs: 'evidence', log: 'evidence' }, output: 'Diagnosis' },
} as const satisfies Record<string, { input: Record<string, Trust>; output: string }>

type Trust = 'own' | 'evidence'

export type PromptName = keyof typeof contracts

/** A prompt with its includes in place; variables stand as `{{name}}`. */
export interface PromptFile<Name extends PromptName = PromptName> {
  name: Name
  description: string
  input: (typeof contracts)[Name]['input']
  output: string
  /** Our own words and variables of them. Evidence never stands here. */
  system: string
  user: string
}

export type Prompts = { readonly [Name in PromptName]: PromptFile<Name> }

const frontmatterSchema = z.strictObject({
  name: z.string(),
  description: z.string().min(1),
  input: z.record(z.string(), z.string().min(1)),
  output: z.string(),
})

const folder = join(import.meta.dirname, '../../prompts')

const suffix = '.prompt.md'

/** Reads every prompt. Throws `prompt-file-invalid`, which names the file and what to change. */
export async function loadPrompts(from = folder): Promise<Prompts> {
  const names = (await readdir(from)).filter((name) => name.endsWith(suffix))
  const unknown = names.find((name) => !(name.slice(0, -suffix.length) in contracts))
  if (unknown) throw invalid(unknown, `nothing asks it; known are ${Object.keys(contracts).join(', ')}`)
  return { triage: await loadPrompt('triage', from) }
}

async function loadPrompt<Name extends PromptName>(name: Name, from: string): Promise<PromptFile<Name>> {
  const file = `${name}${suffix}`
  const text = await read(join(from, file), file, 'it cannot be read')
  const parts = /^---\n(?<frontmatter>[\s\S]*?)\n---\n(?<body>[\s\S]*)$/.exec(text)?.groups
  if (!parts) throw invalid(file, 'it must start with a frontmatter block between two lines of ---')
  const { description } = checkFrontmatter(file, name, parts.frontmatter!)
  const body = await include(file, parts.body!, from)
  const messages = /^\s*# System\n(?<system>[\s\S]+)\n# User\n(?<user>[\s\S]+)$/.exec(body)?.groups
  if (!messages) throw invalid(file, 'its body must be two parts, under the headings "# System" and "# User"')
  const system = messages.system!.trim()
  const user = messages.user!.trim()
  const { input, output } = contracts[name]
  checkVariables(file, { system, user }, input)
  return { name, description, input, output, system, user }
}

function checkFrontmatter(file: string, name: PromptName, text: string): z.infer<typeof frontmatterSchema> {
  const document = parseDocument(text, { uniqueKeys: true })
  const syntax = document.errors[0]
  if (syntax) throw invalid(file, syntax.message)
  const parsed = frontmatterSchema.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (!parsed.success) throw invalid(file, z.prettifyError(parsed.error))
  const { input, output } = contracts[name]
  if (parsed.data.name !== name) throw invalid(file, `its name is ${parsed.data.name}: rename one of both`)
  if (parsed.data.output !== output) throw invalid(file, `its output must be ${output}`)
  const declared = Object.keys(parsed.data.input)
  const missing = Object.keys(input).find((variable) => !declared.includes(variable))
  if (missing) throw invalid(file, `its input does not declare ${missing}, which it is given`)
  const extra = declared.find((variable) => !(variable in input))
  if (extra) throw invalid(file, `its input declares ${extra}, which nobody gives`)
  return parsed.data
}

/** `{{> shared/name.md}}` is replaced by that file, which includes nothing itself. */
async function include(file: string, body: string, from: string): Promise<string> {
  let text = body
  for (const [mark, path] of body.matchAll(/\{\{> (shared\/[a-z][a-z-]*\.md)\}\}/g)) {
    const shared = await read(join(from, path!), file, `it includes ${path}, which cannot be read`)
    if (shared.includes('{{')) throw invalid(path!, 'a shared part holds no variable and no include')
    text = text.replaceAll(mark, () => shared.trim())
  }
  return text
}

function checkVariables(
  file: string,
  { system, user }: { system: string; user: string },
  input: Readonly<Record<string, Trust>>,
): void {
  const variables = (text: string) => [...text.matchAll(/\{\{([a-z][A-Za-z]*)\}\}/g)].map(([, name]) => name!)
  const used = [...variables(system), ...variables(user)]
  const unknown = used.find((name) => !Object.hasOwn(input, name))
  if (unknown) throw invalid(file, `{{${unknown}}} is no variable of its input`)
  const unused = Object.keys(input).find((name) => !used.includes(name))
  if (unused) throw invalid(file, `{{${unused}}} is declared but stands nowhere`)
  const misplaced = variables(system).find((name) => input[name] === 'evidence')
  if (misplaced) throw invalid(file, `{{${misplaced}}} is evidence: it stands under "# User" only`)
  const rest = `${system}${user}`.replaceAll(/\{\{[a-z][A-Za-z]*\}\}/g, '')
  if (/\{\{|\}\}/.test(rest)) throw invalid(file, 'it holds braces that are no variable and no include')
  if (/<\/?evidence/i.test(user)) throw invalid(file, 'evidence blocks are written by the renderer only')
}

async function read(path: string, file: string, problem: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw invalid(file, problem, error)
  }
}

function invalid(file: string, problem: string, cause?: unknown): OperatorError {
  return new OperatorError({
    code: 'prompt-file-invalid',
    message: `The prompt file ${file} cannot be used: ${problem}. Regreen does not start with a question it misunderstands.`,
    cause,
  })
}
