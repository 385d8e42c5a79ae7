/** E7, W28: the process is not root and cannot rewrite its own code. */
import { type DockerfileCheck, failed, notApplicable, passed } from '../check.ts'
import { chainInstructions, expandVariables, lastInstruction } from '../parse-dockerfile.ts'

const numericUser: DockerfileCheck = {
  id: 'E7',
  level: 'error',
  title: 'The final user is a number other than 0',
  run: ({ final }) => {
    const user = lastInstruction(final, 'USER')
    if (!user) return failed('The final stage sets no USER, so what the base image says holds.')
    const value = expandVariables(user.text.trim(), user.variables)
    const [id] = value.split(':')
    if (/^0*$/.test(id!) || id === 'root') return failed(`USER ${value} is root.`, user.line)
    if (!/^\d+$/.test(id!))
      return failed(`USER ${value} is a name; orchestrators can only check a number.`, user.line)
    return passed(`USER ${value}`, user.line)
  },
}

const codeNotWritable: DockerfileCheck = {
  id: 'W28',
  level: 'warning',
  title: 'The code is not writable by the user that runs it',
  run: ({ final }) => {
    const instructions = chainInstructions(final)
    const user = lastInstruction(final, 'USER')?.text.trim().split(':')[0]
    if (user === undefined || /^(0|root)$/.test(user))
      return notApplicable('The process is root and may write everywhere.')
    for (const { keyword, text, flags, line } of instructions) {
      const owner = flags.get('chown')?.at(-1)?.split(':')[0]
      if ((keyword === 'COPY' || keyword === 'ADD') && owner !== undefined && !/^(0|root)$/.test(owner)) {
        return failed(`--chown=${owner} gives the code to the user.`, line)
      }
      if (keyword === 'RUN' && /\bchown\s+(-\w+\s+)*\S+\s+\/(app|srv|opt|code|usr\/src)\b/.test(text)) {
        return failed('chown gives the code to the user, and stores it twice.', line)
      }
    }
    return passed('Copied files belong to root.')
  },
}

/** E7, W28. */
export const userChecks: readonly DockerfileCheck[] = [numericUser, codeNotWritable]
