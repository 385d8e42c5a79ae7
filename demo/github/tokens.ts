/** Who is calling: App JWTs, installation tokens, tokens of people. */
import { createPublicKey, createVerify, generateKeyPairSync, randomBytes } from 'node:crypto'
import { ApiError } from './api.ts'
import type { Installation, Permissions, User } from './state.ts'
import type { Actor, World } from './world.ts'

const hourMs = 3_600_000

/** A new RSA key as PEM, in the form GitHub hands out. */
export function generatePrivateKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs1', format: 'pem' })
    .toString()
}

/** The public half of a private key. */
export function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
}

/** Issues a token for an installation that ends after an hour. */
export function issueInstallationToken(
  world: World,
  installation: Installation,
  scope: { permissions: Permissions; repositoryIds: Set<number> | undefined },
): { token: string; expiresAt: Date } {
  const token = `ghs_${randomBytes(18).toString('hex')}`
  const expiresAt = new Date(world.clock().getTime() + hourMs)
  world.tokens.set(token, { actor: { kind: 'installation', installation, ...scope }, expiresAt })
  return { token, expiresAt }
}

/** Issues a token with which a person acts. It does not end. */
export function issueUserToken(world: World, user: User): string {
  const token = `ghp_${randomBytes(18).toString('hex')}`
  world.tokens.set(token, { actor: { kind: 'user', user }, expiresAt: undefined })
  return token
}

/** Reads an `Authorization` header: bearer, token or basic. */
export function authenticate(world: World, header: string | undefined): Actor {
  if (!header) return { kind: 'anonymous' }
  const [scheme, value = ''] = header.split(/ +/, 2) as [string, string?]
  if (/^basic$/i.test(scheme)) return actorOfToken(world, passwordOf(value))
  if (!/^(bearer|token)$/i.test(scheme)) throw new ApiError(401, 'Bad credentials')
  return value.split('.').length === 3 ? verifyAppToken(world, value) : actorOfToken(world, value)
}

function passwordOf(basic: string): string {
  const [user = '', password = ''] = Buffer.from(basic, 'base64').toString().split(':', 2)
  return password === '' || password === 'x-oauth-basic' ? user : password
}

function actorOfToken(world: World, value: string): Actor {
  const token = world.tokens.get(value)
  if (!token || (token.expiresAt && token.expiresAt <= world.clock()))
    throw new ApiError(401, 'Bad credentials')
  if (token.actor.kind === 'installation') refuseSuspended(world, token.actor.installation)
  return token.actor
}

function refuseSuspended(world: World, installation: Installation): void {
  if (!world.installations.has(installation.id)) throw new ApiError(401, 'Bad credentials')
  if (installation.suspendedAt) throw new ApiError(403, 'This installation has been suspended')
}

/** The real time judges these, as their makers use it even when the small GitHub runs on a fixed clock. */
function verifyAppToken(world: World, token: string): Actor {
  const [head, body, signature] = token.split('.') as [string, string, string]
  const verify = createVerify('RSA-SHA256').update(`${head}.${body}`)
  const algorithm = decodePart(head).alg
  if (algorithm !== 'RS256' || !verify.verify(world.app.publicKey, signature, 'base64url')) {
    throw new ApiError(401, 'A JSON web token could not be decoded')
  }
  checkClaims(world, decodePart(body))
  return { kind: 'app' }
}

function decodePart(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  } catch {
    throw new ApiError(401, 'A JSON web token could not be decoded')
  }
}

function checkClaims(world: World, claims: Record<string, unknown>): void {
  const seconds = Date.now() / 1000
  const [issuedAt, expiresAt] = [Number(claims.iat), Number(claims.exp)]
  if (!(expiresAt > seconds)) {
    throw new ApiError(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  }
  if (expiresAt > seconds + 660)
    throw new ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
  if (!(issuedAt <= seconds + 60))
    throw new ApiError(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  if (![String(world.app.id), world.app.clientId].includes(String(claims.iss)))
    throw new ApiError(401, 'Integration not found')
}
