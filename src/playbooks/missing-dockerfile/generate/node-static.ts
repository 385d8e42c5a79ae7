/** A site of static files, served by an nginx that needs no root. */
import { buildArgumentLines, freeStageName } from './dockerfile-parts.ts'
import { type NodeParts, nodeBase, nodeFacts, nodeIgnored, nodeNextSteps } from './node-parts.ts'
import type { ProjectFiles } from './project-files.ts'
import { type RecipeAnswer, tell } from './recipe.ts'
import { execForm, isPlainPath } from './safe-words.ts'

/** Listens on 8080 as user 101; the plain nginx image starts as root. */
const serverBase = 'nginxinc/nginx-unprivileged:1.28-alpine'
const serverPort = '8080'
const startWords = ['nginx', '-g', 'daemon off;']

/** The recipe; a question-free project needs a build script and a known output folder. */
export async function generateStaticSite(parts: NodeParts, framework: string): Promise<RecipeAnswer> {
  const { input, node, install } = parts
  const output = await outputFolder(input.project, framework)
  if (!node.scripts.has('build') || output === null) {
    return tell(
      output === null
        ? {
            en: `The ${framework} project does not say where its build writes.`,
            ja: `${framework} プロジェクトに、ビルドの出力先を示す記述がありません。`,
          }
        : {
            en: `The ${framework} project does not say how it is built.`,
            ja: `${framework} プロジェクトに、ビルド方法を示す記述がありません。`,
          },
      [
        {
          en: 'Add a `build` script and a literal output folder; the next run can then be repaired.',
          ja: '`build` スクリプトと、固定の出力先フォルダーを追加してください。次の実行から修復できます。',
        },
      ],
    )
  }
  const config = configName(input.project)
  const builder = freeStageName('builder', input)
  const lines = [
    '# syntax=docker/dockerfile:1',
    `FROM ${nodeBase(node)} AS ${builder}`,
    ...install.setup,
    'WORKDIR /app',
    install.copyManifests,
    ...install.installAll,
    ...buildArgumentLines(input),
    'COPY . .',
    install.build,
    '',
    `FROM ${serverBase} AS ${input.stageName}`,
    `COPY ${config} /etc/nginx/conf.d/default.conf`,
    `COPY --from=${builder} /app/${output} /usr/share/nginx/html`,
    'USER 101:101',
    `EXPOSE ${serverPort}`,
    'HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 \\',
    `  CMD ${execForm(['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${serverPort}/`])}`,
    `CMD ${execForm(startWords)}`,
  ]
  return {
    kind: 'recipe',
    recipe: {
      dockerfile: `${lines.join('\n')}\n`,
      extraFiles: [
        {
          path: config,
          text: serverConfig(framework),
          reason: {
            en: 'Serves the built files on a port that needs no root, and sends unknown paths where the site expects them.',
            ja: 'ビルドしたファイルを root 権限の要らないポートで配信し、未知のパスをサイトの想定どおりに転送します。',
          },
        },
      ],
      ignored: nodeIgnored(input.project),
      facts: [
        ...nodeFacts(parts, framework, serverBase, 2, '101:101'),
        { key: 'start-command', value: execForm(startWords) },
        { key: 'port', value: serverPort },
        { key: 'health-check', value: '/' },
      ],
      nextSteps: nodeNextSteps(parts),
      summary: {
        en: `An image that builds the ${framework} site and serves \`${output}\` by nginx as user 101 on port ${serverPort}.`,
        ja: `${framework} サイトをビルドし、\`${output}\` を nginx（ユーザー 101、ポート ${serverPort}）で配信するイメージです。`,
      },
    },
  }
}

/** A file of that name in the project may serve something else, so it is not overwritten. */
function configName(project: ProjectFiles): string {
  return project.has('nginx.conf') ? 'nginx.production.conf' : 'nginx.conf'
}

/** One page answers for all paths of a single-page application; other sites have a page for each. */
function serverConfig(framework: string): string {
  const fallback = framework === 'Astro' ? '$uri $uri/index.html =404' : '$uri /index.html'
  return [
    'server {',
    `    listen ${serverPort};`,
    '    root /usr/share/nginx/html;',
    '',
    '    location / {',
    `        try_files ${fallback};`,
    '    }',
    '}',
    '',
  ].join('\n')
}

async function outputFolder(project: ProjectFiles, framework: string): Promise<string | null> {
  if (framework === 'Create React App') return 'build'
  if (framework === 'Angular') return angularOutput(project)
  const path = project.files.find((file) => /^(vite|astro|vue)\.config\.[cm]?[jt]s$/.test(file))
  const text = path === undefined ? '' : ((await project.read(path)) ?? '')
  const written = /\boutDir\s*:\s*(?:["'](?<folder>[^"'\n]{1,100})["'])?/.exec(text)
  if (!written) return 'dist'
  const folder = written.groups?.folder?.replace(/^\.\//, '')
  return folder !== undefined && isPlainPath(folder) ? folder : null
}

async function angularOutput(project: ProjectFiles): Promise<string | null> {
  const text = (await project.read('angular.json')) ?? ''
  const folder = /"outputPath"\s*:\s*"(?<folder>[^"\n]{1,100})"/.exec(text)?.groups?.folder
  if (folder !== undefined) return isPlainPath(folder) ? `${folder}/browser` : null
  const name = /"projects"\s*:\s*\{\s*"(?<name>[\w@/-]{1,100})"/.exec(text)?.groups?.name
  return name !== undefined && isPlainPath(name) ? `dist/${name}/browser` : null
}
