/** E2, E3, E10, E20, W27: what COPY takes is there, comes from where it says, and belongs into the image. */
import { type CheckSubject, type DockerfileCheck, failed, notApplicable, passed } from '../check.ts'
import { type CopyInstruction, cleanSource, isFromContext, readCopy, sourceExists } from '../copy-sources.ts'
import { chainInstructions, type Instruction, type Stage } from '../parse-dockerfile.ts'

/** Sources exist after `.dockerignore`. */
const sourcesThere: DockerfileCheck = {
  id: 'E2',
  level: 'error',
  title: 'Every COPY source exists after .dockerignore',
  run: ({ parsed, context, files, ignore }) => {
    const copies = parsed.stages.flatMap(copiesOf).filter(({ from }) => from === null)
    for (const { sources, line } of copies) {
      const unknown = sources.find((source) => source.includes('$'))
      if (unknown !== undefined)
        return notApplicable(`The source ${unknown} depends on an argument without a value.`)
      const missing = sources
        .filter(isFromContext)
        .find((source) => !sourceExists(source, context, files, ignore))
      if (missing !== undefined) return failed(`${missing} is not in the build context.`, line)
    }
    return copies.length === 0
      ? notApplicable('Nothing is copied from the build context.')
      : passed(`${copies.flatMap(({ sources }) => sources).join(', ')}`, copies[0]!.line)
  },
}

const fromKnown: DockerfileCheck = {
  id: 'E3',
  level: 'error',
  title: 'Every --from names an earlier stage, an image or a named context',
  run: ({ parsed, buildStep }) => {
    const names = parsed.stages.flatMap((stage) =>
      stage.instructions.flatMap((instruction) =>
        sourcesOf(instruction).map((from) => ({ from, line: instruction.line, stage })),
      ),
    )
    for (const { from, line, stage } of names) {
      if (!isKnownSource(from, stage, parsed.stages, buildStep?.buildContexts)) {
        return failed(`--from=${from} is no earlier stage, and no image with a tag.`, line)
      }
    }
    return names.length === 0
      ? notApplicable('Nothing is taken from another stage.')
      : passed(names.map(({ from }) => from).join(', '), names[0]!.line)
  },
}

/** What COPY and RUN mounts name as their source. */
function sourcesOf({ keyword, flags }: Instruction): string[] {
  if (keyword === 'COPY') return [...(flags.get('from') ?? [])]
  if (keyword !== 'RUN') return []
  return (flags.get('mount') ?? []).flatMap(
    (mount) => /(?:^|,)from=(?<from>[^,]+)/.exec(mount)?.groups?.from ?? [],
  )
}

function isKnownSource(
  from: string,
  stage: Stage,
  stages: readonly Stage[],
  contexts: ReadonlyMap<string, string> | undefined,
): boolean {
  const earlier = stages.slice(0, stage.index)
  if (earlier.some(({ name }) => name === from.toLowerCase())) return true
  if (/^\d+$/.test(from)) return Number(from) < stage.index
  return contexts?.has(from) === true || /[/:@]/.test(from) || from.includes('$')
}

const lockThere: DockerfileCheck = {
  id: 'E10',
  level: 'error',
  title: 'The lock file that a frozen install needs is copied',
  run: ({ parsed, context, files, ignore }) => {
    for (const stage of parsed.stages) {
      for (const instruction of stage.instructions) {
        const lock = instruction.keyword === 'RUN' ? frozenLock(instruction.text) : null
        if (!lock) continue
        const isThere = lock.some((name) => isCopied(stage, name, { context, files, ignore }))
        if (!isThere)
          return failed(
            `A frozen install needs ${lock.join(' or ')}, which is not copied before it.`,
            instruction.line,
          )
        return passed(lock.join(' or '), instruction.line)
      }
    }
    return notApplicable('No install is frozen by a lock file.')
  },
}

function frozenLock(command: string): string[] | null {
  if (/\bnpm ci\b/.test(command)) return ['package-lock.json', 'npm-shrinkwrap.json']
  if (/\bpnpm\b.*--frozen-lockfile/.test(command)) return ['pnpm-lock.yaml']
  if (/\b(yarn|\.cjs)\b.*(--frozen-lockfile|--immutable)/.test(command)) return ['yarn.lock']
  if (/\buv sync\b.*--(locked|frozen)/.test(command)) return ['uv.lock']
  return null
}

function isCopied(
  stage: Stage,
  name: string,
  { context, files, ignore }: Pick<CheckSubject, 'context' | 'files' | 'ignore'>,
): boolean {
  if (!sourceExists(name, context, files, ignore)) return false
  return copiesOf(stage).some(
    ({ from, sources }) => from === null && sources.some((source) => covers(source, name)),
  )
}

function covers(source: string, name: string): boolean {
  const cleaned = cleanSource(source)
  return (
    cleaned === '' || cleaned === name || (cleaned.includes('*') && name.startsWith(cleaned.split('*')[0]!))
  )
}

const noHostPath: DockerfileCheck = {
  id: 'E20',
  level: 'error',
  title: 'No path of a host in COPY',
  run: ({ parsed }) => {
    const copies = parsed.stages.flatMap(copiesOf).filter(({ from }) => from === null)
    for (const { sources, line } of copies) {
      const odd = sources.find(
        (source) => /^(\/|~|[A-Za-z]:\\)/.test(source) || /(^|\/)\.\.(\/|$)/.test(source),
      )
      if (odd !== undefined) return failed(`${odd} points outside the build context.`, line)
    }
    return copies.length === 0
      ? notApplicable('Nothing is copied from the build context.')
      : passed('All sources are relative to the context.', copies[0]!.line)
  },
}

const noTests: DockerfileCheck = {
  id: 'W27',
  level: 'warning',
  title: 'Tests and .git are not copied into the image',
  run: ({ final, context, files, ignore }) => {
    const copies = chainInstructions(final)
      .map(readCopy)
      .filter((copy) => copy !== null && copy.from === null)
    for (const copy of copies) {
      const found = copy!.sources.find((source) => bringsTests(cleanSource(source), context, files, ignore))
      if (found !== undefined) return failed(`${found} brings tests or .git into the image.`, copy!.line)
    }
    return passed(
      copies.length === 0
        ? 'Nothing is copied from the build context.'
        : copies.flatMap((copy) => copy!.sources).join(', '),
      copies[0]?.line,
    )
  },
}

function bringsTests(
  source: string,
  context: string,
  files: readonly string[],
  ignore: CheckSubject['ignore'],
): boolean {
  if (/(^|\/)\.git$/.test(source)) return true
  // `.git` is never among the tracked files, but it is on every runner that has a checkout.
  if (source === '' && context === '' && !ignore.hides('.git/config')) return true
  const prefix = [context, source].filter((part) => part !== '').join('/')
  return files.some((file) => {
    const isBelow = prefix === '' || file === prefix || file.startsWith(`${prefix}/`)
    const path = context === '' ? file : file.slice(context.length + 1)
    return isBelow && /(^|\/)(tests?|__tests__|spec)\//.test(path) && !ignore.hides(path)
  })
}

function copiesOf({ instructions }: Stage): CopyInstruction[] {
  return instructions.map(readCopy).filter((copy) => copy !== null)
}

/** E2, E3, E10, E20, W27. */
export const copyChecks: readonly DockerfileCheck[] = [
  sourcesThere,
  fromKnown,
  lockThere,
  noHostPath,
  noTests,
]
