/** E9: no secret in the image's history or files. */
import { type DockerfileCheck, failed, passed } from '../check.ts'
import { readCopy } from '../copy-sources.ts'
import { readPairs } from '../parse-dockerfile.ts'

const secretName = /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?)(_|$)/i

const secretFile =
  /(^|\/)(\.env(\.(?!example|sample|template)[\w.-]+)?|\.npmrc|\.netrc|id_(rsa|ed25519|ecdsa)|[^/]*\.(pem|key|p12|pfx))$/

const noSecrets: DockerfileCheck = {
  id: 'E9',
  level: 'error',
  title: 'No secret in ARG or ENV, and no .env or key copied',
  run: ({ parsed }) => {
    for (const instruction of parsed.stages.flatMap(({ instructions }) => instructions)) {
      const { keyword, text, line } = instruction
      if (keyword === 'ARG' || keyword === 'ENV') {
        const named = readPairs(text).find(([key]) => secretName.test(key) && !isDummy(key))
        if (named)
          return failed(`${keyword} ${named[0]} looks like a secret and stays in the image's history.`, line)
      }
      const copy = readCopy(instruction)
      const file = copy?.from === null ? copy.sources.find((source) => secretFile.test(source)) : undefined
      if (file !== undefined) return failed(`${file} holds secrets.`, line)
    }
    const global = [...parsed.globalArguments.keys()].find((key) => secretName.test(key))
    return global === undefined
      ? passed('No ARG, ENV or COPY looks like a secret.')
      : failed(`ARG ${global} looks like a secret.`)
  },
}

/** Rails asks for a key that is none. */
function isDummy(key: string): boolean {
  return key === 'SECRET_KEY_BASE_DUMMY'
}

/** E9. */
export const secretChecks: readonly DockerfileCheck[] = [noSecrets]
