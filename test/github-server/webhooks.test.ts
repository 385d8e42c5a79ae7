/** Deliveries: order, signatures, loss, duplicates, redelivery, and the events of the App itself. */
import { createAppAuth } from '@octokit/auth-app'
import { expect, it } from 'vitest'
import { createClient, useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub()

async function appClient() {
  const auth = createAppAuth({ appId: fixture.github.app.id, privateKey: fixture.github.app.privateKey })
  return createClient(fixture.github, (await auth({ type: 'app' })).token)
}

/** The events of one repository in the order they arrived. */
function eventsOf(fullName: string): string[] {
  return fixture.receiver.received
    .filter(({ payload }) => payload.repository?.full_name === fullName)
    .map(({ event, payload }) => (payload.action ? `${event}.${payload.action}` : event))
}

it('sends the life of a pull request in order', async () => {
  await fixture.github.createRepository('octo/life', {
    files: { 'a.txt': 'a\n' },
    collaborators: { mona: 'write' },
  })
  await fixture.github.push('octo/life', { branch: 'fix', files: { 'a.txt': 'b\n' }, author: 'mona' })
  const mona = fixture.asPerson('mona')
  const at = { owner: 'octo', repo: 'life' }

  const { data: pull } = await mona.pulls.create({
    ...at,
    title: 'Fix',
    head: 'fix',
    base: 'main',
    draft: true,
  })
  await fixture.github.push('octo/life', { branch: 'fix', files: { 'a.txt': 'c\n' }, author: 'mona' })
  await mona.graphql(
    'mutation($id: ID!) { markPullRequestReadyForReview(input: {pullRequestId: $id}) { clientMutationId } }',
    {
      id: pull.node_id,
    },
  )
  await mona.issues.createComment({ ...at, issue_number: pull.number, body: '/fix' })
  await mona.pulls.update({ ...at, pull_number: pull.number, state: 'closed' })
  await mona.pulls.update({ ...at, pull_number: pull.number, state: 'open' })
  await mona.repos.createCommitComment({ ...at, commit_sha: 'main', body: 'hm' })
  await fixture.github.mergePullRequest('octo/life', pull.number, 'mona')
  await fixture.github.idle()

  expect(eventsOf('octo/life')).toEqual([
    'push',
    'push',
    'pull_request.opened',
    'push',
    'pull_request.synchronize',
    'pull_request.ready_for_review',
    'issue_comment.created',
    'pull_request.closed',
    'pull_request.reopened',
    'commit_comment.created',
    'pull_request.closed',
    'push',
  ])
  expect(fixture.receiver.received.every(({ isSignatureValid }) => isSignatureValid)).toBe(true)
})

it('tells the App where it is installed, suspended and removed', async () => {
  await fixture.github.createRepository('acme/one', { files: { a: 'a' } })
  await fixture.github.createRepository('acme/two')
  const octokit = fixture.asApp('acme/one')
  await octokit.repos.get({ owner: 'acme', repo: 'one' })

  fixture.github.suspendInstallation('acme/one', true)
  await expect(octokit.repos.get({ owner: 'acme', repo: 'one' })).rejects.toMatchObject({ status: 403 })
  fixture.github.suspendInstallation('acme/one', false)
  fixture.github.deleteInstallation('acme/one')
  await fixture.github.idle()

  const told = fixture.receiver.received
    .filter(
      ({ event, payload }) =>
        event.startsWith('installation') && payload.installation.account.login === 'acme',
    )
    .map(({ event, payload }) => `${event}.${payload.action}`)
  expect(told).toEqual([
    'installation.created',
    'installation_repositories.added',
    'installation.suspend',
    'installation.unsuspend',
    'installation.deleted',
  ])
})

it('lists a lost delivery and sends it again under its GUID', async () => {
  await fixture.github.createRepository('octo/lost', { files: { a: 'a' } })
  fixture.github.webhookDelivery.drop(({ event }) => event === 'push')
  await fixture.github.push('octo/lost', { branch: 'main', files: { a: 'b' } })
  await fixture.github.idle()
  fixture.github.webhookDelivery.drop(undefined)
  const app = await appClient()
  const { data } = await app.apps.listWebhookDeliveries({ per_page: 1 })
  expect(data[0]).toMatchObject({
    event: 'push',
    status_code: 0,
    status: 'failed to connect to host',
    redelivery: false,
  })
  expect(eventsOf('octo/lost')).toEqual(['push'])

  await app.apps.redeliverWebhookDelivery({ delivery_id: data[0]!.id })
  await fixture.github.idle()

  expect(eventsOf('octo/lost')).toEqual(['push', 'push'])
  expect(fixture.receiver.received.at(-1)!.guid).toBe(data[0]!.guid)
  expect(fixture.github.deliveries.at(-1)).toMatchObject({
    guid: data[0]!.guid,
    isRedelivery: true,
    statusCode: 200,
  })
})

it('records the status of a receiver that fails, pages by cursor, and can deliver twice', async () => {
  await fixture.github.createRepository('octo/twice', { files: { a: 'a' } })
  await fixture.github.idle()
  fixture.receiver.status = 500
  fixture.github.webhookDelivery.duplicate(({ event }) => event === 'push')
  await fixture.github.push('octo/twice', { branch: 'main', files: { a: 'b' } })
  await fixture.github.idle()
  fixture.receiver.status = 200
  fixture.github.webhookDelivery.duplicate(undefined)

  const app = await appClient()
  const first = await app.apps.listWebhookDeliveries({ per_page: 1 })
  const cursor = /cursor=(?<cursor>[^&>]+)/.exec(first.headers.link!)!.groups!.cursor!
  const second = await app.apps.listWebhookDeliveries({ per_page: 1, cursor })

  expect(first.data[0]).toMatchObject({ status_code: 500, status: 'Invalid HTTP Response: 500' })
  expect(second.data[0]!.guid).toBe(first.data[0]!.guid)
  expect(second.data[0]!.id).not.toBe(first.data[0]!.id)
})

it('sends a pressed check-run button to the App', async () => {
  await fixture.github.createRepository('octo/button', { files: { a: 'a' } })
  const octokit = fixture.asApp('octo/button')
  const actions = [{ label: 'Fix', description: 'Fix this run', identifier: 'fix' }]
  const { data: check } = await octokit.checks.create({
    owner: 'octo',
    repo: 'button',
    name: 'Regreen',
    head_sha: 'main',
    external_id: 'repair-1',
    actions,
  })

  fixture.github.pressCheckRunAction('octo/button', check.id, 'fix', 'mona')
  fixture.github.requestCheckRunAgain('octo/button', check.id, 'mona')
  await fixture.github.idle()

  expect(eventsOf('octo/button')).toEqual([
    'push',
    'check_run.created',
    'check_run.requested_action',
    'check_run.rerequested',
  ])
  expect(fixture.receiver.received.at(-2)!.payload).toMatchObject({
    requested_action: { identifier: 'fix' },
    check_run: { id: check.id, external_id: 'repair-1' },
    sender: { login: 'mona' },
  })
  expect(() => fixture.github.pressCheckRunAction('octo/button', check.id, 'other', 'mona')).toThrow(
    "has no action 'other'",
  )
})
