/** Recognises Dockerfiles that serve development, and reads what they tell about the application. */
import {
  chainInstructions,
  lastInstruction,
  type ParsedDockerfile,
  parseDockerfile,
} from '../../docker/parse-dockerfile.ts'
import { fileNameOf } from '../../workflow/repository-path.ts'
import type { ProjectFiles } from './generate/project-files.ts'

/** The development image next to the one that is missing. */
export interface DevelopmentFile {
  readonly path: string
  readonly stages: number
  readonly hasHotReload: boolean
  /** The start command's words, or null when there is none or it is not understood. */
  readonly command: readonly string[] | null
  readonly port: number | null
}

/** True for names such as `Dockerfile.dev`, `dev.Dockerfile`, `Dockerfile.test`. */
export function isDevelopmentName(path: string): boolean {
  return /(^|[._-])(dev|devel|development|local|debug|test|testing|ci|e2e)([._-]|$)/i.test(
    fileNameOf(path).replace(/dockerfile|containerfile/i, ''),
  )
}

/** True when the image's own start command reloads, debugs or is a development server. */
export function isDevelopmentDockerfile({ stages }: ParsedDockerfile): boolean {
  const last = stages.at(-1)
  const texts = last ? ['CMD', 'ENTRYPOINT'].map((keyword) => lastInstruction(last, keyword)?.text ?? '') : []
  return texts.some(isDevelopmentCommand)
}

/** True for commands with a reloader, a watcher, a debugger or a framework's development server. */
export function isDevelopmentCommand(text: string): boolean {
  const words = text.toLowerCase().split(/[\s"',[\]]+/)
  return (
    words.some((word) =>
      /^(--reload|--watch|--debug|--debugger|--inspect(-brk)?(=.*)?|nodemon|ts-node-dev|tsx|watch|dev|start:dev|runserver|debugpy|watchfiles|watchmedo)$/.test(
        word,
      ),
    ) ||
    (words.includes('flask') && words.includes('run')) ||
    (words.includes('fastapi') && words.includes('dev'))
  )
}

/** The development Dockerfile of the project's folder; with several, the first by name. */
export async function findDevelopmentFile(project: ProjectFiles): Promise<DevelopmentFile | null> {
  const path = project.files.find(
    (file) => !file.includes('/') && /dockerfile|containerfile/i.test(file) && isDevelopmentName(file),
  )
  const parsed = path === undefined ? null : parseDockerfile((await project.read(path)) ?? '')
  const last = parsed?.stages.at(-1)
  if (path === undefined || !parsed || !last) return null
  const command = lastInstruction(last, 'CMD') ?? lastInstruction(last, 'ENTRYPOINT')
  const exposed = chainInstructions(last).findLast(({ keyword }) => keyword === 'EXPOSE')?.text
  return {
    path,
    stages: parsed.stages.length,
    hasHotReload: isDevelopmentCommand(command?.text ?? ''),
    command: command ? (command.exec ?? command.text.split(/\s+/)) : null,
    port: readPort(exposed),
  }
}

/** A port from text that begins with one. */
export function readPort(text: string | undefined): number | null {
  const port = Number(/^(?<port>\d{1,5})\b/.exec(text ?? '')?.groups?.port ?? Number.NaN)
  return port >= 1 && port <= 65_535 ? port : null
}
