/** What git says about fixed commits never changes, so it is asked once. */

/** More answers than this and a long demo would keep every diff it ever saw. */
const answersMax = 2_000
const answers = new Map<string, Promise<unknown>>()

/** The remembered answer, or the computed one. The key must name the question and full shas. */
export function remember<Answer>(key: string, compute: () => Promise<Answer>): Promise<Answer> {
  const known = answers.get(key) as Promise<Answer> | undefined
  if (known) return known
  if (answers.size >= answersMax) answers.clear()
  const answer = compute()
  answers.set(key, answer)
  answer.catch(() => answers.delete(key))
  return answer
}
