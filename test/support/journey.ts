/** A repository on the small GitHub whose image build fails for want of a Dockerfile, and what became of it. */
import type { SmallGithub } from '../../demo/github/small-github.ts'

export interface WorkflowOptions {
  /** What stands behind `on:`. */
  on?: string
  /** A step that the image job runs after the build. */
  after?: string
}

function workflowWith({ on = 'push', after }: WorkflowOptions): string {
  return `name: CI
on: ${on}
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: test -f package.json
        working-directory: app
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Build image
        uses: docker/build-push-action@v6
        with:
          context: ./app
          file: ./app/Dockerfile
${after ? `      - run: ${after}\n` : ''}`
}

const files = {
  'app/package.json': `${JSON.stringify({ name: 'tea', version: '1.0.0', private: true, type: 'module', engines: { node: '>=24' }, scripts: { start: 'node server.js' } }, null, 2)}\n`,
  'app/package-lock.json': `${JSON.stringify({ name: 'tea', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': { name: 'tea', version: '1.0.0' } } }, null, 2)}\n`,
  'app/server.js': `import { createServer } from 'node:http'

const server = createServer((request, response) => {
  response.end(request.url === '/health' ? 'ok' : 'tea')
})
server.listen(3000)
process.on('SIGTERM', () => server.close())
`,
}

/** Creates the repository without its workflow, so that nothing runs yet. */
export async function createTea(
  github: SmallGithub,
  repository = 'acme/tea',
  extra: Record<string, string> = {},
): Promise<void> {
  await github.createRepository(repository, {
    files: { ...files, ...extra },
    collaborators: { aiko: 'write', yuto: 'read' },
  })
}

/** The push that adds the workflow and turns the repository red. */
export async function pushWorkflow(
  github: SmallGithub,
  repository = 'acme/tea',
  options: WorkflowOptions & { branch?: string; author?: string } = {},
): Promise<string> {
  const { sha } = await github.push(repository, {
    branch: options.branch ?? 'main',
    files: { '.github/workflows/ci.yml': workflowWith(options) },
    message: 'ci: build',
    author: options.author ?? 'aiko',
  })
  return sha
}

/** What a person can see on GitHub of all that Regreen did. */
export interface Traces {
  branches: string[]
  commitsOnFixBranch: number
  pulls: { number: number; state: string; draft: boolean; title: string }[]
  comments: number
  checkRuns: { status: string; conclusion: string | null }[]
}

/** Asks the small GitHub as a person would. `sha` is the commit that failed. */
export async function readTraces(github: SmallGithub, sha: string, repository = 'acme/tea'): Promise<Traces> {
  const get = async <Body>(path: string): Promise<Body> => {
    const response = await fetch(`${github.url}/repos/${repository}${path}`, {
      headers: { authorization: `Bearer ${github.userToken('aiko')}` },
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Body
  }
  const refs = await get<{ ref: string }[]>('/git/matching-refs/heads/regreen/')
  const branches = refs.map(({ ref }) => ref.replace('refs/heads/', ''))
  const [branch] = branches
  const compared = branch
    ? await get<{ total_commits: number }>(`/compare/main...${branch}`)
    : { total_commits: 0 }
  const pulls = await get<Traces['pulls']>('/pulls?state=all')
  const checks = await get<{ check_runs: (Traces['checkRuns'][number] & { name: string })[] }>(
    `/commits/${sha}/check-runs`,
  )
  return {
    branches,
    commitsOnFixBranch: compared.total_commits,
    pulls: pulls.map(({ number, state, draft, title }) => ({ number, state, draft, title })),
    comments: (await get<unknown[]>(`/commits/${sha}/comments`)).length,
    checkRuns: checks.check_runs
      .filter(({ name }) => name === 'Regreen')
      .map(({ status, conclusion }) => ({ status, conclusion })),
  }
}
