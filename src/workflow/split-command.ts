/** Splits a shell script into simple commands and words, as far as a build command needs it. */

/** Longer scripts are programs, not a build command, and are not searched. */
const scriptCharsMax = 64_000

/** One word of a command. */
export interface ShellWord {
  /** Without quotes. */
  readonly text: string
  /** As it stands in the script. */
  readonly source: string
  /** True where the shell would put something else: a variable, a substitution, a pattern. */
  readonly isDynamic: boolean
}

/** One command of a script with the operator that follows it. */
export interface ShellCommand {
  readonly words: readonly ShellWord[]
  readonly then: '&&' | '||' | ';' | '|' | '&' | ''
}

/**
 * The script's commands in order. `${{ … }}` stays one piece of its word, variables stay unexpanded.
 * Control structures are not understood: `if` and `then` are words like others.
 */
export function splitCommands(script: string): readonly ShellCommand[] {
  const commands: ShellCommand[] = []
  let words: ShellWord[] = []
  const end = (then: ShellCommand['then']) => {
    if (words.length > 0) commands.push({ words, then })
    words = []
  }
  const text = script.slice(0, scriptCharsMax)
  let at = 0
  while (at < text.length) {
    const character = text[at]!
    if (character === '\\' && text[at + 1] === '\n') at += 2
    else if (character === ' ' || character === '\t' || character === '\r') at += 1
    else if (character === '#') at = lineEnd(text, at)
    else if ('\n;&|()'.includes(character)) {
      const operator = text.startsWith('&&', at) ? '&&' : text.startsWith('||', at) ? '||' : character
      end(
        operator === '\n' || operator === '(' || operator === ')' ? ';' : (operator as ShellCommand['then']),
      )
      at += operator.length
    } else {
      const word = readWord(text, at)
      words.push(word)
      at += word.source.length
    }
  }
  end('')
  return commands
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

/** Reads one word from `start`, where a word begins; always takes at least one character. */
function readWord(text: string, start: number): ShellWord {
  let at = start
  let value = ''
  let isDynamic = false
  let quote = ''
  while (at < text.length) {
    const character = text[at]!
    if (text.startsWith('${{', at)) {
      const close = text.indexOf('}}', at)
      const end = close === -1 ? text.length : close + 2
      value += text.slice(at, end)
      at = end
      continue
    }
    if (quote === '' && ' \t\r\n;&|()'.includes(character)) break
    at += 1
    if (character === '\\' && quote !== "'" && at < text.length) {
      if (text[at] !== '\n') value += text[at]
      at += 1
    } else if (character === quote) quote = ''
    else if (quote === '' && (character === '"' || character === "'")) quote = character
    else {
      value += character
      if (quote !== "'" && (character === '$' || character === '`')) isDynamic = true
      if (quote === '' && '*?[<>{'.includes(character)) isDynamic = true
    }
  }
  return { text: value, source: text.slice(start, at), isDynamic }
}
