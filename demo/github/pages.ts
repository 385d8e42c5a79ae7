/** Plain pages for people who open the links of a demo. Public repositories only; Markdown is shown as text. */
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { diffCommits, type FileChange } from './git/history.ts'
import { readCommit } from './git/objects.ts'
import { resolveCommit } from './git/refs.ts'
import { readFileAt } from './git/trees.ts'
import { diffBase } from './pull-requests.ts'
import type { Job, PullRequest, Repository, WorkflowRun } from './state.ts'
import { findRepository, type World } from './world.ts'

type Markup = ReturnType<typeof html>

const style = `body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
pre { background: #f6f8fa; padding: .7rem; overflow-x: auto; white-space: pre-wrap; } .n { color: #777; } li { margin: .2rem 0; }`

/** Builds the pages. What they do not know falls through to the API's answer. */
export function createPages(world: World): Hono {
  const pages = new Hono()
  const page = (
    path: string,
    write: (repository: Repository, context: Context) => Markup | undefined | Promise<Markup | undefined>,
  ) =>
    pages.get(`/:owner/:repo${path}`, async (context, next) => {
      const repository = findRepository(world, `${context.req.param('owner')}/${context.req.param('repo')}`)
      const body = repository && !repository.isPrivate ? await write(repository, context) : undefined
      return body ? respond(context, repository!.fullName, body) : next()
    })
  page('', overview)
  page('/pull/:number{\\d+}', (repository, { req }) =>
    pullPage(repository, repository.pulls.get(Number(req.param('number')))),
  )
  page('/actions/runs/:run{\\d+}', (repository, { req }) =>
    runPage(repository, repository.runs.get(Number(req.param('run')))),
  )
  page('/actions/runs/:run{\\d+}/job/:job{\\d+}', (repository, { req }) =>
    jobPage(repository, findJob(repository, Number(req.param('job')))),
  )
  page('/commit/:sha', (repository, { req }) => commitPage(repository, req.param('sha')!))
  page('/blob/:ref/:path{.+}', (repository, { req }) =>
    filePage(repository, req.param('ref')!, req.param('path')!),
  )
  return pages
}

function respond(context: Context, title: string, body: Markup) {
  context.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'")
  return context.html(html`<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style>
<p class="n">The small GitHub, a stand-in for the demo · <a href="/${title}">${title}</a></p>${body}</html>`)
}

function list(items: readonly Markup[]): Markup {
  return html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`
}

function overview(repository: Repository): Markup {
  const pulls = [...repository.pulls.values()].reverse()
  const runs = [...repository.runs.values()].reverse()
  return html`<h1>${repository.fullName}</h1><h2>Pull requests</h2>
${list(pulls.map((pull) => html`<a href="/${repository.fullName}/pull/${pull.number}">#${pull.number} ${pull.title}</a> (${stateOf(pull)})`))}
<h2>Workflow runs</h2>${list(runs.map((run) => runLine(repository, run)))}`
}

function stateOf(pull: PullRequest): string {
  if (pull.mergedAt) return 'merged'
  return pull.isDraft && pull.state === 'open' ? 'draft' : pull.state
}

function runLine(repository: Repository, run: WorkflowRun): Markup {
  const { status, conclusion } = run.attempts.at(-1)!
  return html`<a href="/${repository.fullName}/actions/runs/${run.id}">${run.name} #${run.runNumber}</a>: ${conclusion ?? status} (${run.event.name} on ${run.headBranch})`
}

async function pullPage(repository: Repository, pull: PullRequest | undefined): Promise<Markup | undefined> {
  if (!pull) return undefined
  const files = await diffCommits(repository.directory, await diffBase(repository, pull), pull.head.sha)
  const comments = [...repository.issueComments.values()].filter(
    ({ issueNumber }) => issueNumber === pull.number,
  )
  const runs = [...repository.runs.values()].filter((run) => run.headSha === pull.head.sha)
  return html`<h1>${pull.title} <span class="n">#${pull.number}, ${stateOf(pull)}</span></h1>
<p>${pull.user.login} wants to merge ${pull.head.ref} into ${pull.base.ref}</p><pre>${pull.body ?? ''}</pre>
<h2>Runs</h2>${list(runs.map((run) => runLine(repository, run)))}
<h2>Comments</h2>${comments.map((comment) => html`<p>${comment.user.login}</p><pre>${comment.body}</pre>`)}
<h2>Files</h2>${patches(files)}`
}

function patches(files: readonly FileChange[]): Markup {
  return html`${files.map((file) => html`<h3>${file.filename} (${file.status})</h3><pre>${file.patch ?? ''}</pre>`)}`
}

function runPage(repository: Repository, run: WorkflowRun | undefined): Markup | undefined {
  if (!run) return undefined
  const jobLine = (job: Job) =>
    html`<a href="/${repository.fullName}/actions/runs/${run.id}/job/${job.id}">${job.name}</a>: ${job.conclusion ?? job.status}`
  return html`<h1>${runLine(repository, run)}</h1><p>${run.displayTitle} · <a href="/${repository.fullName}/commit/${run.headSha}">${run.headSha.slice(0, 7)}</a></p>
${run.attempts.toReversed().map((attempt) => html`<h2>Attempt ${attempt.number}</h2>${list(attempt.jobs.map(jobLine))}`)}`
}

function findJob(repository: Repository, jobId: number): Job | undefined {
  const runs = [...repository.runs.values()]
  return runs.flatMap((run) => run.attempts.flatMap(({ jobs }) => jobs)).find(({ id }) => id === jobId)
}

function jobPage(repository: Repository, job: Job | undefined): Markup | undefined {
  if (!job) return undefined
  return html`<h1>${job.name}: ${job.conclusion ?? job.status}</h1><p>${runLine(repository, job.run)}</p>
${list(job.steps.map((step) => html`${step.name}: ${step.conclusion ?? step.status}`))}${numbered(job.log)}`
}

/** Terminal colours mean nothing here. */
function numbered(lines: readonly string[]): Markup {
  const plain = lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, ''))
  return html`<pre>${plain.map((line, at) => html`<span id="L${at + 1}"><span class="n">${String(at + 1).padStart(5)}</span> ${line}\n</span>`)}</pre>`
}

async function commitPage(repository: Repository, name: string): Promise<Markup | undefined> {
  const sha = await resolveCommit(repository.directory, name)
  if (!sha) return undefined
  const commit = await readCommit(repository.directory, sha)
  const files = await diffCommits(repository.directory, commit.parents[0], sha)
  return html`<h1>${commit.message.split('\n')[0]}</h1><p>${commit.author.name}, ${commit.author.date}, ${sha}</p><pre>${commit.message}</pre>${patches(files)}`
}

async function filePage(repository: Repository, ref: string, path: string): Promise<Markup | undefined> {
  const sha = await resolveCommit(repository.directory, ref)
  const text = sha && (await readFileAt(repository.directory, sha, path))
  return text === undefined ? undefined : html`<h1>${path}</h1>${numbered(text.split('\n'))}`
}
