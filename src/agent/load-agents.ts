/** Loads the role agents: Markdown files in GitHub's custom-agent format. */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { type Role, roleSchema } from '../domain/diagnosis.ts'
import { type FailureClass, failureClasses, failureClassSchema } from '../domain/failure-class.ts'
import { OperatorError } from '../errors.ts'

/** Only these tools exist. None can run a command, reach the network or see a secret. */
const tools = [
  'list_files',
  'read_file',
  'search_code',
  'read_log',
  'search_log',
  'read_diff',
  'run_playbook',
  'propose_edits',
  'submit',
] as const

/** GitHub's rule: metadata values are strings, so a list is written with spaces. */
const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean)

const frontmatterSchema = z.strictObject({
  name: roleSchema,
  description: z.string().min(1),
  tools: z.array(z.enum(tools)).min(1),
  metadata: z.strictObject({
    handles: z.string().transform(wordsOf).pipe(z.array(failureClassSchema)).optional(),
    reviews: z.string().min(1),
  }),
})

/** A role: what it may do, which failure classes it leads, and its instructions. */
export interface AgentFile {
  name: Role
  description: string
  tools: readonly string[]
  handles: readonly FailureClass[]
  /** `always`, or path globs separated by spaces. */
  reviews: string
  instructions: string
}

/** GitHub's limit for the body of a custom agent. */
const bodyCharsMax = 30_000

const folder = join(import.meta.dirname, '../../agents')

/**
 * Reads every `*.agent.md`. Throws `agent-file-invalid`, which names the file and what to change, also
 * when a failure class has no lead or two.
 */
export async function loadAgents(from = folder): Promise<readonly AgentFile[]> {
  const names = (await readdir(from)).filter((name) => name.endsWith('.agent.md')).sort()
  const agents = await Promise.all(
    names.map(async (name) => parseAgent(name, await readFile(join(from, name), 'utf8'))),
  )
  for (const failureClass of failureClasses) {
    const leads = agents.filter((agent) => agent.handles.includes(failureClass))
    if (leads.length !== 1) {
      const found = leads.length === 0 ? 'no agent' : leads.map((lead) => lead.name).join(' and ')
      throw invalid(
        from,
        `the class ${failureClass} is led by ${found}; name it in exactly one \`metadata.handles\``,
      )
    }
  }
  return agents
}

/** The role that leads a failure class. */
export function leadOf(agents: readonly AgentFile[], failureClass: FailureClass): Role {
  const lead = agents.find((agent) => agent.handles.includes(failureClass))
  if (!lead) throw invalid('agents', `no agent handles ${failureClass}`)
  return lead.name
}

function parseAgent(name: string, text: string): AgentFile {
  const parts = /^---\n(?<frontmatter>[\s\S]*?)\n---\n(?<body>[\s\S]*)$/.exec(
    text.replaceAll('\r\n', '\n'),
  )?.groups
  if (!parts) throw invalid(name, 'it must start with a frontmatter block between two lines of ---')
  const document = parseDocument(parts.frontmatter!, { uniqueKeys: true })
  const syntax = document.errors[0]
  if (syntax) throw invalid(name, syntax.message)
  const parsed = frontmatterSchema.safeParse(plainValue(name, document))
  if (!parsed.success) throw invalid(name, z.prettifyError(parsed.error))
  const { metadata, ...rest } = parsed.data
  if (`${rest.name}.agent.md` !== basename(name))
    throw invalid(name, `its name is ${rest.name}: rename one of both`)
  if (parts.body!.length > bodyCharsMax) throw invalid(name, `its body is over ${bodyCharsMax} characters`)
  return {
    ...rest,
    handles: metadata.handles ?? [],
    reviews: metadata.reviews,
    instructions: parts.body!.trim(),
  }
}

/** Aliases are refused: what a file says stands where it is read. */
function plainValue(name: string, document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch (error) {
    throw invalid(name, (error as Error).message, error)
  }
}

function invalid(file: string, problem: string, cause?: unknown): OperatorError {
  return new OperatorError({
    code: 'agent-file-invalid',
    message: `The agent file ${file} cannot be used: ${problem}. Regreen does not start with a role it misunderstands.`,
    cause,
  })
}
