/** Characters that a reader cannot see: found, and shown as visible escapes. */

/**
 * Controls (but tab and line feed), direction overrides, zero-width and other invisible characters,
 * variation selectors and tags. Emoji keep their joiner and their presentation selector.
 */
const hiddenClass =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f' +
  '\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb' +
  '\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}]|\\p{Surrogate}'

const emojiJoiner =
  '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]\\ufe0f?)\\u200d(?=\\p{Extended_Pictographic})' +
  '|(?<=\\p{Extended_Pictographic})\\ufe0f|(?<=[0-9#*])\\ufe0f(?=\\u20e3)'

const emojiOrHidden = new RegExp(`(?<emoji>${emojiJoiner})|(?<hidden>${hiddenClass})`, 'gu')

/** A quick look: most texts have none of these, and an emoji's own are sorted out afterwards. */
const anyHidden = new RegExp(hiddenClass, 'u')

/** The hidden characters of a text, in order. */
export function hiddenCharacters(text: string): string[] {
  if (!anyHidden.test(text)) return []
  const found: string[] = []
  for (const match of text.matchAll(emojiOrHidden)) {
    if (match.groups?.hidden !== undefined) found.push(match.groups.hidden)
  }
  return found
}

/** The text with each hidden character as an escape such as `\u{202e}`. */
export function showHidden(text: string): string {
  return text.replace(emojiOrHidden, (character, emoji: string | undefined) =>
    emoji === undefined ? escapeOf(character) : character,
  )
}

/** The text without its hidden characters. */
export function dropHidden(text: string): string {
  return text.replace(emojiOrHidden, (character, emoji: string | undefined) =>
    emoji === undefined ? '' : character,
  )
}

function escapeOf(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`
}
