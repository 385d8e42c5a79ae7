/** Titles of gates and checks in the report's language; an unknown id keeps the title that it brought. */
import type { Language } from '../../domain/report.ts'
import type { Check } from '../../domain/verdict.ts'

type Titles = Readonly<Record<string, readonly [en: string, ja: string]>>

const titles: Titles = {
  E1: ['The file parses', '構文が正しい'],
  E2: [
    'Every COPY source exists after `.dockerignore`',
    '`.dockerignore` 適用後もすべての COPY 元が存在する',
  ],
  E3: [
    'Every `--from` names an earlier stage, image or context',
    'すべての `--from` が既出のステージ・イメージ・コンテキストを指す',
  ],
  E4: ['CMD and ENTRYPOINT in exec form', 'CMD と ENTRYPOINT が exec 形式'],
  E5: [
    'The start command’s program is on PATH in the final stage',
    '起動コマンドのプログラムが最終ステージの PATH 上にある',
  ],
  E6: [
    'The start command’s module or file is among what was copied',
    '起動対象のモジュールまたはファイルがコピーされている',
  ],
  E7: ['The final USER is numeric and not root', '最終の USER が数値指定の非root'],
  E8: [
    'No reload, development or debug mode in the start command',
    '起動コマンドにリロード・開発・デバッグモードがない',
  ],
  E9: [
    'No secret in ARG or ENV, no COPY of `.env` or keys',
    'ARG・ENV に秘密情報がなく、`.env` や鍵をコピーしない',
  ],
  E10: [
    'Lock file present where a frozen install is used',
    '固定インストールを使う場合はロックファイルがある',
  ],
  E11: [
    'Base image has an explicit tag other than `latest`',
    'ベースイメージのタグが明示され `latest` ではない',
  ],
  E12: ['Base image is still maintained', 'ベースイメージが保守期間内'],
  E13: [
    'The workflow’s build arguments are declared and in scope',
    'ワークフローの build-args が宣言され有効範囲内にある',
  ],
  E14: ['The workflow’s `target` exists as a stage', 'ワークフローの `target` がステージとして存在する'],
  E15: ['The path is the one that the workflow names', 'パスがワークフローの指定と一致する'],
  E16: ['No ignored errors', 'エラーの握りつぶしがない'],
  E17: [
    'The base image supports the workflow’s platforms',
    'ベースイメージがワークフローのプラットフォームに対応する',
  ],
  E18: [
    'EXPOSE, health check and start command agree on the port',
    'EXPOSE・ヘルスチェック・起動コマンドのポートが一致する',
  ],
  E19: ['The same installation path in all stages', 'インストール先のパスが全ステージで同じ'],
  E20: ['No absolute path of the host in COPY', 'COPY にホストの絶対パスがない'],
  W21: ['Manifest copied before the source', 'マニフェストをソースより先にコピーする'],
  W22: [
    'apt update and install in one RUN, lists removed',
    'apt の update と install が一つの RUN にあり、一覧を削除する',
  ],
  W23: ['Several stages, no compilers in the last one', 'マルチステージで、最終ステージにコンパイラがない'],
  W24: ['No development dependencies at run time', '実行環境に開発用の依存関係がない'],
  W25: [
    'Health check on 127.0.0.1, without an extra package',
    'ヘルスチェックが 127.0.0.1 宛で、追加パッケージが不要',
  ],
  W26: ['SIGTERM is handled, or an init passes it on', 'SIGTERM を処理するか、init が中継する'],
  W27: ['Tests and `.git` not copied', 'テストと `.git` をコピーしない'],
  W28: ['The code is not writable for the user', '実行ユーザーがコードを書き換えられない'],
  W29: ['Shell entry points executable, with LF', 'シェルのエントリーポイントが実行可能で LF 改行'],
  I30: ['Cache mount', 'キャッシュマウント'],
  I31: ['Digest offered', 'ダイジェスト固定の提案'],
  I32: ['Labels', 'ラベル'],
  E33: [
    'No build context of the workflow has a stage’s name',
    'ワークフローの build-contexts 名がステージ名と重ならない',
  ],
  R1: ['Builds', 'ビルドできる'],
  R2: ['Starts and stays up', '起動し、動き続ける'],
  R3: ['The endpoint answers 200', 'エンドポイントが 200 を返す'],
  R4: ['The health check passes', 'ヘルスチェックが成功する'],
  R5: ['The process is not root', 'プロセスが root ではない'],
  R6: ['SIGTERM ends it in under 10 s', 'SIGTERM で 10 秒以内に終了する'],
  R7: ['Size, measured', 'サイズの実測'],
  R8: [
    'A rebuild after a source edit reuses the dependency layer',
    'ソース変更後の再ビルドで依存関係の層を再利用する',
  ],
  'paths-and-modes': ['Paths and modes', 'パスとファイルモード'],
  size: ['Patch size', 'パッチの大きさ'],
  text: ['Visible text', '見えない文字'],
  secrets: ['Secrets', '秘密情報'],
  'workflow-workarounds': ['Workarounds in workflows', 'ワークフローの回避策'],
  'code-workarounds': ['Workarounds in code and tests', 'コードとテストの回避策'],
  dependencies: ['New dependencies', '新しい依存関係'],
  syntax: ['Syntax', '構文'],
  dockerfile: ['Dockerfile checks', 'Dockerfile の検査'],
  'same-workflow': ['The same workflow ran on the fix commit', '修正コミットで同じワークフローが実行された'],
  'run-succeeded': ['The run succeeded', '実行が成功した'],
  'failed-jobs-succeed': ['The jobs that failed now succeed', '失敗していたジョブが成功した'],
  'no-job-lost': [
    'No job that passed before fails, is skipped or is gone',
    '以前成功したジョブに失敗・スキップ・消失がない',
  ],
  'tests-kept': ['No fewer tests ran than before', '実行されたテスト数が減っていない'],
}

/** The title of a check in the report's language. May hold code spans. */
export function checkTitle({ id, title }: Pick<Check, 'id' | 'title'>, language: Language): string {
  const known = Object.hasOwn(titles, id) ? titles[id] : undefined
  return known?.[language === 'en' ? 0 : 1] ?? title
}
