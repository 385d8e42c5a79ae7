/** Chooses how a Node project is served, and writes its production Dockerfile. */

import { nodeInstall } from './node-install.ts'
import { generateNext } from './node-next.ts'
import { type NodeProject, readNodeProject } from './node-project.ts'
import { generateNodeServer } from './node-server.ts'
import { generateStaticSite } from './node-static.ts'
import type { ProjectFiles } from './project-files.ts'
import { type RecipeAnswer, type RecipeInput, tell } from './recipe.ts'

/** Packages that make a project a server, whatever else it builds. */
const serverPackages = [
  'express',
  'fastify',
  'koa',
  '@nestjs/core',
  '@hapi/hapi',
  'hono',
  'polka',
  'restify',
  'h3',
]

/** Packages that build a site of static files. */
const sitePackages = ['vite', 'react-scripts', '@angular/core', '@vue/cli-service']

/** The recipe for a Node project; null when it is none. */
export async function generateNode(input: RecipeInput): Promise<RecipeAnswer> {
  const node = await readNodeProject(input.project)
  if (!node) return null
  if (node.hasWorkspaces) {
    return tell(
      {
        en: 'The package.json of the context has workspaces, and which of them the image serves is not said.',
        ja: 'コンテキストの `package.json` にワークスペースがあり、イメージがどれを対象とするかの記述がありません。',
      },
      [
        {
          en: 'Point the build step at one workspace, or write the Dockerfile by hand.',
          ja: 'ビルドステップの対象を一つのワークスペースにするか、Dockerfile を手動で作成してください。',
        },
      ],
    )
  }
  const install = await nodeInstall(input.project, node)
  if (!install) {
    return tell(
      {
        en: 'The project uses Yarn with Plug and Play, which a copied node_modules cannot replace.',
        ja: 'プロジェクトは Yarn の Plug and Play を使っており、`node_modules` のコピーでは代用できません。',
      },
      [
        {
          en: 'Set `nodeLinker: node-modules` in .yarnrc.yml, or write the Dockerfile by hand.',
          ja: '`.yarnrc.yml` に `nodeLinker: node-modules` を設定するか、Dockerfile を手動で作成してください。',
        },
      ],
    )
  }
  const parts = { input, node, install }
  if (hasAny(node, ['next'])) return generateNext(parts)
  if (hasAny(node, ['astro']))
    return (await isServerRendered(input.project))
      ? generateNodeServer(parts, 'Astro')
      : generateStaticSite(parts, 'Astro')
  if (hasAny(node, ['nuxt'])) return generateNodeServer(parts, 'Nuxt')
  const server = serverPackages.find((name) => node.dependencies.has(name))
  if (server !== undefined) return generateNodeServer(parts, serverName(server))
  const site = sitePackages.find((name) => hasAny(node, [name]))
  return site === undefined
    ? generateNodeServer(parts, 'plain Node')
    : generateStaticSite(parts, siteName(site))
}

/** Astro renders on a server only with an adapter for Node. */
async function isServerRendered(project: ProjectFiles): Promise<boolean> {
  const path = project.files.find((file) => /^astro\.config\.[cm]?[jt]s$/.test(file))
  const text = path === undefined ? '' : ((await project.read(path)) ?? '')
  return /@astrojs\/node/.test(text) && /adapter\s*:/.test(text)
}

function hasAny({ dependencies, developmentDependencies }: NodeProject, names: readonly string[]): boolean {
  return names.some((name) => dependencies.has(name) || developmentDependencies.has(name))
}

function serverName(name: string): string {
  return (
    {
      express: 'Express',
      fastify: 'Fastify',
      koa: 'Koa',
      '@nestjs/core': 'Nest',
      '@hapi/hapi': 'hapi',
      hono: 'Hono',
    }[name] ?? name
  )
}

function siteName(name: string): string {
  return (
    {
      vite: 'Vite',
      'react-scripts': 'Create React App',
      '@angular/core': 'Angular',
      '@vue/cli-service': 'Vue CLI',
    }[name] ?? name
  )
}
