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
    ['a key without the name of a model', { OPENAI_API_KEY: 'sk-1' }, 'REGREEN_MODEL'],
    ['a key over two lines', { OPENAI_API_KEY: 'sk-1\nx: y', REGREEN_MODEL: 'tiny' }, 'OPENAI_API_KEY'],
    ['a model at a metadata address', { OPENAI_BASE_URL: 'http://169.254.169.254/v1' }, 'OPENAI_BASE_URL'],
    ['a model over plain http', { OPENAI_BASE_URL: 'http://api.example/v1' }, 'OPENAI_BASE_URL'],
  ])('refuse %s and name it', (_, change, word) => {
    expect(() => readConfig({ ...credentials, ...change })).toThrow(word)
  })

  it('have no model without a key', () => {
    expect(readConfig({ ...credentials, REGREEN_MODEL: 'tiny', OPENAI_API_KEY: '' })).not.toHaveProperty(
      'model',
    )
  })

  it('take a model with a key and a name, from OpenAI unless told otherwise', () => {
    const model = { ...credentials, OPENAI_API_KEY: 'sk-1', REGREEN_MODEL: 'tiny' }

    expect(readConfig(model).model).toEqual({
      baseUrl: 'https://api.openai.com/v1',
      apiKey: 'sk-1',
      name: 'tiny',
    })
    expect(readConfig({ ...model, OPENAI_BASE_URL: 'http://localhost:11434/v1/' }).model).toMatchObject({
      baseUrl: 'http://localhost:11434/v1',
    })
  })

  it('never repeat a key or a password in what they refuse', () => {
    const wrong = {
      OPENAI_API_KEY: 'secret key',
      REGREEN_MODEL: 'tiny',
      OPENAI_BASE_URL: 'https://me:secret@api.example/v1',
    }

    expect(() => readConfig({ ...credentials, ...wrong })).toThrow(/^(?![\s\S]*secret)[\s\S]*OPENAI_BASE_URL/)
  })
})
