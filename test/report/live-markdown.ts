/** What GitHub would act upon in a Markdown text: everything outside code that mentions, closes, links or renders. */

const ownHtml = /^<\/?(?:details|summary)>|^<br>|^<!-- regreen:repair=[0-9a-f-]{36} -->/

/** The text without code blocks and code spans, as a Markdown parser would see it. */
export function outsideCode(markdown: string): string {
  const lines: string[] = []
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    // The words after an opening fence hold no backtick: else it is a code span.
    const run = /^(?<fence>`{3,})[^`]*$/.exec(line)?.groups?.fence
    if (fence === null && run) fence = run
    else if (fence !== null && line === fence) fence = null
    else if (fence === null) lines.push(withoutSpans(line))
  }
  if (fence !== null) throw new Error('A code block is not closed.')
  return lines.join('\n')
}

function withoutSpans(line: string): string {
  let rest = line
  let text = ''
  for (;;) {
    const open = /(?<!(?<!\\)(?:\\\\)*\\)`+/.exec(rest)
    if (!open) return text + rest
    const after = rest.slice(open.index + open[0].length)
    const close = new RegExp(`(?<!\`)${open[0]}(?!\`)`).exec(after)
    text += rest.slice(0, open.index)
    if (!close) return text + rest.slice(open.index)
    text += '\u2423'
    rest = after.slice(close.index + close[0].length)
  }
}

/** Every live piece in a text; empty when all of it is inert. */
export function liveParts(markdown: string, repositoryUrl: string): string[] {
  const text = outsideCode(markdown)
  const prose = text.replaceAll(/\]\([^)]*\)/g, ']')
  const patterns: readonly (readonly [kind: string, pattern: RegExp])[] = [
    ['mention', /@[a-z0-9]/gi],
    ['issue', /(?:#|\bGH-)[0-9]+/gi],
    ['image', /!\[/g],
    [
      'hidden',
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\u{e0000}-\u{e01ef}]/gu,
    ],
  ]
  const links = [...text.matchAll(/(?<!(?<!\\)(?:\\\\)*\\)\]\((?<url>[^)]*)\)/g)].map(
    (match) => match.groups?.url ?? '',
  )
  const bare = [...prose.matchAll(/https?:\/\/|\bwww\.|\b(?:javascript|data):/gi)]
  const html = [...text.matchAll(/(?<!\\)<[!/a-z]/gi)].filter(({ index }) => !ownHtml.test(text.slice(index)))
  return [
    ...patterns.flatMap(([kind, pattern]) =>
      [...prose.matchAll(pattern)].map(
        ({ index }) => `${kind}: ${prose.slice(Math.max(0, index - 20), index + 20)}`,
      ),
    ),
    ...links.filter((url) => !url.startsWith(`${repositoryUrl}/`)).map((url) => `link: ${url}`),
    ...bare.map((match) => `address: ${match[0]}`),
    ...html.map(({ index }) => `html: ${text.slice(index, index + 30)}`),
  ]
}
