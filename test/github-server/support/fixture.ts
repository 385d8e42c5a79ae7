/** One small GitHub with a webhook receiver and clients, as most tests of this folder need it. */
import { createAppAuth } from '@octokit/auth-app'
import { Octokit } from '@octokit/rest'
import { afterAll, beforeAll } from 'vitest'
import {
  type SmallGithub,
  type SmallGithubOptions,
  startSmallGithub,
} from '../../../demo/github/small-github.ts'
import { startWebhookReceiver, type WebhookReceiver } from './receiver.ts'

export interface Fixture {
  github: SmallGithub
  receiver: WebhookReceiver
  /** A client that acts as the installation on that repository. */
  asApp(fullName: string): Octokit
  /** A client that acts as a person. */
  asPerson(login: string): Octokit
}

/** Starts the fixture before the tests of a file and closes it after them. */
export function useSmallGithub(options: SmallGithubOptions = {}): Fixture {
  const fixture = {} as Fixture
  beforeAll(async () => {
    fixture.receiver = await startWebhookReceiver()
    const { url, secret } = fixture.receiver
    fixture.github = await startSmallGithub({ webhook: { url, secret }, ...options })
    fixture.asApp = (fullName) => createAppClient(fixture.github, fullName)
    fixture.asPerson = (login) => createClient(fixture.github, fixture.github.userToken(login))
  })
  afterAll(async () => {
    await fixture.github.close()
    await fixture.receiver.close()
  })
  return fixture
}

/** A client of the installation on a repository, authenticated as Probot would. */
export function createAppClient(github: SmallGithub, fullName: string): Octokit {
  const { id, privateKey } = github.app
  return new Octokit({
    baseUrl: github.url,
    authStrategy: createAppAuth,
    auth: { appId: id, privateKey, installationId: github.installationId(fullName) },
    log: silent,
  })
}

/** A client with a fixed token. */
export function createClient(github: SmallGithub, auth?: string): Octokit {
  return new Octokit({ baseUrl: github.url, log: silent, ...(auth ? { auth } : {}) })
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }
