/** A Next application: its standalone output where it is configured, else its own server. */
import type { Text } from '../../../domain/text.ts'
import { buildArgumentLines, freeStageName } from './dockerfile-parts.ts'
import { migrationsOf } from './migrations.ts'
import { type NodeParts, nodeBase, nodeFacts, nodeHealth, nodeIgnored, nodeNextSteps } from './node-parts.ts'
import type { ProjectFiles } from './project-files.ts'
import { type RecipeAnswer, tell } from './recipe.ts'
import { execForm } from './safe-words.ts'
import { addHealthRoute, migrationSteps } from './shared-texts.ts'

const port = '3000'

/** The recipe; null never, a question when there is no build script. */
export async function generateNext(parts: NodeParts): Promise<RecipeAnswer> {
  const { input, node } = parts
  if (!node.scripts.has('build'))
    return tell(
      {
        en: 'The Next project has no build script.',
        ja: 'Next プロジェクトにビルドスクリプトがありません。',
      },
      [
        {
          en: 'Add `"build": "next build"` to the scripts.',
          ja: '`scripts` に `"build": "next build"` を追加してください。',
        },
      ],
    )
  const config = await readConfig(input.project)
  if (/\boutput\s*:\s*["']export["']/.test(config))
    return tell(
      {
        en: 'The Next project exports static files, for which Regreen has no rule yet.',
        ja: 'Next プロジェクトは静的ファイルを書き出す設定で、Regreen はまだ対応していません。',
      },
      [{ en: 'Write the Dockerfile by hand.', ja: 'Dockerfile を手動で作成してください。' }],
    )
  const isStandalone = /\boutput\s*:\s*["']standalone["']/.test(config)
  const words = isStandalone
    ? ['node', 'server.js']
    : ['node', 'node_modules/next/dist/bin/next', 'start', '-p', port]
  const health = healthRoute(input.project)
  const migrations = migrationsOf(input.project, 'node')
  return {
    kind: 'recipe',
    recipe: {
      dockerfile: render(parts, isStandalone, words, health),
      extraFiles: [],
      ignored: nodeIgnored(input.project),
      facts: [
        ...nodeFacts(parts, 'Next', nodeBase(node), 2, '1000:1000'),
        { key: 'start-command', value: execForm(words) },
        { key: 'port', value: port },
        { key: 'health-check', value: health ?? 'tcp' },
        ...(migrations === null ? [] : [{ key: 'migrations', value: migrations }]),
      ],
      nextSteps: nextSteps(parts, isStandalone, health, migrations),
      summary: isStandalone
        ? {
            en: 'An image that builds the Next application and runs its standalone output as user 1000.',
            ja: 'Next アプリケーションをビルドし、standalone 出力だけをユーザー 1000 で実行するイメージです。',
          }
        : {
            en: 'An image that builds the Next application and runs it with its production dependencies as user 1000.',
            ja: 'Next アプリケーションをビルドし、本番用の依存関係とともにユーザー 1000 で実行するイメージです。',
          },
    },
  }
}

function render(
  { input, node, install }: NodeParts,
  isStandalone: boolean,
  words: readonly string[],
  health: string | null,
): string {
  const builder = freeStageName('builder', input)
  const base = nodeBase(node)
  const lines = [
    '# syntax=docker/dockerfile:1',
    `FROM ${base} AS ${builder}`,
    ...install.setup,
    'WORKDIR /app',
    install.copyManifests,
    ...install.installAll,
    ...buildArgumentLines(input),
    'ENV NEXT_TELEMETRY_DISABLED=1',
    'COPY . .',
    install.build,
    ...(isStandalone ? [] : install.prune),
    '',
    `FROM ${base} AS ${input.stageName}`,
    `ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOSTNAME=0.0.0.0 PORT=${port}`,
    'WORKDIR /app',
    ...(isStandalone ? standaloneFiles(input.project, builder) : serverFiles(input.project, builder)),
    'USER 1000:1000',
    `EXPOSE ${port}`,
    ...nodeHealth('process.env.PORT', health),
    `CMD ${execForm(words)}`,
  ]
  return `${lines.join('\n')}\n`
}

function standaloneFiles(project: ProjectFiles, builder: string): string[] {
  return [
    `COPY --from=${builder} /app/.next/standalone ./`,
    `COPY --from=${builder} /app/.next/static ./.next/static`,
    ...(hasPublic(project) ? [`COPY --from=${builder} /app/public ./public`] : []),
    '# images and pages that Next renders later are cached here',
    'RUN mkdir -p .next/cache && chown 1000:1000 .next/cache',
  ]
}

function serverFiles(project: ProjectFiles, builder: string): string[] {
  const config = project.files.find((file) => /^next\.config\.[cm]?[jt]s$/.test(file))
  return [
    `COPY --from=${builder} /app/node_modules ./node_modules`,
    `COPY --from=${builder} /app/.next ./.next`,
    ...(hasPublic(project) ? [`COPY --from=${builder} /app/public ./public`] : []),
    `COPY package.json ${config === undefined ? '' : `${config} `}./`,
    '# images and pages that Next renders later are cached here',
    'RUN mkdir -p .next/cache && chown -R 1000:1000 .next/cache',
  ]
}

function hasPublic({ files }: ProjectFiles): boolean {
  return files.some((file) => file.startsWith('public/'))
}

async function readConfig(project: ProjectFiles): Promise<string> {
  const path = project.files.find((file) => /^next\.config\.[cm]?[jt]s$/.test(file))
  return path === undefined ? '' : ((await project.read(path)) ?? '')
}

/** Routes are files, so a health route is one too. */
function healthRoute({ files }: ProjectFiles): string | null {
  const route = files
    .map(
      (file) =>
        /^(?:src\/)?(?:app|pages)\/(?<path>(?:api\/)?(?:health|healthz|ready))(?:\/route)?\.[jt]s$/.exec(file)
          ?.groups?.path,
    )
    .find((path) => path !== undefined)
  return route === undefined ? null : `/${route}`
}

function nextSteps(
  parts: NodeParts,
  isStandalone: boolean,
  health: string | null,
  migrations: string | null,
): Text[] {
  return [
    ...migrationSteps(migrations),
    ...(isStandalone
      ? []
      : [
          {
            en: "Set `output: 'standalone'` in next.config if a smaller image is wanted; the Dockerfile then copies less.",
            ja: "イメージを小さくする場合は next.config に `output: 'standalone'` を設定してください。Dockerfile がコピーする量が減ります。",
          },
        ]),
    ...(health === null ? [addHealthRoute('/api/health')] : []),
    ...nodeNextSteps(parts),
  ]
}
