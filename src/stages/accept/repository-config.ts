/** A repository's own settings: `.github/regreen.yml` on its default branch. They only narrow. */
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { languageSchema } from '../../domain/report.ts'
import { repositoryConfigBytesMax } from '../../limits.ts'

const repositoryConfigSchema = z.strictObject({
  /** False: Regreen leaves this repository alone. */
  enabled: z.boolean().default(true),
  /** The language of reports. */
  language: languageSchema.default('en'),
})
export type RepositoryConfig = z.infer<typeof repositoryConfigSchema>

/** Where it stands in a repository. */
export const repositoryConfigPath = '.github/regreen.yml'

/** The settings, or what is wrong with the file. No file means the defaults. */
export function parseRepositoryConfig(text: string | null): RepositoryConfig | { problem: string } {
  if (text === null) return repositoryConfigSchema.parse({})
  if (Buffer.byteLength(text) > repositoryConfigBytesMax) {
    return { problem: `it is over ${repositoryConfigBytesMax} bytes` }
  }
  const document = parseDocument(text, { uniqueKeys: true, merge: false })
  const syntax = document.errors[0]
  if (syntax) return { problem: syntax.message.split('\n')[0] ?? 'it is not YAML' }
  try {
    const parsed = repositoryConfigSchema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {})
    return parsed.success ? parsed.data : { problem: z.prettifyError(parsed.error) }
  } catch {
    return { problem: 'aliases are not allowed' }
  }
}
