/** E1: the file parses. */
import { validate } from 'dockerfile-utils'
import { type CheckAnswer, failed, passed } from '../check.ts'
import { parseDockerfile } from '../parse-dockerfile.ts'

/** Severity of an error in the validator's language-server terms. */
const errorSeverity = 1

/** Passes when the file has a stage and the validator finds no error. */
export function syntaxAnswer(text: string): CheckAnswer {
  const parsed = parseDockerfile(text)
  if (!parsed) return failed('The file is too large or cannot be read.')
  if (parsed.stages.length === 0) return failed('The file has no FROM instruction.')
  const error = validate(text).find(({ severity }) => severity === errorSeverity)
  if (error) return failed(messageOf(error.message), error.range.start.line + 1)
  return passed(`${parsed.stages.length} stage(s), ${text.split('\n').length} lines`)
}

function messageOf(message: string | { value: string }): string {
  return typeof message === 'string' ? message : message.value
}
