/** Names the failure class of a log, and the lines that prove it. Pure. */
import type { Citation, Remedy } from '../../domain/diagnosis.ts'
import type { JobLog, LogLine } from '../../domain/evidence.ts'
import type { FailureClass } from '../../domain/failure-class.ts'
import type { Signature } from './signature.ts'
import { signatures as baseImage } from './signatures/docker-base-image-missing.ts'
import { signatures as buildError } from './signatures/docker-build-error.ts'
import { signatures as copySource } from './signatures/docker-copy-source-missing.ts'
import { signatures as missingDockerfile } from './signatures/missing-dockerfile.ts'

export const allSignatures: readonly Signature[] = [
  ...missingDockerfile,
  ...copySource,
  ...baseImage,
  ...buildError,
]

/** What the rules say of a failure. */
export interface Classification {
  failureClass: FailureClass
  remedy: Remedy
  confidence: number
  summary: string
  citations: Citation[]
}

/** More would bury the telling line among its echoes. */
const citationsMax = 10

interface Hit {
  signature: Signature
  log: JobLog
  line: LogLine
  groups: Record<string, string>
}

/** The last causal hit wins, unless another class in the same logs explains it. */
export function classify(logs: readonly JobLog[]): Classification {
  const hits = logs.flatMap(hitsOf)
  const last = hits.at(-1)
  if (!last) return unknownFailure(logs)
  const chosen =
    hits.findLast(({ signature }) => signature.outranks.includes(last.signature.failureClass)) ?? last
  const same = hits.filter(({ signature }) => signature.failureClass === chosen.signature.failureClass)
  return {
    failureClass: chosen.signature.failureClass,
    remedy: chosen.signature.remedy,
    confidence: chosen.signature.confidence,
    summary: chosen.signature.summary(chosen.groups),
    citations: [chosen, ...same.filter((hit) => hit !== chosen)].slice(0, citationsMax).map(citationOf),
  }
}

function hitsOf(log: JobLog): Hit[] {
  return log.lines.flatMap((line) => {
    const lower = line.text.toLowerCase()
    for (const signature of allSignatures) {
      if (!signature.literals.some((literal) => lower.includes(literal))) continue
      const found = signature.pattern.exec(line.text)
      if (found) return [{ signature, log, line, groups: found.groups ?? {} }]
    }
    return []
  })
}

function citationOf({ log, line }: Pick<Hit, 'log' | 'line'>): Citation {
  return { jobId: log.jobId, line: line.line, text: line.text }
}

/** Wordings that mark a cause where no signature does. */
const causal =
  /##\[error\]|\b(?:[A-Z]\w{0,60}Error|error|fatal|failed|failure|exception|panic(?:ked)?|traceback)\b|cannot find|not found|no such file|denied/i

/** Ends and echoes of a failure, never its cause. */
const notCausal =
  /Process completed with exit code|\b0 (?:errors?|failed|failures)\b|##\[group\]|##\[warning\]|^\s*(?:at |npm warn)/i

/** `other`, with the last lines that look like a cause. */
function unknownFailure(logs: readonly JobLog[]): Classification {
  const citations = logs.flatMap((log) =>
    log.lines
      .filter((line) => causal.test(line.text) && !notCausal.test(line.text))
      .slice(-citationsMax)
      .reverse()
      .map((line) => citationOf({ log, line })),
  )
  const [first] = citations
  return {
    failureClass: 'other',
    remedy: 'agents',
    confidence: 0.2,
    summary: first
      ? 'No rule knows this failure. The cited lines are where the log speaks of an error.'
      : 'No rule knows this failure, and no line of the log speaks of an error.',
    citations: citations.slice(0, citationsMax),
  }
}
