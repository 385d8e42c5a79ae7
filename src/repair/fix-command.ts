/** Recognises the `/fix` command in a comment. */

interface Comment {
  sender: { type: string }
  issue: { pull_request?: unknown; state: string }
  comment: { body: string }
}

/**
 * True for a comment of a person, in an open pull request, whose first line is `/fix`.
 * Quoted or fenced text, look-alike characters and other commands are not the command.
 */
export function isFixCommand({ sender, issue, comment }: Comment): boolean {
  if (sender.type !== 'User' || !issue.pull_request || issue.state !== 'open') return false
  const [firstLine] = comment.body.split(/\r?\n/, 1)
  return firstLine?.trimEnd() === '/fix'
}
