/** The ways to turn this failure green that repair nothing. */
import type { Text } from '../../domain/text.ts'

/** One workaround each, with what it would lead to; the development file where the repository has one. */
export function refusedWorkarounds(developmentFile: string | null): Text[] {
  return [
    ...(developmentFile === null ? [] : [buildDevelopmentFile(developmentFile)]),
    {
      en: 'Ignore the error and go on with `|| true` or `continue-on-error`. The run would be green without an image.',
      ja: '`|| true` や `continue-on-error` でエラーを無視して続行する。イメージがないのに成功と表示されます。',
    },
    {
      en: 'Delete the Docker build step. Nobody would notice when the image stops building.',
      ja: 'Docker ビルドのステップを削除する。イメージがビルドできなくなっても誰も気づけません。',
    },
  ]
}

function buildDevelopmentFile(path: string): Text {
  return {
    en: `Use \`${path}\` in GitHub Actions. The shipped image would carry development tools, tests and a reloading server.`,
    ja: `GitHub Actions で \`${path}\` を使う。開発ツール、テスト、リロードするサーバーを含むイメージが出荷されてしまいます。`,
  }
}
