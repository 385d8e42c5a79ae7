/** Job logs live at another origin that takes no credentials. */
import { expect, it } from 'vitest'
import { useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub()
const at = { owner: 'octo', repo: 'logs' }
const workflow =
  'on: push\njobs:\n  ok:\n    runs-on: ubuntu-latest\n    steps: [{ run: echo hello }]\n  off:\n    if: false\n    runs-on: ubuntu-latest\n    steps: [{ run: echo }]\n'

async function jobs() {
  const octokit = fixture.asApp('octo/logs')
  const { data: runs } = await octokit.actions.listWorkflowRunsForRepo(at)
  const { data } = await octokit.actions.listJobsForWorkflowRun({ ...at, run_id: runs.workflow_runs[0]!.id })
  return Object.fromEntries(data.jobs.map((job) => [job.name, job]))
}

it('redirects to a log that refuses credentials and starts with a byte order mark', async () => {
  await fixture.github.createRepository('octo/logs', { files: { '.github/workflows/ci.yml': workflow } })
  await fixture.github.idle()
  const authorization = `Bearer ${fixture.github.userToken('octo')}`
  const { ok } = await jobs()

  const redirect = await fetch(`${ok!.url}/logs`, { redirect: 'manual', headers: { authorization } })
  const location = redirect.headers.get('location')!
  const forwarded = await fetch(location, { headers: { authorization } })
  const plain = await fetch(location)

  expect([redirect.status, forwarded.status, plain.status]).toEqual([302, 400, 200])
  expect(new URL(location).origin).not.toBe(fixture.github.url)
  const bytes = Buffer.from(await plain.arrayBuffer())
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]))
  expect(bytes.toString()).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z hello\n/)
  expect((await fetch(location.replace(/.$/, '_'))).status).toBe(404)
})

it('has no log for a job that did not run', async () => {
  const { off } = await jobs()

  const request = fixture.asApp('octo/logs').actions.downloadJobLogsForWorkflowRun({ ...at, job_id: off!.id })

  expect(off).toMatchObject({ conclusion: 'skipped', steps: [], runner_name: null })
  await expect(request).rejects.toMatchObject({ status: 404 })
})
