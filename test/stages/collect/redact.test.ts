import { describe, expect, it } from 'vitest'
import { redact } from '../../../src/stages/collect/redact.ts'

/** Written in parts, so that no scanner takes this file for a leak. */
const secrets = {
  github: `ghp_${'a1B2c3D4e5F6g7H8i9J0kLmNoPqRsTuVwXyZ'}`,
  npm: `npm_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`,
  aws: `AKIA${'IOSFODNN7EXAMPLZ'}`,
  jwt: `eyJ${'hbGciOiJIUzI1NiJ9'}.${'eyJzdWIiOiIxMjM0NTY3ODkwIn0'}.${'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U'}`,
  openai: `sk-${'proj-a1B2c3D4e5f6G7h8i9'}`,
  google: `AIza${'SyB7c8D9e0F1g2H3i4J5k6L7m8N9o0P1q2R'}`,
  twilio: `SK${'0f1e2d3c4b5a69788796a5b4c3d2e1f0'}`,
  vault: `hvs.${'CAESIJ1k2L3m4N5o6P7q8R9s0T'}`,
  telegram: `110201543:${'AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw'}`,
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

  it.each([
    ['in base64', (token: string) => Buffer.from(token).toString('base64')],
    [
      'in base64 of base64',
      (token: string) => Buffer.from(Buffer.from(token).toString('base64')).toString('base64'),
    ],
    ['in a URL', (token: string) => `token%3D${token}`],
    ['backwards, as any random run', (token: string) => [...token].reverse().join('')],
  ])('masks a token %s', async (_, encode) => {
    const encoded = encode(secrets.github)

    expect((await redact([`x ${encoded} y`]))[0]).not.toContain(encoded.slice(12, 32))
  })

  it('masks the rest of a token that a terminal wrapped', async () => {
    const [first, second] = await redact([`use ${secrets.github}`, 'a1B2c3D4e5'])

    expect([first, second]).toEqual(['use ***', '***'])
  })

  it('masks no more than a key’s length where a key has no end', async () => {
    const lines = [`-----BEGIN ${'PRIVATE KEY'}-----`, ...Array.from({ length: 200 }, () => 'a plain line')]

    expect((await redact(lines)).at(-1)).toBe('a plain line')
  })

  it('masks a private key that stands in one line of JSON', async () => {
    const line = `{"private_key":"-----BEGIN ${'PRIVATE KEY'}-----\\nMIIEvQIBADANBg\\n-----END ${'PRIVATE KEY'}-----"}`

    expect(await redact([line, 'after'])).toEqual(['***', 'after'])
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
    'writing image sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 done',
    'FAIL src/components/__tests__/CheckoutFormValidationBehaviour.test.tsx',
    'at com.example.orders.OrderServiceIntegrationTest2024.createsOrderWhenStockIsAvailable(OrderServiceIntegrationTest2024.java:42)',
    '/home/runner/work/orders/orders/node_modules/.pnpm/@babel+core@7.26.0/node_modules/@babel/core/lib/index.js',
  ])('leaves alone: %s', async (text) => {
    expect(await redact([text])).toEqual([text])
  })
})
