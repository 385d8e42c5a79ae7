/** E18, W25: the image says whether it is well, on the port that it serves. */
import { type CheckSubject, type DockerfileCheck, failed, notApplicable, passed } from '../check.ts'
import { environmentOf } from '../image-model.ts'
import { imageName } from '../image-name.ts'
import { chainInstructions, type Instruction, lastInstruction } from '../parse-dockerfile.ts'
import { readStartCommand } from '../start-command.ts'

const portsAgree: DockerfileCheck = {
  id: 'E18',
  level: 'error',
  title: 'EXPOSE, health check and start command agree on the port',
  run: (subject) => {
    const { final } = subject
    const exposed = lastInstruction(final, 'EXPOSE')
    const ports = {
      EXPOSE: exposed ? Number.parseInt(exposed.text, 10) : null,
      HEALTHCHECK: healthPort(subject),
      CMD: commandPort(subject),
    }
    const known = Object.entries(ports).filter(
      (entry): entry is [string, number] => entry[1] !== null && !Number.isNaN(entry[1]),
    )
    if (known.length < 2) return notApplicable('Fewer than two places name a port.')
    const detail = known.map(([place, port]) => `${place} ${port}`).join(', ')
    return new Set(known.map(([, port]) => port)).size === 1
      ? passed(detail, exposed?.line)
      : failed(`They differ: ${detail}.`, exposed?.line)
  },
}

function healthPort(subject: CheckSubject): number | null {
  const text = healthInstruction(subject)?.text ?? ''
  const literal =
    /(?:127\.0\.0\.1|localhost|0\.0\.0\.0)['"]?(?::|,\s*)(?<port>\d{2,5})/.exec(text)?.groups?.port ??
    /connect\((?<port>\d{2,5})/.exec(text)?.groups?.port
  if (literal !== undefined) return Number(literal)
  return /process\.env\.PORT|os\.environ/.test(text) ? environmentPort(subject) : null
}

function commandPort(subject: CheckSubject): number | null {
  const words = readStartCommand(subject.final)?.words ?? []
  const at = words.findIndex((word) => /^(--port|-p|--bind|-b|--listen)(=|$)/.test(word))
  const value =
    at === -1
      ? undefined
      : words[at]!.includes('=')
        ? words[at]!.slice(words[at]!.indexOf('=') + 1)
        : words[at + 1]
  const port = /(?:^|:)(?<port>\d{2,5})$/.exec(value ?? '')?.groups?.port
  return port === undefined ? environmentPort(subject) : Number(port)
}

function environmentPort({ final }: CheckSubject): number | null {
  const port = environmentOf(final).get('PORT')
  return port !== undefined && /^\d{2,5}$/.test(port) ? Number(port) : null
}

function healthInstruction({ final }: CheckSubject): Instruction | undefined {
  return lastInstruction(final, 'HEALTHCHECK')
}

const healthPresent: DockerfileCheck = {
  id: 'W25',
  level: 'warning',
  title: 'A health check on 127.0.0.1 that needs no extra package',
  run: (subject) => {
    const health = healthInstruction(subject)
    if (!health || /^NONE$/i.test(health.text)) {
      const serves = lastInstruction(subject.final, 'EXPOSE')
      return serves
        ? failed('The image serves a port and has no HEALTHCHECK.', serves.line)
        : notApplicable('The image exposes no port that could be asked.')
    }
    if (health.exec === null) return failed('The health check runs under a shell.', health.line)
    const program = health.exec[0] ?? ''
    if (/^(curl|wget|nc)$/.test(program) && !hasProgram(program, subject)) {
      return failed(`${program} is not part of the base image; the runtime can ask by itself.`, health.line)
    }
    if (health.text.includes('localhost'))
      return failed('localhost may mean ::1, where the server does not listen.', health.line)
    return health.text.includes('127.0.0.1')
      ? passed(health.text, health.line)
      : failed('The health check does not ask 127.0.0.1.', health.line)
  },
}

/** Alpine brings wget with busybox; elsewhere it must have been installed, which is the extra package. */
function hasProgram(program: string, { final }: CheckSubject): boolean {
  const installs = chainInstructions(final).some(
    ({ keyword, text }) =>
      keyword === 'RUN' && new RegExp(`\\b(install|add)\\b.*\\b${program}\\b`).test(text),
  )
  const base = final.parent?.base ?? final.base
  return !installs && program === 'wget' && (base.includes('alpine') || imageName(final) === 'alpine')
}

/** E18, W25. */
export const healthChecks: readonly DockerfileCheck[] = [portsAgree, healthPresent]
