/** E11, E12, E17, I31, I32: the base images. */
import { type DockerfileCheck, failed, notApplicable, passed } from '../check.ts'
import type { ParsedDockerfile, Stage } from '../parse-dockerfile.ts'

/** Stages that start from an image; `scratch` is none. */
function imageStages({ stages }: ParsedDockerfile): Stage[] {
  return stages.filter(({ parent, base }) => parent === null && base !== 'scratch')
}

const explicitTag: DockerfileCheck = {
  id: 'E11',
  level: 'error',
  title: 'Every base has an explicit tag other than latest',
  run: ({ parsed }) => {
    for (const { base, line } of imageStages(parsed)) {
      if (base.includes('$')) return failed(`${base} has an argument without a default.`, line)
      if (!base.includes('@') && /^(|latest)$/.test(tagOf(base)))
        return failed(`${base} moves with every release.`, line)
    }
    return passed(
      [...new Set(imageStages(parsed).map(({ base }) => base))].join(', '),
      imageStages(parsed)[0]?.line,
    )
  },
}

/** Releases of Debian that get no more updates. */
const endedSuites = /(^|[-:.])(buster|stretch|jessie|wheezy)($|[-.])/

const supportedBase: DockerfileCheck = {
  id: 'E12',
  level: 'error',
  title: 'No base is past its end of life',
  run: ({ parsed }) => {
    const stages = imageStages(parsed)
    for (const { base, line } of stages)
      if (isEnded(base)) return failed(`${base} gets no more updates.`, line)
    const unknown = stages.find(
      ({ base }) =>
        !/(^|\/)(python|node|nginx|nginx-unprivileged|debian|ubuntu|alpine|golang|ruby)[:@]/.test(base),
    )
    return unknown
      ? notApplicable(`How long ${unknown.base} is supported is not known.`)
      : passed([...new Set(stages.map(({ base }) => base))].join(', '), stages[0]?.line)
  },
}

function isEnded(base: string): boolean {
  if (endedSuites.test(base)) return true
  const [name, tag] = [base.split(':')[0]!.split('/').at(-1)!, tagOf(base)]
  if (name === 'node') return Number(/^\d+/.exec(tag)?.[0] ?? Number.POSITIVE_INFINITY) < 20
  const python = /^(?<major>\d+)(?:\.(?<minor>\d+))?/.exec(tag)?.groups
  if (name !== 'python' || !python) return false
  return (
    Number(python.major) < 3 ||
    (python.minor !== undefined && Number(python.major) === 3 && Number(python.minor) < 10)
  )
}

/** Platforms that the official images of these names are published for. */
const imagePlatforms: Readonly<Record<string, readonly string[]>> = {
  python: ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/s390x'],
  node: ['linux/amd64', 'linux/arm64', 'linux/ppc64le', 'linux/s390x'],
  nginx: ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/s390x'],
  'nginx-unprivileged': [
    'linux/amd64',
    'linux/arm64',
    'linux/arm/v7',
    'linux/386',
    'linux/ppc64le',
    'linux/s390x',
  ],
  debian: ['linux/amd64', 'linux/arm64', 'linux/arm/v7', 'linux/386', 'linux/ppc64le', 'linux/s390x'],
}

const platformsSupported: DockerfileCheck = {
  id: 'E17',
  level: 'error',
  title: "The base supports the workflow's platforms",
  run: ({ parsed, buildStep }) => {
    const wanted = buildStep?.platforms ?? []
    if (wanted.length === 0) return notApplicable('The workflow names no platforms.')
    for (const { base, line } of imageStages(parsed)) {
      const known = imagePlatforms[base.split(/[:@]/)[0]!.split('/').at(-1)!]
      if (!known) return notApplicable(`The platforms of ${base} are not known.`)
      const missing = wanted.find((platform) => !known.includes(platform.replace('arm64/v8', 'arm64')))
      if (missing !== undefined) return failed(`${base} is not published for ${missing}.`, line)
    }
    return passed(wanted.join(', '))
  },
}

const digestOffered: DockerfileCheck = {
  id: 'I31',
  level: 'information',
  title: 'The base is pinned by digest',
  run: ({ parsed }) => {
    const loose = imageStages(parsed).find(({ base }) => !base.includes('@sha256:'))
    return loose
      ? failed(`${loose.base} is pinned by tag; a digest would fix its bytes.`, loose.line)
      : passed('All bases have a digest.')
  },
}

const labelled: DockerfileCheck = {
  id: 'I32',
  level: 'information',
  title: 'The image has labels',
  run: ({ final, buildStep }) => {
    const label = final.instructions.find(({ keyword }) => keyword === 'LABEL')
    if (label) return passed(label.text, label.line)
    if (buildStep?.step.with.has('labels')) return passed('The workflow sets labels.')
    return failed('No LABEL, such as org.opencontainers.image.source.')
  },
}

function tagOf(base: string): string {
  const name = base.split('@')[0]!.split('/').at(-1)!
  return name.includes(':') ? name.slice(name.indexOf(':') + 1) : ''
}

/** E11, E12, E17, I31, I32. */
export const imageChecks: readonly DockerfileCheck[] = [
  explicitTag,
  supportedBase,
  platformsSupported,
  digestOffered,
  labelled,
]
