/** The file is there under a name that differs only in case. */
import type { RuledOut } from '../../../domain/patch.ts'
import { type CauseAnswer, excluded } from '../cause.ts'
import { refusedWorkarounds } from '../refused-workarounds.ts'
import { renameInWorkflow } from '../rename-in-workflow.ts'
import type { Situation } from '../situation.ts'
import { workflowFacts } from '../workflow-facts.ts'
import { workflowPatch } from '../workflow-patch.ts'

/**
 * Where the workflow names a path, the path takes the file's case: one line, and nothing else that uses the
 * file breaks. Where the step relies on the default name, the file is renamed: that is what tools look for.
 */
export async function otherCase(situation: Situation, ruledOut: readonly RuledOut[]): Promise<CauseAnswer> {
  const { files, wanted, build } = situation
  const same = files.filter((path) => path.toLowerCase() === wanted.toLowerCase())
  const [found] = same
  if (found === undefined) {
    return excluded('The name differs in case', 'No file has this path in other upper and lower case.')
  }
  if (same.length > 1) return { kind: 'decline' }
  return build.fileText === null
    ? renameFile(situation, ruledOut, found)
    : correctCase(situation, ruledOut, found)
}

function correctCase(situation: Situation, ruledOut: readonly RuledOut[], found: string): CauseAnswer {
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, found),
    title: `Write ${found} as the file is spelled`,
    rootCause: [
      `The workflow asks for ${situation.wanted}; the file is ${found}.`,
      'Names are case-sensitive on the Linux runner, unlike on the file systems of macOS and Windows.',
    ],
    summary: 'Corrects the case in the workflow: one line, and nothing else that uses the file changes.',
    reason: `The file's name is ${found}.`,
    untouched: [{ path: found, reason: 'It is right; only its spelling in the workflow was wrong.' }],
  })
}

async function renameFile(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  found: string,
): Promise<CauseAnswer> {
  const text = await situation.read(found)
  if (text === null) return { kind: 'decline' }
  const reason = 'The step names no file, so the builder looks for the default name, which is case-sensitive.'
  return {
    kind: 'found',
    draft: {
      kind: 'patch',
      patch: {
        author: { kind: 'playbook', name: 'missing-dockerfile' },
        title: `Rename ${found} to ${situation.wanted}`,
        rootCause: [`The builder looks for ${situation.wanted}; the file is ${found}.`, reason],
        summary: 'Renames the file to the name that builders look for; its text does not change.',
        changes: [
          { path: found, mode: '100644', before: text, after: null, reason },
          { path: situation.wanted, mode: '100644', before: null, after: text, reason },
        ],
        offers: [],
        ruledOut: [...ruledOut],
        refusedWorkarounds: refusedWorkarounds(null),
        untouched: [{ path: situation.workflowPath, reason: 'The default name is right.' }],
        nextSteps: [],
        facts: workflowFacts(situation),
      },
    },
  }
}
