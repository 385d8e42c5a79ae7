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
    return excluded(
      { en: 'The name differs in case', ja: '大文字・小文字が異なる' },
      {
        en: 'No file has this path in other upper and lower case.',
        ja: '大文字・小文字だけが異なるパスのファイルはありません。',
      },
    )
  }
  if (same.length > 1) return { kind: 'decline' }
  return build.fileText === null
    ? renameFile(situation, ruledOut, found)
    : correctCase(situation, ruledOut, found)
}

function correctCase(situation: Situation, ruledOut: readonly RuledOut[], found: string): CauseAnswer {
  return workflowPatch(situation, ruledOut, {
    text: renameInWorkflow(situation, found),
    title: {
      en: `Write ${found} as the file is spelled`,
      ja: `${found} を実際のファイル名どおりに書く`,
    },
    rootCause: [
      {
        en: `The workflow asks for \`${situation.wanted}\`; the file is \`${found}\`.`,
        ja: `ワークフローの指定は \`${situation.wanted}\` ですが、実際のファイル名は \`${found}\` です。`,
      },
      {
        en: 'Names are case-sensitive on the Linux runner, unlike on the file systems of macOS and Windows.',
        ja: 'Linux ランナーでは、macOS や Windows のファイルシステムと違って大文字と小文字が区別されます。',
      },
    ],
    summary: {
      en: 'Corrects the case in the workflow: one line, and nothing else that uses the file changes.',
      ja: 'ワークフローの大文字・小文字を修正します。変更は 1 行だけで、このファイルを使う他の箇所には影響しません。',
    },
    reason: { en: `The file's name is \`${found}\`.`, ja: `ファイル名は \`${found}\` です。` },
    untouched: [
      {
        path: found,
        reason: {
          en: 'It is right; only its spelling in the workflow was wrong.',
          ja: '正しいファイルで、ワークフローの表記だけが誤っていました。',
        },
      },
    ],
  })
}

async function renameFile(
  situation: Situation,
  ruledOut: readonly RuledOut[],
  found: string,
): Promise<CauseAnswer> {
  const text = await situation.read(found)
  if (text === null) return { kind: 'decline' }
  const reason = {
    en: 'The step names no file, so the builder looks for the default name, which is case-sensitive.',
    ja: 'ステップにファイル名の指定がないため、ビルダーは既定の名前を探します。大文字と小文字は区別されます。',
  }
  return {
    kind: 'found',
    draft: {
      kind: 'patch',
      patch: {
        author: { kind: 'playbook', name: 'missing-dockerfile' },
        title: {
          en: `Rename ${found} to ${situation.wanted}`,
          ja: `${found} を ${situation.wanted} に改名する`,
        },
        rootCause: [
          {
            en: `The builder looks for \`${situation.wanted}\`; the file is \`${found}\`.`,
            ja: `ビルダーが探すのは \`${situation.wanted}\` ですが、実際のファイル名は \`${found}\` です。`,
          },
          reason,
        ],
        summary: {
          en: 'Renames the file to the name that builders look for; its text does not change.',
          ja: 'ファイル名を、ビルダーが探す名前に変更します。内容は変わりません。',
        },
        changes: [
          { path: found, mode: '100644', before: text, after: null, reason },
          { path: situation.wanted, mode: '100644', before: null, after: text, reason },
        ],
        offers: [],
        ruledOut: [...ruledOut],
        refusedWorkarounds: refusedWorkarounds(null),
        untouched: [
          {
            path: situation.workflowPath,
            reason: { en: 'The default name is right.', ja: '既定の名前で正しく動作します。' },
          },
        ],
        nextSteps: [],
        facts: workflowFacts(situation),
      },
    },
  }
}
