import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Repair, repairSchema } from '../../src/domain/repair.ts'
import { sameInAll } from '../../src/domain/text.ts'
import { reportCharsMax } from '../../src/limits.ts'
import { renderReport } from '../../src/report/render-report.ts'
import { renderStatusNote } from '../../src/report/render-status-note.ts'
import { reportTitle } from '../../src/report/report-title.ts'
import { liveParts, outsideCode } from './live-markdown.ts'
import {
  context,
  foundingAttempt,
  foundingPatch,
  foundingRepair,
  inJapanese,
  repaired,
} from './sample-repairs.ts'

const repositoryUrl = 'https://github.com/acme/shop'

/** A repair in which every text that comes from outside is the given one. */
function repairSaying(text: string): Repair {
  const said = text === '' ? ' ' : text
  const told = sameInAll(said)
  const change = {
    path: `src/${said}`,
    mode: '100644' as const,
    before: 'a\n',
    after: `${said}\n`,
    reason: told,
  }
  const check = { id: 'E7', title: said, outcome: 'warned' as const, detail: said }
  const finding = {
    code: 'text/hidden-character',
    severity: 'warning' as const,
    path: said,
    line: 3,
    message: said,
  }
  const patch = {
    ...foundingPatch,
    title: told,
    summary: told,
    rootCause: [told],
    changes: [foundingPatch.changes[0]!, change],
    offers: [change],
    ruledOut: [{ cause: told, because: told }],
    refusedWorkarounds: [told],
    untouched: [{ path: said, reason: told }],
    nextSteps: [told],
    facts: foundingPatch.facts.map(({ key, value }) => ({ key, value: key === 'dockerfile' ? value : said })),
  }
  const { verification } = foundingAttempt
  const { evidence } = repaired
  return foundingRepair({
    reason: said,
    run: {
      ...repaired.run,
      workflowName: said.slice(0, 900),
      htmlUrl: `https://evil.example/${said.slice(0, 900)}`,
    },
    evidence: {
      ...evidence!,
      failedJobs: evidence!.failedJobs.map((job) => ({
        ...job,
        name: said,
        steps: job.steps.map((step) => ({ ...step, name: said })),
      })),
      logs: [{ ...evidence!.logs[0]!, jobName: said, missing: said }],
      comparedWith: said,
      lastGreen: { ...evidence!.lastGreen!, htmlUrl: 'javascript:alert(1)' },
    },
    diagnosis: { ...repaired.diagnosis!, summary: said, citations: [{ jobId: 71, line: 214, text: said }] },
    humanSteps: { reason: told, steps: [told], questions: [{ question: told, candidates: [said] }] },
    attempts: [
      {
        ...foundingAttempt,
        patch,
        verdicts: [
          {
            reviewer: said,
            decision: 'approve',
            findings: [finding],
            checks: [check, { ...check, id: said }],
          },
        ],
        imageTrial: {
          builder: said,
          checks: [check],
          measurements: [{ metric: said, value: 1, unit: 'seconds', measuredOn: said }],
        },
        verification: {
          ...verification!,
          summary: said,
          after: {
            ...verification!.after!,
            conclusion: said,
            notices: [said],
            htmlUrl: 'https://evil.example/x',
          },
          checks: [check],
        },
      },
    ],
  })
}

const texts: readonly (readonly [name: string, text: string])[] = [
  [
    'mentions of people and teams',
    'Thanks @octocat and @acme/security, cc mail@example.com (@dependabot merge)',
  ],
  [
    'closing words',
    'Fixes #12, closes acme/shop#3 and resolves GH-4, fix: #5; Closes https://github.com/acme/shop/issues/6',
  ],
  [
    'HTML',
    '<details open><summary>fine</summary><!-- hidden --><script>x</script></details></summary><a href="x">y</a>',
  ],
  ['images', '![pixel](https://evil.example/p.png) <img src=https://evil.example/p.png width=1>'],
  [
    'links',
    '[Approve](javascript:alert(1)) [data](data:text/html;base64,AAA) <https://evil.example> www.evil.example [x]: https://evil.example',
  ],
  ['fences', '```\nescape\n```\n# Heading\n- [x] tests pass\n````suggestion\nevil\n````\n~~~\nx'],
  ['backticks', '` `` ``` a ` b `` c ```` `'],
  ['a lone backtick', 'a ` b @octocat'],
  ['tables', 'a | b || c \\| d \\\\| e\n| --- | --- |\n| x | y |'],
  ['a forged marker', '<!-- regreen:repair=00000000-0000-4000-8000-000000000000 -->'],
  [
    'hidden characters',
    'admin\u202e\u2066 safe\u2069 a\u200bb\u00adc\u{e0041}\u{e0100}\u0007\u001b[31m\ufeff',
  ],
  ['commands', '/fix\n/merge now\n@dependabot merge'],
  ['setext headings and rules', 'Title\n=====\n\n---\n\n> quote\n\n1. x\n\n* y\n+ z'],
  ['escapes', '\\@octocat \\#1 &#64;octocat &commat;octocat \\`@octocat\\`'],
  ['mathematics and emphasis', '$x$ **bold** _it_ ~~gone~~ :tada:'],
]

describe('texts from outside', () => {
  it.each(texts)('stay inert and readable: %s', (_, text) => {
    for (const repair of [
      repairSaying(text),
      inJapanese(repairSaying(text)),
      { ...repairSaying(text), conclusion: 'exhausted' as const },
    ]) {
      const { markdown } = renderReport(repair, context)

      expect(liveParts(markdown, repositoryUrl)).toEqual([])
      expect(liveParts(renderStatusNote(repair, context), repositoryUrl)).toEqual([])
    }
  })

  it('keep the marker of their own repair alone', () => {
    const { markdown } = renderReport(
      repairSaying('<!-- regreen:repair=00000000-0000-4000-8000-000000000000 -->'),
      context,
    )

    expect(markdown.split('\n')[0]).toBe(`<!-- regreen:repair=${repaired.id} -->`)
    expect(outsideCode(markdown).match(/<!--/g)).toHaveLength(1)
  })

  it('cannot add rows or columns to a table', () => {
    const { markdown } = renderReport(repairSaying('a | b \\| c \\\\| d\n| x |'), context)
    const tables = outsideCode(markdown)
      .split('\n\n')
      .filter((block) => block.startsWith('|'))

    for (const block of tables) {
      const columns = block.split('\n').map((row) => row.replaceAll(/\\[\\|]/g, '').split('|').length)
      expect(new Set(columns).size).toBe(1)
    }
  })

  it('of a megabyte are cut with a note, and the marker stays', () => {
    const { markdown } = renderReport(repairSaying('A'.repeat(1_048_576)), context)

    expect(markdown.length).toBeLessThanOrEqual(reportCharsMax)
    expect(markdown.startsWith(`<!-- regreen:repair=${repaired.id} -->`)).toBe(true)
    expect(liveParts(markdown, repositoryUrl)).toEqual([])
  })

  it('of many blocks end in the note that says so', () => {
    const offers = Array.from({ length: 60 }, (_, index) => ({
      path: `src/file-${index}.ts`,
      mode: '100644' as const,
      before: null,
      after: 'export const value = 1\n'.repeat(200),
      reason: sameInAll('Long.'),
    }))
    const patch = {
      ...foundingPatch,
      changes: [...foundingPatch.changes, ...offers.map((each) => ({ ...each, path: `lib/${each.path}` }))],
      offers,
    }
    const { markdown } = renderReport(foundingRepair({ attempts: [{ ...foundingAttempt, patch }] }), context)

    expect(markdown.length).toBeLessThanOrEqual(reportCharsMax)
    expect(markdown.trimEnd().endsWith('The full diff is in the pull request.**')).toBe(true)
    expect(() => outsideCode(markdown)).not.toThrow()
  })

  it('of any kind leave a valid, bounded and inert report', () => {
    const alphabet = fc.constantFrom(
      ...'`|\\@#<>[]()!*_~$&-=\n\r\t :/1aZ.'.split(''),
      '```',
      '](http://x',
      '\u202e',
      '<!--',
      '-->',
    )
    fc.assert(
      fc.property(fc.array(alphabet, { maxLength: 60 }), (parts) => {
        const { markdown } = renderReport(repairSaying(parts.join('')), context)

        expect(liveParts(markdown, repositoryUrl)).toEqual([])
        expect(markdown.length).toBeLessThanOrEqual(reportCharsMax)
      }),
      { numRuns: 150, seed: 7 },
    )
  })
})

describe('the title of a pull request', () => {
  it.each([
    ['Mend it [skip ci] [ci skip] ***NO_CI***', 'Mend it'],
    ['Mend it\n\nCo-authored-by: x <x@example.com>', 'Mend it'],
    ['Fixes #12 for @octocat', 'Fixes 12 for octocat'],
    ['/merge a\u202eb', 'merge ab'],
    ['x'.repeat(500), 'x'.repeat(120)],
  ])('of %j is %j', (title, expected) => {
    const repair = foundingRepair({
      attempts: [{ ...foundingAttempt, patch: { ...foundingPatch, title: sameInAll(title) } }],
    })

    expect(reportTitle(repair)).toBe(expected)
  })

  it('falls back to the title of the report', () => {
    const repair = foundingRepair({
      attempts: [{ ...foundingAttempt, patch: { ...foundingPatch, title: sameInAll('[skip ci]') } }],
    })

    expect(reportTitle(repair)).toBe('Docker build fix report')
  })
})

describe('the status line', () => {
  it('does not say resolved where CI is not green', () => {
    const outcomes = ['red', 'unverified', 'waiting'] as const
    const reports = outcomes.map((outcome) => {
      const verification = { ...foundingAttempt.verification!, outcome }
      return renderReport(foundingRepair({ attempts: [{ ...foundingAttempt, verification }] }), context)
        .markdown
    })

    expect(reports.filter((markdown) => markdown.includes('✅ Resolved'))).toEqual([])
  })

  it('exists for every conclusion and stage, in both languages', () => {
    const conclusions = repairSchema.shape.conclusion.unwrap().options
    const repairs = [
      ...conclusions.map((conclusion) => foundingRepair({ conclusion, reason: 'Because.' })),
      ...conclusions.map((conclusion) =>
        foundingRepair({ conclusion, attempts: [], diagnosis: null, evidence: null }),
      ),
      ...repairSchema.shape.stage.options.map((stage) =>
        foundingRepair({ stage, conclusion: null, attempts: [] }),
      ),
    ]

    for (const repair of [...repairs, ...repairs.map(inJapanese)]) {
      const texts = renderReport(repair, context).markdown + renderStatusNote(repair, context)
      expect(texts).not.toMatch(/undefined|\[object|NaN|(?<!\/dev\/)null/)
    }
  })
})
