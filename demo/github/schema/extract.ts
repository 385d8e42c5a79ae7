/**
 * Cuts what the small GitHub answers out of GitHub's OpenAPI description. Run it when a route is added:
 *
 *   npm pack @octokit/openapi@23.0.2 && tar xf octokit-openapi-23.0.2.tgz
 *   node demo/github/schema/extract.ts package/generated/api.github.com.deref.json
 */
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { routes } from '../server.ts'

type Schema = Record<string, unknown>
interface Description {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema?: Schema }> }> }>
  >
}

/** The file that `validate.ts` reads. */
export interface Operations {
  /** By operation and status, the schema of the JSON body. */
  operations: Record<string, Record<string, unknown>>
  $defs: Record<string, unknown>
}

/** Schemas smaller than this are repeated: a reference would hardly be shorter. */
const sharedCharsMin = 300
const dropped = [
  'example',
  'examples',
  'description',
  'title',
  'externalDocs',
  'deprecated',
  'default',
  'readOnly',
]

/** Takes the response schemas of some operations out of the description. */
function extractOperations(description: Description, names: readonly string[]): Operations {
  const $defs: Record<string, unknown> = {}
  const operations: Operations['operations'] = {}
  for (const name of names) {
    const [method, path] = name.split(' ') as [string, string]
    const operation = description.paths[path]?.[method.toLowerCase()]
    if (!operation) continue
    const schemas = Object.entries(operation.responses)
      .map(([status, { content }]) => [status, content?.['application/json']?.schema] as const)
      .filter(([status, schema]) => schema && /^[24]/.test(status))
      .map(([status, schema]) => [status, share(convert(schema), $defs)])
    operations[name] = Object.fromEntries(schemas)
  }
  return { operations, $defs }
}

/** Turns OpenAPI 3.0 into JSON Schema: `nullable` becomes a type, and what only people read goes. */
function convert(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(convert)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(mendAccount(value as Schema))
  const isSchema = entries.some(([key]) =>
    ['type', 'properties', 'allOf', 'anyOf', 'oneOf', 'enum'].includes(key),
  )
  const kept = entries.filter(
    ([key, inner]) => !(dropped.includes(key) && (isSchema || typeof inner === 'string')),
  )
  return makeNullable(
    Object.fromEntries(
      kept.map(([key, inner]) => [key, key === 'properties' ? convertEach(inner) : convert(inner)]),
    ),
  )
}

function convertEach(properties: unknown): unknown {
  return Object.fromEntries(
    Object.entries(properties as Schema).map(([name, schema]) => [name, convert(schema)]),
  )
}

/** GitHub's description asks an account to be a user and an enterprise at once; it means either. */
function mendAccount(schema: Schema): Schema {
  const titles = Array.isArray(schema.allOf) ? schema.allOf.map((part: Schema) => part.title) : []
  if (titles.join() !== 'Simple User,Enterprise') return schema
  const { allOf, ...rest } = schema
  return { ...rest, anyOf: allOf }
}

function makeNullable({ nullable, ...schema }: Schema): Schema {
  if (nullable !== true) return schema
  if (typeof schema.type === 'string') {
    const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {}
    return { ...schema, ...values, type: [schema.type, 'null'] }
  }
  return { anyOf: [schema, { type: 'null' }] }
}

/** Moves large schemas to `$defs`, so that each is written once. */
function share(value: unknown, $defs: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => share(each, $defs))
  if (value === null || typeof value !== 'object') return value
  const shared = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === 'properties' ? shareEach(inner as Schema, $defs) : share(inner, $defs),
    ]),
  )
  const text = JSON.stringify(shared)
  if (text.length < sharedCharsMin || !('type' in shared || 'anyOf' in shared || 'allOf' in shared))
    return shared
  const name = createHash('sha256').update(text).digest('hex').slice(0, 10)
  $defs[name] = shared
  return { $ref: `#/$defs/${name}` }
}

function shareEach(properties: Schema, $defs: Record<string, unknown>): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, share(schema, $defs)]))
}

if (import.meta.main) {
  const source = process.argv[2]
  if (!source) throw new Error('Give the path of api.github.com.deref.json.')
  const description = JSON.parse(readFileSync(source, 'utf8')) as Description
  const operations = extractOperations(
    description,
    routes.map((route) => route.operation),
  )
  const target = new URL('operations.json', import.meta.url)
  writeFileSync(target, `${JSON.stringify(operations)}\n`)
  console.log(
    `${Object.keys(operations.operations).length} operations, ${JSON.stringify(operations).length} characters`,
  )
}
