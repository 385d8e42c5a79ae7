/** Sentences that several recipes share. */
import type { Text } from '../../../domain/text.ts'

/** Where a release must migrate its database by itself; nothing for a project without migrations. */
export function migrationSteps(command: string | null): Text[] {
  if (command === null) return []
  return [
    {
      en: `Run \`${command}\` as a step of each release; the image does not do it at start.`,
      ja: `\`${command}\` をリリースのたびに実行してください。イメージは起動時に実行しません。`,
    },
  ]
}

/** What a project without a health route should get. */
export function addHealthRoute(route: string): Text {
  return {
    en: `Add a health route such as \`${route}\`; the health check now only opens a connection.`,
    ja: `\`${route}\` のようなヘルスチェック用の経路を追加してください。現在のヘルスチェックは接続を開くだけです。`,
  }
}

export const unsafeFolderName: Text = {
  en: 'A source folder has a name that is not safe to write into a Dockerfile.',
  ja: 'ソースフォルダーの名前に、Dockerfile に安全に書けない文字が含まれています。',
}

export const renameOrWrite: Text = {
  en: 'Rename it, or write the Dockerfile by hand.',
  ja: '改名するか、Dockerfile を手動で作成してください。',
}

export const severalFiles: Text = {
  en: 'The project has more than one file that could be started.',
  ja: 'プロジェクトに起動対象になり得るファイルが複数あります。',
}

export const whichToStart: Text = {
  en: 'Which one should the image start?',
  ja: 'イメージはどれを起動すべきですか。',
}
