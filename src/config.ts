/** The operator's settings, from the environment. Only the App's credentials have no default. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { OperatorError } from './errors.ts'
import { baseUrlProblem } from './model/base-url.ts'
import type { ModelSettings } from './model/open-model.ts'

const environmentSchema = z.object({
  APP_ID: z.coerce.number().int().positive(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string().min(8),
  DATABASE_URL: z.string().startsWith('postgres').optional(),
  REGREEN_DATA: z.string().min(1).default('./data'),
  REGREEN_STOP: z.string().optional(),
  GITHUB_API_URL: z.url().default('https://api.github.com'),
  GITHUB_SERVER_URL: z.url().default('https://github.com'),
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  OPENAI_BASE_URL: z.string().default('https://api.openai.com/v1').superRefine(checkBaseUrl),
  // A key with a line break would be quoted whole by the error about the header.
  OPENAI_API_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'has spaces, line breaks or letters that no key has')
    .optional(),
  REGREEN_MODEL: z.string().max(200).optional(),
})

export interface Config {
  appId: number
  /** PEM. */
  privateKey: string
  webhookSecret: string
  databaseUrl: string | undefined
  dataDirectory: string
  /** The kill switch: true ends every repair at its next step. */
  isStopped: () => boolean
  apiUrl: string
  serverUrl: string
  host: string
  port: number
  logLevel: string
  /** Absent without a key: then the rules work alone. */
  model?: ModelSettings
}

/** Reads and checks the environment. Throws `configuration-invalid`, which names every wrong variable. */
export function readConfig(environment: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
  const parsed = environmentSchema.safeParse(given)
  if (!parsed.success) throw invalid(z.prettifyError(parsed.error))
  const values = parsed.data
  const model = modelSettings(values)
  return {
    appId: values.APP_ID,
    privateKey: readPrivateKey(values.PRIVATE_KEY, values.PRIVATE_KEY_PATH),
    webhookSecret: values.WEBHOOK_SECRET,
    databaseUrl: values.DATABASE_URL,
    dataDirectory: values.REGREEN_DATA,
    isStopped: () => !['', '0', 'false', undefined].includes(environment.REGREEN_STOP),
    apiUrl: values.GITHUB_API_URL.replace(/\/$/, ''),
    serverUrl: values.GITHUB_SERVER_URL.replace(/\/$/, ''),
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    ...(model ? { model } : {}),
  }
}

function checkBaseUrl(text: string, context: z.RefinementCtx<string>): void {
  const problem = baseUrlProblem(text)
  if (problem) context.addIssue(problem)
}

function modelSettings(values: z.infer<typeof environmentSchema>): ModelSettings | undefined {
  if (values.OPENAI_API_KEY === undefined) return undefined
  if (values.REGREEN_MODEL === undefined)
    throw invalid('✖ OPENAI_API_KEY is set, but REGREEN_MODEL does not name the model to ask')
  return {
    baseUrl: values.OPENAI_BASE_URL.replace(/\/$/, ''),
    apiKey: values.OPENAI_API_KEY,
    name: values.REGREEN_MODEL,
  }
}

function readPrivateKey(text: string | undefined, path: string | undefined): string {
  const given = text ?? (path === undefined ? undefined : readKeyFile(path))
  if (given === undefined) throw invalid('✖ PRIVATE_KEY or PRIVATE_KEY_PATH is not set')
  // GitHub's own documents offer base64 and \n for environments that cannot hold several lines.
  const key = given.includes('BEGIN')
    ? given.replaceAll('\\n', '\n')
    : Buffer.from(given, 'base64').toString('utf8')
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(key)) throw invalid('✖ The private key is not in PEM format')
  return key
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw invalid(`✖ PRIVATE_KEY_PATH cannot be read: ${(error as Error).message}`)
  }
}

function invalid(problems: string): OperatorError {
  return new OperatorError({
    code: 'configuration-invalid',
    message: `The settings are not usable, so Regreen does not start:\n${problems}\nSet them in the environment; docs/configuration.md explains each.`,
  })
}
