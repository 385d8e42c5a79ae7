/** The cause of last resort: the file was never written. Writes it, checks it, and explains it. */
import { checkDockerfile } from '../../../docker/check-dockerfile.ts'
import { readCopy, sourceExists } from '../../../docker/copy-sources.ts'
import { dockerignorePath, parseDockerignore } from '../../../docker/dockerignore.ts'
import { parseDockerfile } from '../../../docker/parse-dockerfile.ts'
import type { Fact, FileChange, Patch, RuledOut } from '../../../domain/patch.ts'
import type { Text } from '../../../domain/text.ts'
import { joinPath } from '../../../workflow/repository-path.ts'
import { askPerson, type CauseAnswer } from '../cause.ts'
import { type DevelopmentFile, findDevelopmentFile, isDevelopmentName } from '../development-file.ts'
import { listNames } from '../list-names.ts'
import { refusedWorkarounds } from '../refused-workarounds.ts'
import type { Situation } from '../situation.ts'
import { workflowFacts } from '../workflow-facts.ts'
import { cacheOffer } from './cache-offer.ts'
import { findComposeService } from './compose.ts'
import { generateNode } from './node.ts'
import { projectFiles } from './project-files.ts'
import { generatePython } from './python.ts'
import type { Recipe, RecipeInput } from './recipe.ts'

/** The production Dockerfile at the wanted path, or a question where the project leaves two answers open. */
export async function writeDockerfile(
  situation: Situation,
  ruledOut: readonly RuledOut[],
): Promise<CauseAnswer> {
  const input = await recipeInput(situation)
  const refusal = refuseWorkflow(input)
  if (refusal) return refusal
  const answer = (await generatePython(input)) ?? (await generateNode(input))
  if (!answer) return unknownEcosystem(situation)
  if (answer.kind === 'human') return { kind: 'found', draft: answer }
  const changes = await fileChanges(situation, answer.recipe)
  const failures = await failedChecks(situation, changes)
  if (failures.length > 0) {
    return askPerson(
      {
        en: `\`${situation.wanted}\` can be drafted, but the draft would not pass the checks.`,
        ja: `\`${situation.wanted}\` の下書きは作成できますが、検査に合格しません。`,
      },
      failures,
    )
  }
  return {
    kind: 'found',
    draft: {
      kind: 'patch',
      patch: writePatch(situation, ruledOut, answer.recipe, changes, input.development),
    },
  }
}

async function recipeInput(situation: Situation): Promise<RecipeInput> {
  const project = projectFiles(situation)
  const { build } = situation
  const names = ['runtime', 'production', 'final'].filter((name) => !build.buildContexts.has(name))
  return {
    project,
    build,
    development: await findDevelopmentFile(project),
    compose: await findComposeService(situation),
    stageName: build.target ?? names[0] ?? 'app-runtime',
  }
}

const secretPattern = /(token|secret|passw(or)?d|api_?key|private_?key|credential)/i

/** What the workflow asks for and no good Dockerfile can give. */
function refuseWorkflow({ build, stageName }: RecipeInput): CauseAnswer | null {
  if (!/^[a-z][a-z0-9_.-]{0,60}$/.test(stageName) || isDevelopmentName(stageName)) {
    return askPerson(
      /^[\w.-]{1,60}$/.test(stageName)
        ? {
            en: `The build step targets the stage "${stageName}", which is not one for production.`,
            ja: `ビルドステップの対象であるステージ \`${stageName}\` は本番用ではありません。`,
          }
        : {
            en: 'The build step targets a stage with an unusual name.',
            ja: 'ビルドステップの対象であるステージの名前が一般的ではありません。',
          },
      [
        {
          en: 'Set `target:` to the production stage, or leave it out.',
          ja: '`target:` に本番用のステージを指定するか、指定を外してください。',
        },
      ],
    )
  }
  const secret = [...build.buildArguments.keys()].find((name) => secretPattern.test(name))
  if (secret === undefined) return null
  return askPerson(
    {
      en: `The build step passes the secret \`${secret}\` as a build argument, which stays readable in the image.`,
      ja: `ビルドステップが秘密情報 \`${secret}\` をビルド引数で渡しており、イメージから読み取れる状態になります。`,
    },
    [
      {
        en: 'Pass it through `secrets:` of the build step and mount it where it is used.',
        ja: 'ビルドステップの `secrets:` で渡し、使う箇所でマウントしてください。',
      },
    ],
  )
}

function unknownEcosystem({ wanted, context }: Situation): CauseAnswer {
  return askPerson(
    {
      en: `\`${wanted}\` was never written, and ${context === '' ? 'the root' : `\`${context}\``} holds no project that Regreen has a rule for.`,
      ja: `\`${wanted}\` は作成されておらず、${context === '' ? 'ルート' : ` \`${context}\` `}のプロジェクトは Regreen が対応していない種類のものです。`,
    },
    [
      {
        en: `Write \`${wanted}\`. Regreen can do so for Python and Node projects.`,
        ja: `\`${wanted}\` を作成してください。Regreen が作成できるのは Python と Node のプロジェクトです。`,
      },
    ],
  )
}

async function fileChanges(situation: Situation, recipe: Recipe): Promise<FileChange[]> {
  const { wanted, context } = situation
  const extra = recipe.extraFiles.map(({ path, text, reason }) =>
    created(joinPath(context, path), text, reason),
  )
  const dockerfile = created(wanted, recipe.dockerfile, recipe.summary)
  const ignore = await dockerignoreChange(situation, recipe)
  return [dockerfile, ...(ignore ? [ignore] : []), ...extra]
}

function created(path: string, after: string, reason: Text): FileChange {
  return { path, mode: '100644', before: null, after, reason }
}

/** A new `.dockerignore`, or the lines by which an existing one must let through what the build copies. */
async function dockerignoreChange(situation: Situation, recipe: Recipe): Promise<FileChange | null> {
  const path = dockerignorePath(situation.wanted, situation.context, situation.files)
  if (!situation.files.includes(path)) {
    const text = [...groupedPatterns(situation, recipe.ignored), ''].join('\n')
    return created(path, text, {
      en: 'Keeps environment files, caches and tests out of the build context.',
      ja: '環境変数ファイル、キャッシュ、テストをビルドコンテキストから除外します。',
    })
  }
  const before = await situation.read(path)
  const hidden = before === null ? [] : hiddenSources(situation, recipe, before)
  if (before === null || hidden.length === 0) return null
  const names = listNames(hidden)
  const lines = hidden.flatMap((source) => [`!${source}`])
  const after = `${before}${before === '' || before.endsWith('\n') ? '' : '\n'}\n# needed by ${situation.wanted}\n${lines.join('\n')}\n`
  return {
    path,
    mode: '100644',
    before,
    after,
    reason: {
      en: `It hides ${names.en}, which the build copies.`,
      ja: `ビルドでコピーする ${names.ja} が隠されています。`,
    },
  }
}

function groupedPatterns({ context }: Situation, ecosystem: readonly string[]): string[] {
  const secrets = [
    '# Environment and keys',
    '**/.env',
    '**/.env.*',
    '!**/.env.example',
    '**/*.pem',
    '**/*.key',
  ]
  return [
    ...(context === '' ? ['# Version control', '.git', '.github', ''] : []),
    ...secrets,
    '',
    ...ecosystem,
  ]
}

function hiddenSources({ context, files }: Situation, recipe: Recipe, text: string): string[] {
  const ignore = parseDockerignore(text)
  const open = parseDockerignore(null)
  const instructions = parseDockerfile(recipe.dockerfile)?.stages.flatMap((stage) => stage.instructions) ?? []
  const sources = instructions.flatMap((instruction) => {
    const copy = readCopy(instruction)
    return copy && copy.from === null ? copy.sources : []
  })
  return [...new Set(sources)].filter(
    (source) =>
      source !== '.' &&
      !sourceExists(source, context, files, ignore) &&
      sourceExists(source, context, files, open),
  )
}

/** The draft as the builder would see it, judged by the same checks that review uses. */
async function failedChecks(situation: Situation, changes: readonly FileChange[]): Promise<Text[]> {
  const after = new Map(changes.map((change) => [change.path, change.after]))
  const files = [...new Set([...situation.files, ...after.keys()])].sort()
  const read = async (path: string) => (after.has(path) ? after.get(path)! : situation.read(path))
  const results = await checkDockerfile({
    path: situation.wanted,
    text: after.get(situation.wanted)!,
    dockerignore: await read(dockerignorePath(situation.wanted, situation.context, files)),
    context: situation.context,
    files,
    read,
    buildStep: situation.build,
  })
  return results
    .filter(({ outcome }) => outcome === 'failed')
    .map(({ id, title, detail }) => ({
      en: `${id} ${title}: ${detail}`,
      ja: `検査 ${id} に合格しません（原文: ${title}: ${detail}）`,
    }))
}

function writePatch(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  recipe: Recipe,
  changes: FileChange[],
  development: DevelopmentFile | null,
): Patch {
  const { wanted, context, build } = situation
  const developmentPath = development && joinPath(context, development.path)
  const cache = cacheOffer(situation)
  return {
    author: { kind: 'playbook', name: 'missing-dockerfile' },
    title: {
      en: `Add ${wanted} for the image that CI builds`,
      ja: `CI がビルドするイメージの ${wanted} を追加する`,
    },
    rootCause: [
      { en: `\`${wanted}\` does not exist.`, ja: `\`${wanted}\` が存在しません。` },
      ...(developmentPath
        ? [
            {
              en: `Only \`${developmentPath}\` exists, which is for development.`,
              ja: `存在するのは開発用の \`${developmentPath}\` だけです。`,
            },
          ]
        : []),
      {
        en: `The job "${build.job.id}" builds a production image that nobody has described yet.`,
        ja: `ジョブ \`${build.job.id}\` は本番用イメージをビルドしますが、その定義がまだありません。`,
      },
    ],
    summary: {
      en: `Adds \`${wanted}\`, which the workflow builds and nobody wrote. The workflow names the right path and stays as it is.`,
      ja: `ワークフローがビルドする \`${wanted}\` が作成されていなかったため、追加します。ワークフローのパスは正しく、変更しません。`,
    },
    changes,
    offers: cache ? [cache] : [],
    ruledOut: [...ruledOut],
    refusedWorkarounds: refusedWorkarounds(developmentPath),
    untouched: [
      ...(developmentPath
        ? [
            {
              path: developmentPath,
              reason: { en: 'Stays for development.', ja: '開発用として継続使用します。' },
            },
          ]
        : []),
      {
        path: situation.workflowPath,
        reason: {
          en: 'It names the right path; the file was missing.',
          ja: '正しいパスを指定しています。欠けていたのはファイルです。',
        },
      },
    ],
    nextSteps: [
      ...recipe.nextSteps,
      ...(cache
        ? [
            {
              en: 'Take the offered build cache if repeated builds are slow; it uses the cache quota of the repository.',
              ja: '繰り返しのビルドが遅い場合は、提案したビルドキャッシュを採用してください。リポジトリのキャッシュ容量を使います。',
            },
          ]
        : []),
    ],
    facts: [...workflowFacts(situation), ...recipe.facts, ...developmentFacts(development, developmentPath)],
  }
}

function developmentFacts(development: DevelopmentFile | null, path: string | null): Fact[] {
  if (!development || path === null) return []
  return [
    { key: 'development-file', value: path },
    { key: 'development-stages', value: String(development.stages) },
    { key: 'development-hot-reload', value: development.hasHotReload ? 'yes' : 'no' },
  ]
}
