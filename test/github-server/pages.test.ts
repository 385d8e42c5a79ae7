/** The pages behind the links of a demo. */
import { expect, it } from 'vitest'
import { useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub()
const workflow =
  'name: CI\non: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo "<b>bold</b>"\n'

async function read(url: string): Promise<[number, string]> {
  const response = await fetch(url, { headers: { accept: 'text/html' } })
  return [response.status, await response.text()]
}

it('shows a pull request, its run, the log and the commit, escaped', async () => {
  await fixture.github.createRepository('octo/pages', { files: { '.github/workflows/ci.yml': workflow } })
  await fixture.github.push('octo/pages', { branch: 'fix', files: { 'a.txt': '<i>\n' } })
  const octokit = fixture.asApp('octo/pages')
  const at = { owner: 'octo', repo: 'pages' }
  const { data: pull } = await octokit.pulls.create({
    ...at,
    title: '<script>',
    head: 'fix',
    base: 'main',
    body: '# Report',
  })
  await fixture.github.idle()
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo(at)
  const { data: jobs } = await octokit.actions.listJobsForWorkflowRun({
    ...at,
    run_id: runs.workflow_runs[0]!.id,
  })

  const [status, text] = await read(pull.html_url)
  const [, run] = await read(runs.workflow_runs[0]!.html_url)
  const [, job] = await read(jobs.jobs[0]!.html_url!)
  const [, commit] = await read(`${fixture.github.url}/octo/pages/commit/fix`)
  const [, file] = await read(`${fixture.github.url}/octo/pages/blob/fix/a.txt`)

  expect(status).toBe(200)
  expect(text).toContain('&lt;script&gt;')
  expect(text).toContain('# Report')
  expect(text).toContain('+&lt;i&gt;')
  expect(run).toContain('test</a>: success')
  expect(job).toContain('&lt;b&gt;bold&lt;/b&gt;')
  expect(commit).toContain('a.txt (added)')
  expect(file).toContain('&lt;i&gt;')
})

it('shows nothing of a private repository and nothing it does not know', async () => {
  await fixture.github.createRepository('octo/private-pages', { private: true, files: { a: 'a' } })

  expect((await read(`${fixture.github.url}/octo/private-pages`))[0]).toBe(501)
  expect((await read(`${fixture.github.url}/octo/pages/pull/99`))[0]).toBe(501)
  expect((await read(`${fixture.github.url}/octo/pages/wiki`))[0]).toBe(501)
})
