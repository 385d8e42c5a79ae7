/** The titles of a report: of the document, and of the pull request that carries it. */
import { currentAttempt, type Repair } from '../domain/repair.ts'
import { areaOf } from './messages/failure-classes.ts'
import { messagesOf } from './messages/messages-of.ts'
import { dropHidden } from './visible-text.ts'

/** GitHub cuts titles at 256 characters; a commit's subject is read up to 72. */
const titleCharsMax = 120

/** "Docker build fix report": the first heading. */
export function documentTitle(repair: Repair): string {
  const { language, diagnosis } = repair
  const messages = messagesOf(language)
  const area = areaOf(diagnosis?.failureClass ?? 'other', language)
  return isAboutFix(repair) ? messages.fixTitle(area) : messages.failureTitle(area)
}

/** The title of the pull request: the patch's own, made harmless; without a patch, the document's title. */
export function reportTitle(repair: Repair): string {
  const attempt = currentAttempt(repair)
  const title = attempt && isAboutFix(repair) ? harmless(attempt.patch.title[repair.language]) : ''
  return title === '' ? documentTitle(repair) : title
}

function isAboutFix({ attempts, conclusion }: Repair): boolean {
  return (
    attempts.length > 0 && (conclusion === null || conclusion === 'repaired' || conclusion === 'diagnosed')
  )
}

/** One line that skips no CI, mentions nobody, closes nothing and carries no trailer. */
function harmless(title: string): string {
  const line = dropHidden(title.split(/[\r\n]/)[0] ?? '')
  return line
    .slice(0, 1_000)
    .replaceAll(
      /\[(?:skip[ -](?:ci|actions)|(?:ci|actions|no)[ -](?:skip|ci))\]|\*{3}NO_CI\*{3}|skip-checks:\s{0,3}true/gi,
      '',
    )
    .replaceAll(/[@#](?=\w)|\bgh-(?=[0-9])/gi, '')
    .replaceAll(/^\s*\/(?=[a-z])/gi, '')
    .replaceAll(/\s{1,100}/g, ' ')
    .trim()
    .slice(0, titleCharsMax)
    .toWellFormed()
    .trim()
}
