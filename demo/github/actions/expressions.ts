/** Evaluates GitHub's `${{ }}` expressions. What is not modelled throws. */
import { callFunction } from './expression-functions.ts'

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value }
/** The contexts an expression may name, and the state that `success()` and its like ask for. */
export interface Scope {
  contexts: Record<string, Value>
  status: 'success' | 'failure' | 'cancelled'
  workspace?: string
}

/** An expression that cannot be read or is not modelled. */
export class ExpressionError extends Error {
  override name = 'ExpressionError'
}

/** Replaces each `${{ }}` in a text. */
export function interpolate(text: string, scope: Scope): string {
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, source: string) => toText(evaluate(source, scope)))
}

/** A name that cannot be evaluated stands as it is, as on GitHub for skipped jobs. */
export function interpolateOrKeep(name: string, scope: Scope): string {
  try {
    return interpolate(name, scope)
  } catch {
    return name
  }
}

/** The value of a text that is one expression as a whole, else its interpolation. */
export function evaluateText(text: unknown, scope: Scope): Value {
  if (typeof text !== 'string') return (text ?? null) as Value
  const whole = /^\s*\$\{\{((?:(?!\}\})[\s\S])*)\}\}\s*$/.exec(text)
  return whole ? evaluate(whole[1]!, scope) : interpolate(text, scope)
}

/** Whether an `if` lets a step or job run. Without a status function, success is asked for. */
export function isConditionMet(condition: string | undefined, scope: Scope): boolean {
  const source = (condition ?? '').trim().replace(/^\$\{\{([\s\S]*)\}\}$/, '$1')
  if (source.trim() === '') return scope.status === 'success'
  const asksStatus = /\b(success|failure|always|cancelled)\s*\(/.test(source)
  if (!asksStatus && scope.status !== 'success') return false
  return isTruthy(source.includes('${{') ? interpolate(source, scope) : evaluate(source, scope))
}

/** Evaluates the inside of `${{ }}`. */
export function evaluate(source: string, scope: Scope): Value {
  const parser = new Parser(tokenize(source), scope, source)
  return parser.parse()
}

interface Token {
  kind: 'name' | 'number' | 'string' | 'operator'
  text: string
}

const tokenPattern =
  /\s*(?:(?<string>'(?:[^']|'')*')|(?<number>-?(?:0x[\da-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?))|(?<name>[a-z_][\w-]*)|(?<operator>&&|\|\||[=!<>]=|[!<>()[\].,*]))/iy

function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const pattern = new RegExp(tokenPattern)
  while (pattern.lastIndex < source.length) {
    if (/^\s*$/.test(source.slice(pattern.lastIndex))) break
    const groups = pattern.exec(source)?.groups
    if (!groups) throw new ExpressionError(`Unexpected symbol in expression: ${source.trim()}`)
    const kind = (['string', 'number', 'name', 'operator'] as const).find(
      (name) => groups[name] !== undefined,
    )!
    tokens.push({ kind, text: groups[kind]! })
  }
  return tokens
}

class Parser {
  private at = 0
  private readonly tokens: Token[]
  private readonly scope: Scope
  private readonly source: string

  constructor(tokens: Token[], scope: Scope, source: string) {
    this.tokens = tokens
    this.scope = scope
    this.source = source
  }

  parse(): Value {
    const value = this.or()
    if (this.at < this.tokens.length) this.fail()
    return value
  }

  private fail(): never {
    throw new ExpressionError(
      `Unexpected symbol: '${this.tokens[this.at]?.text ?? 'end'}' in expression: ${this.source.trim()}`,
    )
  }

  private take(text: string): boolean {
    const token = this.tokens[this.at]
    if (token?.kind !== 'operator' || token.text !== text) return false
    this.at++
    return true
  }

  private expect(text: string): void {
    if (!this.take(text)) this.fail()
  }

  private or(): Value {
    let value = this.and()
    while (this.take('||')) {
      const right = this.and()
      value = isTruthy(value) ? value : right
    }
    return value
  }

  private and(): Value {
    let value = this.comparison()
    while (this.take('&&')) {
      const right = this.comparison()
      value = isTruthy(value) ? right : value
    }
    return value
  }

  private comparison(): Value {
    const left = this.unary()
    if (this.take('==')) return areEqual(left, this.unary())
    if (this.take('!=')) return !areEqual(left, this.unary())
    if (this.take('<=')) return toNumber(left) <= toNumber(this.unary())
    if (this.take('>=')) return toNumber(left) >= toNumber(this.unary())
    if (this.take('<')) return toNumber(left) < toNumber(this.unary())
    if (this.take('>')) return toNumber(left) > toNumber(this.unary())
    return left
  }

  private unary(): Value {
    return this.take('!') ? !isTruthy(this.unary()) : this.postfix()
  }

  private postfix(): Value {
    let value = this.primary()
    for (;;) {
      if (this.take('.')) value = this.take('*') ? spread(value) : property(value, this.name())
      else if (this.take('[')) {
        value = this.take('*') ? spread(value) : property(value, toText(this.or()))
        this.expect(']')
      } else return value
    }
  }

  private name(): string {
    const token = this.tokens[this.at++]
    if (token?.kind !== 'name') this.fail()
    return token.text
  }

  private primary(): Value {
    if (this.take('(')) {
      const value = this.or()
      this.expect(')')
      return value
    }
    const token = this.tokens[this.at]
    if (!token || token.kind === 'operator') this.fail()
    this.at++
    if (token.kind === 'string') return token.text.slice(1, -1).replaceAll("''", "'")
    if (token.kind === 'number') return Number(token.text)
    return this.take('(')
      ? callFunction(token.text, this.argumentList(), this.scope)
      : this.context(token.text)
  }

  private argumentList(): Value[] {
    const values: Value[] = []
    if (this.take(')')) return values
    do values.push(this.or())
    while (this.take(','))
    this.expect(')')
    return values
  }

  private context(name: string): Value {
    if (/^(true|false)$/i.test(name)) return name.toLowerCase() === 'true'
    if (/^null$/i.test(name)) return null
    if (/^(nan|infinity)$/i.test(name)) return Number(name)
    const value = this.scope.contexts[name.toLowerCase()]
    if (value === undefined) {
      throw new ExpressionError(
        `Unrecognized named-value: '${name}'. Located within expression: ${this.source.trim()}`,
      )
    }
    return value
  }
}

/** What `a.*` gives is remembered, so that a following property is read from each item. */
const filtered = new WeakSet<object>()

function spread(value: Value): Value {
  const items = Array.isArray(value)
    ? [...value]
    : value && typeof value === 'object'
      ? Object.values(value)
      : []
  filtered.add(items)
  return items
}

function property(value: Value, key: string): Value {
  if (value === null || typeof value !== 'object') return null
  if (Array.isArray(value)) {
    if (!filtered.has(value)) return value[Number(key)] ?? null
    const items = value.map((item) => property(item, key)).filter((item) => item !== null)
    filtered.add(items)
    return items
  }
  const name = Object.keys(value).find((candidate) => candidate.toLowerCase() === key.toLowerCase())
  return name === undefined ? null : value[name]!
}

/** GitHub's idea of truth: `''`, `0`, `null` and `NaN` are false. */
export function isTruthy(value: Value): boolean {
  return value !== null && value !== false && value !== '' && value !== 0 && !Number.isNaN(value)
}

/** A value as text, as it stands in a script. */
export function toText(value: Value): string {
  if (value === null) return ''
  if (Array.isArray(value)) return 'Array'
  return typeof value === 'object' ? 'Object' : String(value)
}

function toNumber(value: Value): number {
  if (value === null) return 0
  if (typeof value === 'object') return Number.NaN
  return Number(value)
}

function areEqual(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left.toLowerCase() === right.toLowerCase()
  if (typeof left === typeof right) return left === right
  return toNumber(left) === toNumber(right)
}
