/** What a compose file of the repository tells about the service that this context builds. */
import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap } from 'yaml'
import { fileNameOf, folderOf, repositoryPath } from '../../../workflow/repository-path.ts'
import { splitCommands } from '../../../workflow/split-command.ts'
import { isDevelopmentName, readPort } from '../development-file.ts'
import type { Situation } from '../situation.ts'

/** The service of a compose file that is built from the context. */
export interface ComposeService {
  readonly path: string
  readonly name: string
  readonly command: readonly string[] | null
  /** The container's side of the first published port. */
  readonly port: number | null
  readonly environment: ReadonlyMap<string, string>
}

const composePattern = /^(docker-)?compose(\.[\w-]+)?\.ya?ml$/

/** The one service built from this context; null when none or several are. */
export async function findComposeService(situation: Situation): Promise<ComposeService | null> {
  const { files, context, read } = situation
  const paths = files.filter(
    (path) =>
      composePattern.test(fileNameOf(path)) &&
      !isDevelopmentName(path) &&
      !/override/.test(path) &&
      (folderOf(path) === '' || folderOf(path) === context),
  )
  const found: ComposeService[] = []
  for (const path of paths.slice(0, 10)) found.push(...readServices(path, (await read(path)) ?? '', context))
  return found.length === 1 ? found[0]! : null
}

function readServices(path: string, text: string, context: string): ComposeService[] {
  try {
    const document = parseDocument(text, { schema: 'core', uniqueKeys: true })
    const services = document.errors.length === 0 ? document.get('services', true) : null
    if (!isMap(services)) return []
    return services.items
      .filter((item) => isScalar(item.key) && isMap(item.value))
      .filter((item) => buildsFrom(item.value as YAMLMap, folderOf(path), context))
      .map((item) => readService(path, String((item.key as { value: unknown }).value), item.value as YAMLMap))
  } catch {
    // Deep nesting can exhaust the parser; a compose file that cannot be read tells nothing.
    return []
  }
}

function buildsFrom(service: YAMLMap, folder: string, context: string): boolean {
  const build = service.get('build', true)
  const written = isMap(build) ? (build.get('context') ?? '.') : isScalar(build) ? build.value : null
  return typeof written === 'string' && repositoryPath(folder, written) === context
}

function readService(path: string, name: string, service: YAMLMap): ComposeService {
  return {
    path,
    name,
    command: readCommand(service.get('command', true) as Node | null),
    port: readPublished(service.get('ports', true) as Node | null),
    environment: readEnvironment(service.get('environment', true) as Node | null),
  }
}

function readCommand(node: Node | null): string[] | null {
  if (isSeq(node)) {
    const words = node.items.map((item) => (isScalar(item) ? String(item.value) : null))
    return words.every((word) => word !== null) ? words : null
  }
  if (!isScalar(node) || typeof node.value !== 'string') return null
  const commands = splitCommands(node.value)
  return commands.length === 1 ? commands[0]!.words.map(({ text }) => text) : null
}

function readPublished(node: Node | null): number | null {
  const first = isSeq(node) ? node.items[0] : null
  if (isMap(first)) return readPort(String(first.get('target') ?? ''))
  return isScalar(first) ? readPort(String(first.value).split(':').at(-1)) : null
}

function readEnvironment(node: Node | null): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      if (isScalar(key) && isScalar(value)) values.set(String(key.value), String(value.value))
    }
  }
  for (const item of isSeq(node) ? node.items : []) {
    const text = isScalar(item) ? String(item.value) : ''
    if (text.includes('=')) values.set(text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1))
  }
  return values
}
