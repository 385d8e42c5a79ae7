import { describe, expect, it } from 'vitest'
import { secrets } from '../../../../src/stages/review/gates/secrets.ts'
import { size } from '../../../../src/stages/review/gates/size.ts'
import { text } from '../../../../src/stages/review/gates/text.ts'
import { adding, backendDeveloper, change, codesOf, findingsOf, inputOf } from './patches.ts'

describe('size', () => {
  it('accepts a new file of a hundred lines', async () => {
    expect(await codesOf(size, inputOf([change('Dockerfile', null, 'RUN true\n'.repeat(100))]))).toEqual([])
  })

  it.each([
    ['no change at all', [], ['size/no-change']],
    ['a file that stays as it is', [change('a.ts', 'x\n', 'x\n')], ['size/no-change']],
    [
      'eleven files',
      Array.from({ length: 11 }, (_, index) => change(`${index}.ts`, null, 'x\n')),
      ['size/too-many-files'],
    ],
    ['401 lines', [change('a.ts', null, 'x\n'.repeat(401))], ['size/too-many-lines']],
    ['a NUL byte', [change('a.bin', null, 'x\0y')], ['size/binary']],
    [
      'more than a mebibyte in a lock file',
      [change('yarn.lock', null, 'x'.repeat(1_048_577))],
      ['size/file-too-large'],
    ],
  ])('refuses %s', async (_, changes, codes) => {
    expect(await codesOf(size, inputOf(changes))).toEqual(codes)
  })

  it('does not count the lines of lock files', async () => {
    expect(await codesOf(size, inputOf([change('package-lock.json', null, '{}\n'.repeat(900))]))).toEqual([])
  })

  it('refuses blanks alone from a model, and lets a playbook format', async () => {
    const changes = [change('a.ts', 'a \nb\n', 'a\nb\n\n')]

    expect(await codesOf(size, inputOf(changes, { author: backendDeveloper }))).toEqual(['size/no-change'])
    expect(await codesOf(size, inputOf(changes))).toEqual([])
  })
})

describe('text', () => {
  it.each([
    'if (isAdmin) {\u202e } \u2066',
    'a\u200bb',
    'a\u00adb',
    'tag\u{e0041}',
    'bell\u0007',
    'escape\u001b[31m',
    'lone\rreturn',
    'half\ud800',
  ])('refuses the added line %j', async (line) => {
    expect(await codesOf(text, inputOf([adding('a.ts', line)]))).toEqual(['text/hidden-character'])
  })

  it.each(['const text = "日本語"', 'name: 🏗️ Build 👩‍💻 1️⃣', '\tindented', 'x'.repeat(2_000)])(
    'accepts the added line %j',
    async (line) => {
      expect(await codesOf(text, inputOf([adding('a.ts', line)]))).toEqual([])
    },
  )

  it('does not blame what the line had before', async () => {
    expect(await codesOf(text, inputOf([change('a.ts', 'x\u200by = 1\n', 'x\u200by = 2\n')]))).toEqual([])
  })

  it('refuses an overlong line, but for a lock file', async () => {
    expect(await codesOf(text, inputOf([adding('a.js', 'x'.repeat(2_001))]))).toEqual(['text/overlong-line'])
    expect(await codesOf(text, inputOf([adding('yarn.lock', 'x'.repeat(2_001))]))).toEqual([])
  })

  it('looks at offers too', async () => {
    const input = inputOf([adding('a.ts', 'x')])
    const patch = { ...input.patch, offers: [adding('b.ts', 'a\u202eb')] }

    expect(await codesOf(text, { ...input, patch })).toEqual(['text/hidden-character'])
  })
})

/** Joined here, so that no file of ours holds a whole token. */
const joined = (...parts: string[]) => parts.join('')

describe('secrets', () => {
  it.each([
    [joined('token: ghp', '_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'), 'secret/api-key'],
    [joined('AWS_KEY=AKIA', 'Z7QK3MPLT5RWX2YB'), 'secret/api-key'],
    [joined('OPENAI=sk', '-proj-abcdefGHIJKL0123456789mnop'), 'secret/api-key'],
    [
      joined('jwt = "eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.dozjgNryP4J3jVmNHl0w5N"'),
      'secret/json-web-token',
    ],
    [joined('Authorization: Bearer ', 'abcdef0123456789ABCDEF0123'), 'secret/bearer-token'],
    [joined('-----BEGIN RSA ', 'PRIVATE KEY-----'), 'secret/private-key'],
    ['password = "hunter2!Zx"', 'secret/password'],
    ['DB_PASSWORD=s3cr3tvalue', 'secret/password'],
    [joined('url: postgres://admin:', 'Sup3rS3cret@db:5432/app'), 'secret/password'],
    [joined('slack: xoxb', '-123456789012-abcdefABCDEF'), 'secret/api-key'],
  ])('refuses %j', async (line, code) => {
    expect(await codesOf(secrets, inputOf([adding('config.yml', line)]))).toEqual([code])
  })

  it.each([
    'uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683',
    '"integrity": "sha512-Xb0aN9bP3PRzYVZlfAqf+rHkOqwXZ4cWZcHYOyWOvyOUZbz5Vj3YTd2BGWkoFRTkn0eWbEhoZTzYpJLpm5AUqg==",',
    'password: ${{ secrets.DB_PASSWORD }}',
    'const password = process.env.PASSWORD',
    'password: string',
    'POSTGRES_PASSWORD: postgres',
    'PASSWORD=changeme',
    'image: python@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'const tokenCount = countTokens(text)',
    'The API key stands in the environment.',
  ])('accepts %j', async (line) => {
    expect(await codesOf(secrets, inputOf([adding('config.yml', line)]))).toEqual([])
  })

  it('does not repeat what it found', async () => {
    const secret = joined('ghp', '_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8')
    const findings = await findingsOf(secrets, inputOf([adding('a.ts', `const token = "${secret}"`)]))

    expect(JSON.stringify(findings)).not.toContain(secret.slice(4, 16))
    expect(findings.map(({ line }) => line)).toEqual([2])
  })

  it('does not blame a secret that was there before', async () => {
    const line = 'password = "hunter2!Zx"\n'

    expect(await codesOf(secrets, inputOf([change('a.ini', line, `${line}x = 1\n`)]))).toEqual([])
  })
})
