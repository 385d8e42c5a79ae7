/** Reads what a Python file tells about the application, without running or fully parsing it. */

/** A file beyond this is data or generated, not an entry point. */
const sourceCharsMax = 200_000

/** An application object at module level. */
export interface ApplicationObject {
  readonly framework: 'fastapi' | 'flask' | 'starlette'
  readonly name: string
  /** True when `name` is a function that makes the application. */
  readonly isFactory: boolean
}

const constructorPattern =
  /^(?<name>[A-Za-z_]\w{0,60})(?:[ \t]*:[^=\n]{1,80})?[ \t]*=[ \t]*(?:[A-Za-z_]\w{0,30}\.)?(?<kind>FastAPI|Flask|Starlette)\(/

const factoryPattern = /^(?:async[ \t]+)?def[ \t]+(?<name>create_app|make_app|build_app|get_app)\(/

/** The objects and factories at module level; code in strings and comments does not count. */
export function findApplicationObjects(source: string): readonly ApplicationObject[] {
  const code = withoutStrings(source)
  const lines = code.split('\n')
  const objects = lines.flatMap((line) => {
    const { name, kind } = constructorPattern.exec(line)?.groups ?? {}
    return name && kind ? [{ framework: frameworkOf(kind), name, isFactory: false }] : []
  })
  if (objects.length > 0) return objects
  const kind = /\b(?<kind>FastAPI|Flask|Starlette)\(/.exec(code)?.groups?.kind
  const factories = lines.flatMap((line) => factoryPattern.exec(line)?.groups?.name ?? [])
  return kind ? factories.map((name) => ({ framework: frameworkOf(kind), name, isFactory: true })) : []
}

/** Route literals that a health check may ask, most telling first. */
export const healthPaths = ['/health', '/healthz', '/api/health', '/ready'] as const

/**
 * The first health route of the source's own application objects. Routes of routers count only where no
 * prefix can move them.
 */
export function findHealthPath(
  source: string,
  applicationNames: readonly string[],
  hasPrefixes: boolean,
): string | null {
  const text = source.slice(0, sourceCharsMax)
  const routes = [
    ...text.matchAll(/^\s*@(?<on>[A-Za-z_]\w{0,60})\.(?:get|route)\(\s*["'](?<path>[^"'\n]{1,100})["']/gm),
  ]
  const own = routes.filter(({ groups }) => applicationNames.includes(groups!.on!) || !hasPrefixes)
  return healthPaths.find((path) => own.some(({ groups }) => groups!.path === path)) ?? null
}

/** True when routers or blueprints of this source are mounted below another path. */
export function mountsWithPrefix(source: string): boolean {
  return /\b(url_)?prefix\s*=|\.mount\(/.test(source.slice(0, sourceCharsMax))
}

/** True when the file has code under `if __name__ == "__main__"`. */
export function isScript(source: string): boolean {
  return /^if[ \t]+__name__[ \t]*==[ \t]*["']__main__["'][ \t]*:/m.test(source.slice(0, sourceCharsMax))
}

/** The first names of absolute imports at any depth. */
export function importedNames(source: string): ReadonlySet<string> {
  const lines = withoutStrings(source).matchAll(/^[ \t]*(?:from|import)[ \t]+(?<name>[A-Za-z_]\w*)/gm)
  return new Set([...lines].map(({ groups }) => groups!.name!))
}

function frameworkOf(kind: string): ApplicationObject['framework'] {
  return kind === 'FastAPI' ? 'fastapi' : kind === 'Flask' ? 'flask' : 'starlette'
}

/** The source with strings emptied and comments removed, line breaks kept. Walks once, so it takes linear time. */
function withoutStrings(source: string): string {
  const text = source.slice(0, sourceCharsMax)
  let code = ''
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (character === '#') {
      while (at < text.length && text[at] !== '\n') at += 1
    } else if (character === '"' || character === "'") {
      const end = stringEnd(text, at)
      code += `""${'\n'.repeat(text.slice(at, end).split('\n').length - 1)}`
      at = end
    } else {
      code += character
      at += 1
    }
  }
  return code
}

function stringEnd(text: string, start: number): number {
  const quote = text[start]!
  const isLong = text.startsWith(quote.repeat(3), start)
  const mark = isLong ? quote.repeat(3) : quote
  let at = start + mark.length
  while (at < text.length) {
    if (text[at] === '\\') at += 2
    else if (text.startsWith(mark, at)) return at + mark.length
    else if (!isLong && text[at] === '\n') return at
    else at += 1
  }
  return text.length
}
