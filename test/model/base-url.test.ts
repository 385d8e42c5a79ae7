import { describe, expect, it } from 'vitest'
import { baseUrlProblem, resolvesToForbidden } from '../../src/model/base-url.ts'

describe('the address of a model server', () => {
  it.each([
    'https://api.openai.com/v1',
    'https://10.0.0.7:8443/v1',
    'https://[fd12:3456::1]/v1',
    'http://localhost:11434/v1',
    'http://127.0.0.1:8080/v1',
    'http://[::1]:8080/v1',
    'http://0x7f.1/',
    'http://2130706433/',
  ])('may be %s', (url) => {
    expect(baseUrlProblem(url)).toBeNull()
  })

  it.each([
    ['http://169.254.169.254/latest/meta-data/', 'metadata'],
    ['https://169.254.169.254/v1', 'metadata'],
    ['https://0xa9fea9fe/v1', 'metadata'],
    ['https://2852039166/v1', 'metadata'],
    ['https://169.254.169.254./v1', 'metadata'],
    ['http://[::ffff:169.254.169.254]/', 'metadata'],
    ['https://[::169.254.169.254]/', 'metadata'],
    ['https://[64:ff9b::a9fe:a9fe]/', 'metadata'],
    ['https://[2002:a9fe:a9fe::]/', 'metadata'],
    ['https://[fe80::1]/v1', 'metadata'],
    ['https://[fd00:ec2::254]/v1', 'metadata'],
    ['https://metadata.google.internal/computeMetadata/v1', 'metadata'],
    ['https://METADATA.google.internal./v1', 'metadata'],
    ['https://100.100.100.200/', 'metadata'],
    ['https://168.63.129.16/', 'metadata'],
    ['http://0.0.0.0:8080/v1', 'metadata'],
    ['https://[::]/v1', 'metadata'],
    ['https://user:secret@api.example/v1', 'credentials'],
    ['https://user@api.example/v1', 'credentials'],
    ['https://api.example/v1#@evil', '#'],
    ['https://api.example/v1?key=secret', '?'],
    ['http://api.example/v1', 'https'],
    ['http://localhost.example/v1', 'https'],
    ['http://10.0.0.7/v1', 'https'],
    ['file:///etc/passwd', 'https'],
    ['api.openai.com/v1', 'no URL'],
    ['', 'no URL'],
  ])('is never %s', (url, word) => {
    const problem = baseUrlProblem(url)

    expect(problem).toContain(word)
    expect(problem).not.toContain('secret')
  })

  it('is looked up before anything is sent', async () => {
    expect(await resolvesToForbidden('https://localhost/v1')).toBe(false)
    expect(await resolvesToForbidden('https://[::ffff:169.254.169.254]/v1')).toBe(true)
    expect(await resolvesToForbidden('https://nowhere.invalid/v1')).toBe(false)
  })
})
