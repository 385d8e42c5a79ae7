/** Runs every gate over a patch and gathers one verdict. A gate that errs blocks. */
import type { Check, Finding, Verdict } from '../../../domain/verdict.ts'
import { allGates } from './all-gates.ts'
import { block, type Gate, type GateInput, type GateResult } from './gate.ts'

/** More of one code for one file says nothing new and would crowd out the other findings. */
const findingsPerCodeMax = 5

/** The verdict of the gates: `request_changes` as soon as one finding is an error. */
export async function runGates(input: GateInput, gates: readonly Gate[] = allGates): Promise<Verdict> {
  const findings: Finding[] = []
  const checks: Check[] = []
  for (const gate of gates) {
    const result = await inspectSafely(gate, input)
    findings.push(...firstOfEachCode(result.findings))
    checks.push(checkOf(gate, result), ...(result.checks ?? []))
  }
  const blocks = findings.some(({ severity }) => severity === 'error')
  return { reviewer: 'gates', decision: blocks ? 'request_changes' : 'approve', findings, checks }
}

async function inspectSafely(gate: Gate, input: GateInput): Promise<GateResult> {
  try {
    return await gate.inspect(input)
  } catch (error) {
    const path = input.patch.changes[0]?.path ?? '.'
    return { findings: [gateFailed(gate, path, error)], lookedAt: 'the gate failed' }
  }
}

function gateFailed(gate: Gate, path: string, error: unknown): Finding {
  const cause = error instanceof Error ? error.message : String(error)
  const message =
    `The gate "${gate.name}" failed: ${cause.slice(0, 200)}. ` +
    'Nothing may pass a gate that could not look. Report this as a fault of Regreen; the patch stays unpublished.'
  return block('gate/failed', path, null, message)
}

function checkOf(gate: Gate, { findings, lookedAt }: GateResult): Check {
  const outcome = outcomeOf(findings)
  const codes = [...new Set(findings.map(({ code }) => code))]
  const detail = codes.length === 0 ? lookedAt : `${lookedAt}: ${codes.join(', ')}`
  return { id: gate.name, title: gate.title, outcome, detail }
}

function outcomeOf(findings: readonly Finding[]): Check['outcome'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'failed'
  return findings.length > 0 ? 'warned' : 'passed'
}

function firstOfEachCode(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, number>()
  return findings.filter(({ code, path }) => {
    const key = `${code}\n${path}`
    const count = (seen.get(key) ?? 0) + 1
    seen.set(key, count)
    return count <= findingsPerCodeMax
  })
}
