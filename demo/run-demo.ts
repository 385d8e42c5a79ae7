/** Runs one demo case from the push to the pull request, and shows every stage on the way. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import type { Config } from '../src/config.ts'
import { currentAttempt, type Repair, type Stage } from '../src/domain/repair.ts'
import type { Language } from '../src/domain/report.ts'
import type { ImageTrial } from '../src/domain/verification.ts'
import { OperatorError } from '../src/errors.ts'
import { unifiedDiff } from '../src/patch/unified-diff.ts'
import { type Regreen, startRegreen } from '../src/regreen.ts'
import { listRepairs } from '../src/store/repairs.ts'
import { type DemoCase, demoCases, readDemoFiles } from './demo-cases.ts'
import { type SmallGithub, startSmallGithub } from './github/small-github.ts'
import { tryDemoImage } from './try-demo-image.ts'

export interface DemoOptions {
  case: string
  language: Language
  keep: boolean
  json: boolean
}

/** The demo ends here at the latest: a stuck build must not hang a terminal. */
const demoMsMax = 10 * 60 * 1000

const webhookSecret = 'demo-webhook-secret'

interface StageTime {
  stage: Stage
  milliseconds: number
}

/** Returns the exit code: 0 when the pull request is ready and its run green. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const demoCase = demoCases[options.case]
  if (!demoCase) {
    const known = Object.keys(demoCases).join(' and ')
    throw new OperatorError({
      code: 'usage',
      message: `There is no demo case "${options.case}"; there are ${known}.`,
    })
  }
  const directory = await mkdtemp(join(tmpdir(), 'regreen-demo-'))
  const say = options.json ? () => {} : (text: string) => console.log(text)
  const startedAt = Date.now()
  say(`Demo "${options.case}": a small GitHub on loopback, the real Regreen, nothing else.\n`)
  const github = await startSmallGithub({ containerBuilder: 'auto' })
  let regreen: Regreen | undefined
  try {
    say(`GitHub   ${github.url} (a stand-in that runs workflows on this machine)`)
    say('Regreen  is starting: its embedded database takes a few seconds the first time')
    const times: StageTime[] = []
    regreen = await startRegreen(configFor(github, directory), {
      tryImage: (repair, patch) =>
        tryDemoImage(github, repair, patch, (message) => say(`          …  ${message}`)),
      log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
      onStage: (repair, ran) => {
        times.push(ran)
        say(stageLine(repair, ran))
      },
    })
    github.setWebhook({ url: `${regreen.url}/api/github/webhooks`, secret: webhookSecret })
    say(`Regreen  ${regreen.url}\n`)
    await pushWorkflow(github, options, demoCase, say)
    const repair = await untilCompleted(regreen)
    await github.idle({ timeoutMs: demoMsMax })
    const outcome = await summarize(github, demoCase, repair, times, Date.now() - startedAt)
    if (options.json) console.log(JSON.stringify(outcome, null, 2))
    else say(describe(outcome))
    if (options.keep) await untilInterrupted(say)
    return outcome.isReady && outcome.isGreen ? 0 : 1
  } finally {
    await regreen?.stop()
    await github.close()
    await rm(directory, { recursive: true, force: true })
  }
}

function configFor(github: SmallGithub, directory: string): Config {
  return {
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecret,
    databaseUrl: undefined,
    dataDirectory: join(directory, 'data'),
    isStopped: () => false,
    apiUrl: github.url,
    serverUrl: github.url,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
  }
}

async function pushWorkflow(
  github: SmallGithub,
  { case: name, language }: DemoOptions,
  { repository, message }: DemoCase,
  say: (text: string) => void,
): Promise<void> {
  const { first, pushed } = await readDemoFiles(name)
  if (language !== 'en') first['.github/regreen.yml'] = `language: ${language}\n`
  await github.createRepository(repository, { files: first, collaborators: { aiko: 'write' } })
  const { sha } = await github.push(repository, { branch: 'main', files: pushed, message, author: 'aiko' })
  say(`aiko pushes "${message}" to ${repository} (${sha.slice(0, 7)}); the workflow runs.`)
}

function stageLine(repair: Repair, { stage, milliseconds }: StageTime): string {
  const took = `${(milliseconds / 1000).toFixed(2)} s`.padStart(9)
  return `${stage.padEnd(8)} ${took}  ${whatHappened(repair, stage)}`
}

function whatHappened(repair: Repair, stage: Stage): string {
  const attempt = currentAttempt(repair)
  switch (stage) {
    case 'accept':
      return `run ${repair.run.id} of "${repair.run.workflowName}" failed; taken on as repair ${repair.id.slice(0, 8)}`
    case 'collect':
      return `${repair.evidence?.failedJobs.map((job) => job.name).join(', ')} failed; log and files read`
    case 'triage':
      return `${repair.diagnosis?.failureClass}: ${repair.diagnosis?.summary}`
    case 'draft':
      return attempt
        ? `${attempt.patch.title.en} (${attempt.patch.changes.map((change) => change.path).join(', ')})`
        : (repair.humanSteps?.reason.en ?? 'no patch')
    case 'review':
      return [
        ...(attempt?.verdicts.map((verdict) => `${verdict.reviewer}: ${verdict.decision}`) ?? []),
        ...(attempt?.imageTrial ? [trialSummary(attempt.imageTrial)] : []),
      ].join('; ')
    case 'verify':
      return repair.status === 'waiting'
        ? `${repair.effects.branch} pushed; waiting for CI`
        : (attempt?.verification?.summary ?? repair.reason ?? '')
    case 'publish':
      return `${repair.conclusion}${repair.effects.pullRequestNumber ? `: pull request #${repair.effects.pullRequestNumber}` : ''}`
    default:
      return stage satisfies never
  }
}

function trialSummary({ builder, checks, measurements }: ImageTrial): string {
  const passed = checks.filter(({ outcome }) => outcome === 'passed').length
  const size = measurements.find(({ metric }) => metric === 'image-size')
  const why = checks.find(({ outcome }) => outcome !== 'passed')
  if (passed === 0) return `image not tried: ${why?.detail ?? 'no check ran'}`
  return `image tried with ${builder}: ${passed} of ${checks.length} run checks passed${size ? `, ${size.value} MB` : ''}`
}

async function untilCompleted({ store }: Regreen): Promise<Repair> {
  const endsAt = Date.now() + demoMsMax
  while (Date.now() < endsAt) {
    const [repair] = await listRepairs(store.database, 1)
    if (repair?.status === 'completed') return repair
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new OperatorError({
    code: 'demo-timeout',
    message: `The demo did not end within ${demoMsMax / 60_000} minutes. Run it again with LOG_LEVEL=debug npm start against a real App, or report it.`,
  })
}

interface Outcome {
  conclusion: string | null
  reason: string | null
  isReady: boolean
  isGreen: boolean
  pullRequest: { number: number; title: string; url: string } | null
  diffStat: string[]
  runBefore: string
  runAfter: string
  notices: string[]
  report: string
  stages: StageTime[]
  githubRequests: number
  totalSeconds: number
}

async function summarize(
  github: SmallGithub,
  demoCase: DemoCase,
  repair: Repair,
  stages: StageTime[],
  totalMs: number,
): Promise<Outcome> {
  const attempt = currentAttempt(repair)
  const verification = attempt?.verification
  const pull = repair.effects.pullRequestNumber
    ? await readPull(github, demoCase, repair.effects.pullRequestNumber)
    : null
  return {
    conclusion: repair.conclusion,
    reason: repair.reason,
    isReady: pull !== null && !pull.draft && pull.state === 'open',
    isGreen: verification?.after?.conclusion === 'success' && verification.outcome === 'green',
    pullRequest: pull && { number: pull.number, title: pull.title, url: pull.html_url },
    diffStat: attempt ? diffStat(attempt.patch.changes) : [],
    runBefore: `run ${repair.run.id}: ${repair.run.conclusion} ${repair.run.htmlUrl}`,
    runAfter: verification?.after
      ? `run ${verification.after.runId}: ${verification.after.conclusion} ${verification.after.htmlUrl}`
      : 'none',
    notices: verification?.after?.notices ?? [],
    report: await writeReport(repair),
    stages,
    githubRequests: github.requests.filter(({ actor }) => actor === 'app' || actor.endsWith('[bot]')).length,
    totalSeconds: Math.round(totalMs / 100) / 10,
  }
}

interface Pull {
  number: number
  title: string
  html_url: string
  draft: boolean
  state: string
}

async function readPull(github: SmallGithub, { repository }: DemoCase, number: number): Promise<Pull> {
  const response = await fetch(`${github.url}/repos/${repository}/pulls/${number}`, {
    headers: { authorization: `Bearer ${github.userToken('aiko')}` },
  })
  return (await response.json()) as Pull
}

function diffStat(changes: Parameters<typeof unifiedDiff>[0]): string[] {
  return changes.map((change) => {
    const lines = unifiedDiff([change]).split('\n')
    const count = (sign: string) =>
      lines.filter((line) => line.startsWith(sign) && !line.startsWith(sign.repeat(3))).length
    return `${change.path} +${count('+')} -${count('-')}`
  })
}

async function writeReport(repair: Repair): Promise<string> {
  const folder = join(process.cwd(), 'demo-output')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${repair.repository.name}.${repair.language}.md`)
  await writeFile(path, repair.report?.markdown ?? '')
  return path
}

function describe(outcome: Outcome): string {
  const total = outcome.stages.reduce((sum, { milliseconds }) => sum + milliseconds, 0)
  return [
    '',
    outcome.pullRequest
      ? `Pull request #${outcome.pullRequest.number}: ${outcome.pullRequest.title} (${outcome.isReady ? 'ready for review' : 'not ready'})`
      : 'No pull request.',
    `  ${outcome.pullRequest?.url ?? ''}`,
    ...outcome.diffStat.map((line) => `  ${line}`),
    `Before  ${outcome.runBefore}`,
    `After   ${outcome.runAfter}`,
    ...outcome.notices.map((notice) => `        ${notice}`),
    `Report  ${outcome.report}`,
    '',
    `Stages took ${(total / 1000).toFixed(2)} s, CI and start included ${outcome.totalSeconds} s; ${outcome.githubRequests} requests to GitHub.`,
    `Conclusion: ${outcome.conclusion}. ${outcome.reason ?? ''}`,
  ].join('\n')
}

function untilInterrupted(say: (text: string) => void): Promise<void> {
  say('\nThe servers stay up. Press Ctrl-C to end.')
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
