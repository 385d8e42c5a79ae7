/** What may be written into a Dockerfile. Everything read from the repository passes one of these. */

/** A Python module path with an attribute, such as `src.main:app`. */
export function isModuleTarget(text: string): boolean {
  return (
    text.length <= 200 && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\(\))?$/.test(text)
  )
}

/** A Python module path, such as `shop.wsgi`. */
export function isModulePath(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text)
}

/** A path below the context without characters that a shell, JSON or Docker reads differently. */
export function isPlainPath(text: string): boolean {
  return (
    text.length <= 200 && /^(?!.*\.\.)[A-Za-z0-9_@.][\w@.+-]*(\/[A-Za-z0-9_@.[\]()][\w@.+-]*)*\/?$/.test(text)
  )
}

/** A word of a start command. Quotes, spaces, line breaks and shell characters are not among them. */
export function isCommandWord(text: string): boolean {
  return text.length > 0 && text.length <= 200 && /^[\w./:=@,+%-]+$/.test(text)
}

/** A version such as `3.13` or `24`. */
export function isVersion(text: string): boolean {
  return /^\d{1,4}(\.\d{1,4}){0,2}$/.test(text)
}

/** A name of a build argument. */
export function isVariableName(text: string): boolean {
  return text.length <= 100 && /^[A-Za-z_]\w*$/.test(text)
}

/** The exec form that Docker reads, with a space after each comma. */
export function execForm(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}
