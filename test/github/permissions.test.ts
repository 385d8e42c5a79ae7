import { describe, expect, it } from 'vitest'
import { hasWriteAccess } from '../../src/github/permissions.ts'
import { getPermission, repositoryClient, useGithubApi } from '../support/github-api.ts'

useGithubApi()

const client = repositoryClient()
const aiko = { id: 7, login: 'aiko', type: 'User' }

describe('hasWriteAccess', () => {
  it.each([
    ['admin', 7, true],
    ['write', 7, true],
    ['read', 7, false],
    ['none', 7, false],
    ['admin', 8, false],
  ])('with permission %s of account %i is %s for account 7', async (permission, id, expected) => {
    getPermission('aiko', { body: { permission, role_name: permission, user: { id, login: 'aiko' } } })

    expect(await hasWriteAccess(client, aiko)).toBe(expected)
  })

  it('denies an account that GitHub does not know', async () => {
    getPermission('aiko', { status: 404, body: { message: 'aiko is not a user' } })

    expect(await hasWriteAccess(client, aiko)).toBe(false)
  })

  it('denies where GitHub names no account', async () => {
    getPermission('aiko', { body: { permission: 'admin', role_name: 'admin', user: null } })

    expect(await hasWriteAccess(client, aiko)).toBe(false)
  })

  it('asks for a bot by its whole name', async () => {
    getPermission('renovate%5Bbot%5D', { body: { permission: 'write', user: { id: 9 } } })

    expect(await hasWriteAccess(client, { id: 9, login: 'renovate[bot]', type: 'Bot' })).toBe(true)
  })

  it('throws when GitHub fails, instead of guessing', async () => {
    getPermission('aiko', { status: 500, body: { message: 'Server Error' } })

    await expect(hasWriteAccess(client, aiko)).rejects.toMatchObject({ status: 500 })
  })
})
