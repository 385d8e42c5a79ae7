/** Checks answers against GitHub's OpenAPI description, as far as `operations.json` holds it. */
import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import type { ResponseHook } from '../server.ts'
import type { Operations } from './extract.ts'

/** An answer that GitHub would not give. */
interface Misfit {
  operation: string
  status: number
  problems: string[]
}

export interface ResponseValidator {
  /** Give it to `startSmallGithub` as `onResponse`. */
  onResponse: ResponseHook
  /** What did not fit so far. */
  misfits: Misfit[]
  /** How many answers of each operation were checked. */
  checked: Map<string, number>
}

/** Makes a validator that collects what does not fit. */
export function createResponseValidator(): ResponseValidator {
  const { operations, $defs } = readOperations()
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false })
  const compiled = new Map<string, ValidateFunction>()
  const compile = (key: string, schema: unknown) => {
    const known = compiled.get(key) ?? ajv.compile({ ...(schema as object), $defs })
    compiled.set(key, known)
    return known
  }
  const validator: ResponseValidator = {
    misfits: [],
    checked: new Map(),
    onResponse(operation, status, body) {
      const schema = operations[operation]?.[String(status)]
      if (!schema) return
      validator.checked.set(operation, (validator.checked.get(operation) ?? 0) + 1)
      const validate = compile(`${operation} ${status}`, schema)
      if (validate(body)) return
      const problems = (validate.errors ?? []).map(
        ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
      )
      validator.misfits.push({ operation, status, problems })
    },
  }
  return validator
}

function readOperations(): Operations {
  return JSON.parse(readFileSync(new URL('operations.json', import.meta.url), 'utf8')) as Operations
}
