import { describe, expect, it } from 'vitest'
import { redact } from '../../../src/stages/collect/redact.ts'

/** Written in parts, so that no scanner takes this file for a leak. */
const secrets = {
  github: `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`,
  npm: `npm_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`,
  aws: `AKIA${'IOSFODNN7EXAMPLZ'}`,
  jwt: `eyJ${'hbGciOiJIUzI1NiJ9'}.${'eyJzdWIiOiIxMjM0NTY3ODkwIn0'}.${'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'}`,
  openai: `sk-${'proj-a1B2c3D4e5f6G7h8i9'}`,
}

describe('redacting a log', () => {
  it.each(Object.entries(secrets))('masks a token of %s', async (_, secret) => {
    const [line] = await redact([`using ${secret} now`])

    expect(line).not.toContain(secret.slice(6, 20))
    expect(line).toContain('using')
  })

  it.each([
    ['a bearer header', 'Authorization: Bearer abcdefghij0123456789', 'abcdefghij'],
    ['a password', 'DB_PASSWORD=correct-horse-battery', 'horse'],
    ['a quoted key', '"api_key": "0123456789abcdef"', '0123456789'],
    ['credentials in a URL', 'cloning https://bot:hunter2hunter2@example.com/a.git', 'hunter2'],
  ])('masks %s', async (_, text, secret) => {
    expect((await redact([text]))[0]).not.toContain(secret)
  })

  it('masks a private key over all its lines and keeps the number of lines', async () => {
    const key = ['-----BEGIN RSA PRIVATE KEY-----', 'MIIEow', 'IBAAKC', '-----END RSA PRIVATE KEY-----']

    expect(await redact(['before', ...key, 'after'])).toEqual(['before', '***', '***', '***', '***', 'after'])
  })

  it.each([
    'Download action repository actions/checkout@v4 (SHA:11bd71901bbe5b1630ceea73d27597364c9af683)',
    'integrity sha512-Zl3sYgVvWgkMHtrN8ZAEJpAZKvMBRKcGYGm6Y0yWfA1wJ2qV2cG8T1yGk0Kq2f6n7m8p9q0r1s2t3u4v5w6x7y8==',
    'ERROR: failed to read dockerfile: open Dockerfile: no such file or directory',
    'GITHUB_TOKEN Permissions',
  ])('leaves alone: %s', async (text) => {
    expect(await redact([text])).toEqual([text])
  })
})
