import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AgentFile, leadOf, loadAgents } from '../../src/agent/load-agents.ts'
import { roles } from '../../src/domain/diagnosis.ts'
import { failureClasses } from '../../src/domain/failure-class.ts'
import { OperatorError } from '../../src/errors.ts'

const realFolder = join(import.meta.dirname, '../../agents')
const file = 'devops-coordinator.agent.md'
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'regreen-agents-'))
  await cp(realFolder, folder, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true }))

/** Changes one agent file of the copied folder. */
async function edit(change: (text: string) => string, name = file): Promise<void> {
  const text = await readFile(join(folder, name), 'utf8')
  const changed = change(text)
  expect(changed, 'the edit changes something').not.toBe(text)
  await writeFile(join(folder, name), changed)
}

async function refusal(): Promise<OperatorError> {
  const error = await loadAgents(folder).then(
    () => undefined,
    (reason) => reason,
  )
  expect(error).toBeInstanceOf(OperatorError)
  expect(error).toMatchObject({ code: 'agent-file-invalid' })
  return error
}

describe('the agent files', () => {
  it('load, one for each role', async () => {
    const agents = await loadAgents()

    expect(agents.map(({ name }) => name).sort()).toEqual([...roles].sort())
    for (const agent of agents) {
      expect(agent.description, agent.name).not.toBe('')
      expect(agent.instructions, agent.name).toMatch(/## Input[\s\S]+## Steps[\s\S]+## Output/)
    }
  })

  it('give each failure class exactly one lead', async () => {
    const agents = await loadAgents()

    for (const failureClass of failureClasses) {
      const leads = agents.filter(({ handles }) => handles.includes(failureClass))
      expect(leads, failureClass).toHaveLength(1)
      expect(leadOf(agents, failureClass)).toBe(leads[0]?.name)
    }
  })

  it('load with the line ends of Windows', async () => {
    await edit((text) => text.replaceAll('\n', '\r\n'))

    expect((await loadAgents(folder)).map(({ name }) => name)).toEqual(
      (await loadAgents()).map(({ name }) => name),
    )
  })

  it('are read only where the name ends in .agent.md', async () => {
    await writeFile(join(folder, 'README.md'), 'No agent.')

    expect(await loadAgents(folder)).toEqual(await loadAgents())
  })
})

describe('an agent file is refused', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    ['with an unknown tool', (text) => text.replace('read_file', 'run_shell'), /tools\[\d\]/],
    [
      'with an unknown class',
      (text) => text.replace(/token|passing/, 'docker-on-fire'),
      /metadata\.handles\[0\]/,
    ],
    ['with an unknown field', (text) => text.replace('metadata:', 'infer: true\nmetadata:'), /infer/],
    ['without tools', (text) => text.replace(/^tools:.*\n(?: .*\n)*/m, ''), /tools/],
    ['with no tool', (text) => text.replace(/^tools:.*\n(?: .*\n)*/m, 'tools: []\n'), /tools/],
    ['without a description', (text) => text.replace(/^description:.*\n/m, ''), /description/],
    ['without frontmatter', (text) => text.replace('---\n', ''), /frontmatter/],
    ['with frontmatter that is no YAML', (text) => text.replace('name:', 'name: [\nname:'), /\w/],
    ['with a key twice', (text) => text.replace('name:', 'name: x\nname:'), /unique/],
    [
      'with an alias',
      (text) =>
        text.replace(/^description:.*$/m, 'description: *there').replace('---\n', '---\nx: &there y\n'),
      /[Aa]lias/,
    ],
    ['under the name of another', (text) => text.replace(/^name:.*$/m, 'name: security-architect'), /rename/],
    ['with a body that is too long', (text) => `${text}${'x'.repeat(30_001)}`, /30000/],
  ])('%s, and the message names file and problem', async (_name, change, problem) => {
    await edit(change)

    const { message } = await refusal()

    expect(message).toMatch(new RegExp(`^The agent file ${file} cannot be used: `))
    expect(message).toMatch(problem)
    expect(message).toContain('Regreen does not start with a role it misunderstands.')
  })

  it('where a class has two leads', async () => {
    await edit(
      (text) => text.replace('token-permission', 'missing-dockerfile token-permission'),
      'security-architect.agent.md',
    )

    expect((await refusal()).message).toMatch(
      /the class missing-dockerfile is led by devops-coordinator and security-architect; name it in exactly one `metadata.handles`/,
    )
  })

  it('where a class has no lead', async () => {
    await edit((text) => text.replace('missing-dockerfile', ''))

    expect((await refusal()).message).toContain('the class missing-dockerfile is led by no agent')
  })
})

it('a class without a lead is an error that names it', () => {
  const nobody: readonly AgentFile[] = []

  expect(() => leadOf(nobody, 'missing-dockerfile')).toThrow(/no agent handles missing-dockerfile/)
})
