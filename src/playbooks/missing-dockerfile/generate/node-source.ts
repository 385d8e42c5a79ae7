/** Reads what the sources of a Node server tell: port, health route, signal handler. */
import { readPort } from '../development-file.ts'
import type { ProjectFiles } from './project-files.ts'
import { healthPaths } from './python-source.ts'

/** Sources that are read to find a port and a route; a server names both near its entry. */
const sourcesMax = 60

/** What the sources of a server tell about how it runs. */
export interface NodeSourceFacts {
  /** From `process.env.PORT || N` or `listen(N`. */
  readonly port: number | null
  readonly readsPort: boolean
  readonly listens: boolean
  readonly healthPath: string | null
  readonly handlesSigterm: boolean
  /** True when the server is bound to the container's own loopback only. */
  readonly isLoopbackOnly: boolean
  /** True when a source names all interfaces. */
  readonly namesAllInterfaces: boolean
}

/** What the project's own sources say, entry files first. */
export async function readNodeSources(project: ProjectFiles, entry: string | null): Promise<NodeSourceFacts> {
  const paths = project.files
    .filter(isSource)
    .sort((one, other) => rank(one, entry) - rank(other, entry) || (one < other ? -1 : 1))
  const texts = await Promise.all(paths.slice(0, sourcesMax).map((path) => project.read(path)))
  const all = texts.map((text) => (text ?? '').slice(0, 200_000))
  const port = all.map(portIn).find((found) => found !== null) ?? null
  return {
    port,
    readsPort: all.some((text) => /process\.env(\.PORT\b|\[["']PORT["']\])/.test(text)),
    listens: all.some((text) => /\.listen\(|\bserve\(/.test(text)),
    healthPath: healthIn(all),
    handlesSigterm: all.some((text) =>
      /process\.(on|once)\(\s*["']SIGTERM["']|enableShutdownHooks\(/.test(text),
    ),
    namesAllInterfaces: all.some((text) => /["'](0\.0\.0\.0|::)["']/.test(text)),
    isLoopbackOnly: all.some((text) => /\.listen\([^)]{0,200}["'](localhost|127\.0\.0\.1)["']/.test(text)),
  }
}

function isSource(path: string): boolean {
  return (
    /\.[cm]?[jt]sx?$/.test(path) &&
    !/(^|\/)(node_modules|tests?|__tests__|e2e|spec|scripts|dist|build|coverage)\/|\.(test|spec|config|d)\.[cm]?[jt]sx?$/.test(
      path,
    )
  )
}

function rank(path: string, entry: string | null): number {
  if (path === entry) return 0
  return /(^|\/)(main|index|server|app)\.[cm]?[jt]s$/.test(path)
    ? path.split('/').length
    : 10 + path.split('/').length
}

function portIn(text: string): number | null {
  const found =
    /process\.env(?:\.PORT|\[["']PORT["']\])\s*\)?\s*(?:\|\||\?\?)\s*["']?(?<port>\d{2,5})\b/.exec(text) ??
    /\.listen\(\s*(?:\{\s*port\s*:\s*)?(?<port>\d{2,5})\b/.exec(text)
  return readPort(found?.groups?.port)
}

function healthIn(texts: readonly string[]): string | null {
  const routes = texts.flatMap((text) => [
    ...text.matchAll(/\b(?:app|server|fastify)\.(?:get|all)\(\s*["'`](?<path>\/[\w/-]{1,60})["'`]/g),
  ])
  const own = routes.map(({ groups }) => groups!.path!)
  const hasGlobalPrefix = texts.some((text) => /setGlobalPrefix\(/.test(text))
  const controllers = hasGlobalPrefix
    ? []
    : texts.flatMap((text) => [
        ...text.matchAll(/@Controller\(\s*["'](?<path>[\w-]{1,60})["']\s*\)[^@]{0,400}@Get\(\s*\)/g),
      ])
  const all = [...own, ...controllers.map(({ groups }) => `/${groups!.path!}`)]
  return healthPaths.find((path) => all.includes(path)) ?? null
}
