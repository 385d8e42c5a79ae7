/** YAML read strictly and in linear time: the parser's own check of double keys is quadratic. */
import { type Document, isMap, isScalar, parseAllDocuments, visit } from 'yaml'

interface YamlFault {
  readonly message: string
  /** Where in the text, in characters. */
  readonly offset: number
}

export interface StrictYaml {
  readonly documents: readonly Document[]
  /** Faults of syntax, then keys that stand twice in one mapping. */
  readonly faults: readonly YamlFault[]
}

/** The parser takes some three microseconds a byte: larger files would hold up everything else. */
export const yamlBytesMax = 256 * 1024

/** More faults of one file say nothing new. */
const faultsMax = 20

/** All documents of a text with their faults. Merge keys are merged, so that nothing hides in them. */
export function strictYaml(text: string): StrictYaml {
  const parsed = parseAllDocuments(text, {
    merge: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const documents: Document[] = [...parsed]
  const syntax = documents.flatMap(({ errors }) =>
    errors.map(({ message, pos }) => ({ message, offset: pos[0] })),
  )
  const doubles = documents.flatMap(doubleKeys)
  return { documents, faults: [...syntax, ...doubles].slice(0, faultsMax) }
}

/** The line of an offset, counted from 1. */
export function lineAtOffset(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++
  return line
}

function doubleKeys(document: Document): YamlFault[] {
  const faults: YamlFault[] = []
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>()
      for (const { key } of map.items) {
        const name = isScalar(key) ? String(key.value) : isMap(key) ? '' : String(key)
        if (seen.has(name) && faults.length < faultsMax) {
          faults.push({
            message: `the key ${JSON.stringify(name.slice(0, 60))} stands twice`,
            offset: offsetOf(key),
          })
        }
        seen.add(name)
      }
    },
  })
  return faults
}

function offsetOf(key: unknown): number {
  return isScalar(key) ? (key.range?.[0] ?? 0) : 0
}
