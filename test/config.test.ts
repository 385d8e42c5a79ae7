import { describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.ts'

const key = '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n'
const credentials = { APP_ID: '12', PRIVATE_KEY: key, WEBHOOK_SECRET: 'a long secret' }

describe('the operator’s settings', () => {
  it('need nothing but the credentials of the App', () => {
    const { isStopped, ...config } = readConfig(credentials)

    expect(config).toEqual({
      appId: 12,
      privateKey: key,
      webhookSecret: 'a long secret',
      databaseUrl: undefined,
      dataDirectory: './data',
      apiUrl: 'https://api.github.com',
      serverUrl: 'https://github.com',
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
    })
    expect(isStopped()).toBe(false)
  })

  it('take the key as base64 and with \\n in place of line breaks', () => {
    expect(readConfig({ ...credentials, PRIVATE_KEY: Buffer.from(key).toString('base64') }).privateKey).toBe(
      key,
    )
    expect(readConfig({ ...credentials, PRIVATE_KEY: key.replaceAll('\n', '\\n') }).privateKey).toBe(key)
  })

  it('read the kill switch anew each time', () => {
    const environment: Record<string, string> = { ...credentials }
    const { isStopped } = readConfig(environment)

    environment.REGREEN_STOP = '1'

    expect(isStopped()).toBe(true)
  })

  it.each([
    ['no App id', { APP_ID: undefined }, 'APP_ID'],
    ['an empty secret', { WEBHOOK_SECRET: '' }, 'WEBHOOK_SECRET'],
    ['no key', { PRIVATE_KEY: undefined }, 'PRIVATE_KEY'],
    ['a key that is none', { PRIVATE_KEY: 'hello' }, 'PEM'],
    ['a key file that is not there', { PRIVATE_KEY: undefined, PRIVATE_KEY_PATH: '/nowhere.pem' }, 'nowhere'],
    ['a port that is none', { PORT: '70000' }, 'PORT'],
    ['a database that is not PostgreSQL', { DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  ])('refuse %s and name it', (_, change, word) => {
    expect(() => readConfig({ ...credentials, ...change })).toThrow(word)
  })
})
