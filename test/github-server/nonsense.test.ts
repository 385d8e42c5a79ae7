/** Nonsense in any parameter or body is refused, never a crash. */
import { expect, it } from 'vitest'
import { routes } from '../../demo/github/server.ts'
import { createAppClient, useSmallGithub } from './support/fixture.ts'

const fixture = useSmallGithub()

const odd = [
  '0',
  '-1',
  'NaN',
  '%00',
  '..%2F..',
  '--help',
  ':(top)',
  'a b',
  '%F0%9F%92%A9',
  'main%5E%7Btree%7D',
  'x'.repeat(3000),
  '__proto__',
]
const bodies = [
  'null',
  '[]',
  '"x"',
  '{}',
  '{"__proto__":{"a":1}}',
  '{"ref":5,"sha":[],"tree":{},"title":null,"body":{}}',
  '\u0000',
  '{"content":1e400}',
]

it('answers nonsense with 4xx or 501', { timeout: 60_000 }, async () => {
  await fixture.github.createRepository('octo/nonsense', { files: { 'a.txt': 'a\n' } })
  const octokit = createAppClient(fixture.github, 'octo/nonsense')
  const { token } = (await octokit.auth({ type: 'installation' })) as { token: string }
  const crashes: string[] = []
  const statuses = new Map<number, number>()
  let count = 0
  const harmless = routes.filter(({ operation }) => operation !== 'DELETE /installation/token')
  for (const { operation } of harmless) {
    const [method, template] = operation.split(' ') as [string, string]
    const values = template.includes('{') ? odd : odd.slice(0, 1)
    for (const [at, value] of values.entries()) {
      const path = template.replace('{owner}/{repo}', 'octo/nonsense').replace(/\{\w+\}/g, value)
      const query = `?per_page=${value}&page=${value}&ref=${value}&sha=${value}&path=${value}&cursor=${value}&created=${value}`
      const response = await fetch(`${fixture.github.url}${path}${query}`, {
        method,
        headers: { authorization: `Bearer ${token}` },
        ...(method === 'GET' ? {} : { body: bodies[at % bodies.length]! }),
      })
      count++
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      if (response.status === 500) crashes.push(`${method} ${path}: ${await response.text()}`)
    }
  }

  expect(count).toBeGreaterThan(500)
  expect(statuses.get(401) ?? 0).toBeLessThan(count / 4)
  expect(crashes).toEqual([])
})
