/** Tells whether an existing Dockerfile was written for a given build context. */

import { sourcesExist } from '../../docker/copy-sources.ts'
import { parseDockerignore } from '../../docker/dockerignore.ts'
import { type ParsedDockerfile, parseDockerfile } from '../../docker/parse-dockerfile.ts'
import type { Text } from '../../domain/text.ts'
import { fileNameOf, folderOf, joinPath } from '../../workflow/repository-path.ts'
import { isDevelopmentDockerfile, isDevelopmentName } from './development-file.ts'
import type { Situation } from './situation.ts'

/** Files that make a folder a project of its own, with an image of its own. */
const manifestNames = [
  'package.json',
  'pyproject.toml',
  'requirements.txt',
  'go.mod',
  'pom.xml',
  'Cargo.toml',
  'Gemfile',
  'composer.json',
]

/** A Dockerfile of the repository, and whether it can be what the step wanted. */
export interface Candidate {
  readonly path: string
  /** Null when it fits; else the fact that excludes it, without the full stop. */
  readonly misfit: Text | null
}

/** Dockerfiles under their plain name anywhere in the repository, except the wanted one. */
export async function findCandidates(situation: Situation): Promise<readonly Candidate[]> {
  const paths = situation.files.filter(
    (path) => /^(Dockerfile|Containerfile)$/.test(fileNameOf(path)) && path !== situation.wanted,
  )
  return Promise.all(
    paths.slice(0, candidatesMax).map(async (path) => ({ path, misfit: await misfit(situation, path) })),
  )
}

/** Reading more Dockerfiles than this takes long, and no person could choose among them. */
const candidatesMax = 50

/** Null when the file builds something from this context that could go to production; else a clause why not. */
export async function misfit(situation: Situation, path: string): Promise<Text | null> {
  const { files, read, context } = situation
  if (isVendored(path)) {
    return {
      en: `\`${path}\` is a dependency's or an example's`,
      ja: `\`${path}\` は依存パッケージや例のものです`,
    }
  }
  const folder = folderOf(path)
  if (isDevelopmentName(path)) return { en: `\`${path}\` is for development`, ja: `\`${path}\` は開発用です` }
  const dockerfile = parseDockerfile((await read(path)) ?? '')
  if (!dockerfile || dockerfile.stages.length === 0) {
    return { en: `\`${path}\` has no stage`, ja: `\`${path}\` にはステージがありません` }
  }
  if (isDevelopmentDockerfile(dockerfile)) {
    return { en: `\`${path}\` starts a development server`, ja: `\`${path}\` は開発用サーバーを起動します` }
  }
  if (folder !== context && isOwnProject(folder, files) && !copiesFrom(dockerfile, folder, context)) {
    return {
      en: `\`${path}\` belongs to the project in ${folder === '' ? 'the root' : `\`${folder}\``}`,
      ja: `\`${path}\` は${folder === '' ? 'ルート' : ` \`${folder}\` `}のプロジェクトのものです`,
    }
  }
  const ignore = parseDockerignore(await read(joinPath(context, '.dockerignore')))
  const missing = sourcesExist(dockerfile, context, files, ignore)
  if (missing === null) return null
  return {
    en: `\`${path}\` copies \`${missing}\`, which the context does not have`,
    ja: `\`${path}\` がコピーする \`${missing}\` はコンテキストにありません`,
  }
}

function isVendored(path: string): boolean {
  return /(^|\/)(node_modules|vendor|third_party|examples?|test|tests|fixtures|\.devcontainer)\//.test(path)
}

function isOwnProject(folder: string, files: readonly string[]): boolean {
  return manifestNames.some((name) => files.includes(joinPath(folder, name)))
}

/** True when it names its own folder in its sources, as a file written for a wider context does. */
function copiesFrom(dockerfile: ParsedDockerfile, folder: string, context: string): boolean {
  const inside =
    context === '' ? folder : folder.startsWith(`${context}/`) ? folder.slice(context.length + 1) : null
  if (inside === null || inside === '') return false
  return dockerfile.stages.some(({ instructions }) =>
    instructions.some(({ keyword, text }) => /^(COPY|ADD)$/.test(keyword) && text.includes(inside)),
  )
}
