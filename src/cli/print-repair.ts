/** A local repair as text and as JSON. */
import { refusalOf } from '../domain/attempt.ts'
import { currentAttempt, type HumanSteps, type Repair } from '../domain/repair.ts'
import type { Language } from '../domain/report.ts'
import type { ImageTrial } from '../domain/verification.ts'
import { unifiedDiff } from '../patch/unified-diff.ts'

/** What `--json` prints. */
export function summaryOf(repair: Repair, report: string) {
  const attempt = currentAttempt(repair)
  return {
    diagnosis: repair.diagnosis,
    humanSteps: repair.humanSteps,
    patch: attempt?.patch ?? null,
    diff: attempt ? unifiedDiff(attempt.patch.changes) : null,
    verdicts: attempt?.verdicts ?? [],
    imageTrial: attempt?.imageTrial ?? null,
    report,
  }
}

/** What a person reads. */
export function print(repair: Repair, reportPath: string): void {
  const attempt = currentAttempt(repair)
  console.log(`${repair.diagnosis?.failureClass}: ${repair.diagnosis?.summary}`)
  if (repair.humanSteps) printHumanSteps(repair.humanSteps, repair.language)
  if (attempt) {
    console.log(`\n${attempt.patch.title[repair.language]}\n`)
    console.log(unifiedDiff(attempt.patch.changes))
    for (const { findings } of attempt.verdicts) {
      for (const { code, severity, path, line, message } of findings) {
        console.log(`${severity} ${code} ${path}${line === null ? '' : `:${line}`}\n  ${message}`)
      }
    }
    if (attempt.imageTrial) printTrial(attempt.imageTrial)
    const refusal = refusalOf(attempt)
    console.log(refusal === null ? 'The gates let the patch pass.' : `${refusal} Nothing was changed.`)
  }
  console.log(`Report: ${reportPath}`)
}

function printTrial({ builder, checks, measurements }: ImageTrial): void {
  console.log(`The image, built and run with ${builder}:`)
  for (const { id, title, outcome, detail } of checks) console.log(`  ${id} ${title}: ${outcome} (${detail})`)
  for (const { metric, value, unit } of measurements) console.log(`  ${metric}: ${value} ${unit}`)
}

function printHumanSteps(humanSteps: HumanSteps, language: Language): void {
  console.log(`\n${humanSteps.reason[language]}`)
  for (const step of humanSteps.steps) console.log(`- ${step[language]}`)
  for (const { question, candidates } of humanSteps.questions) {
    console.log(`? ${question[language]}`)
    for (const candidate of candidates) console.log(`    ${candidate}`)
  }
}
