/**
 * What playbooks write, in Japanese. `{}` stands for a name or path; a slot whose text is itself a phrase
 * is translated too. A sentence without a phrase is shown as it was written.
 */

type Phrase = readonly [english: string, japanese: string]

const rootCauses: readonly Phrase[] = [
  ['{} does not exist.', '`{0}` が存在しません。'],
  ['Only {} exists, which is for development.', '存在するのは開発用の `{0}` だけです。'],
  [
    'The job "{}" builds a production image that nobody has described yet.',
    'ジョブ `{0}` は本番用イメージをビルドしますが、その定義がまだありません。',
  ],
  [
    '{} is in the repository, but not on the runner.',
    '`{0}` はリポジトリにありますが、ランナーにはありません。',
  ],
  [
    'Names are case-sensitive on the Linux runner, unlike on the file systems of macOS and Windows.',
    'Linux ランナーでは、macOS や Windows のファイルシステムと違って大文字と小文字が区別されます。',
  ],
  ['The Dockerfile is {}.', 'Dockerfile は `{0}` にあります。'],
  [
    'The builder looks for {}; the file is {}.',
    'ビルダーが探すのは `{0}` ですが、実際のファイル名は `{1}` です。',
  ],
  [
    'The workflow asks for {}; the file is {}.',
    'ワークフローの指定は `{0}` ですが、実際のファイル名は `{1}` です。',
  ],
  [
    'The job "{}" builds an image from a path of the workspace.',
    'ジョブ `{0}` はワークスペースのパスからイメージをビルドします。',
  ],
  [
    'The job has no actions/checkout step, so the workspace is empty.',
    'このジョブには actions/checkout のステップがないため、ワークスペースが空です。',
  ],
  [
    'The repository has one Dockerfile that fits this context: {}.',
    'このコンテキストに合う Dockerfile は、リポジトリに一つだけあります: `{0}`',
  ],
  [
    'The sparse checkout lists other folders and leaves {} out.',
    'sparse checkout の対象に `{0}` が含まれていません。',
  ],
  ['The step "{}" reads {}, which does not exist.', 'ステップ `{0}` が読み込む `{1}` は存在しません。'],
  ['The step has the context {} and the file {}.', 'ステップの context は `{0}`、file は `{1}` です。'],
  [
    'The step names no file, so the builder looks for the default name, which is case-sensitive.',
    'ステップにファイル名の指定がないため、ビルダーは既定の名前を探します。大文字と小文字は区別されます。',
  ],
  ['The workflow still asks for the old name.', 'ワークフローは古い名前を指定したままです。'],
  ['This change renames {} to {}.', 'この変更で `{0}` が `{1}` に改名されました。'],
  [
    'actions/checkout leaves submodules out unless it is told otherwise.',
    'actions/checkout は、指定がない限りサブモジュールを取得しません。',
  ],
  ['{} is in the repository.', '`{0}` はリポジトリにあります。'],
  ['{} is part of the submodule {}.', '`{0}` はサブモジュール `{1}` に含まれています。'],
  [
    'docker/build-push-action reads `file` relative to the workspace, not to the context.',
    'docker/build-push-action の `file` は、コンテキストではなくワークスペースからの相対パスです。',
  ],
]

const descriptions: readonly Phrase[] = [
  [
    'a Python image of two stages that installs {}, copies the application alone and runs {} as user {}',
    '{0}をインストールし、アプリケーションだけをコピーして、`{1}` をユーザー {2} で実行する 2 ステージの Python イメージ',
  ],
  [
    'a Python image that copies the application alone and runs {} as user {}',
    'アプリケーションだけをコピーし、`{0}` をユーザー {1} で実行する Python イメージ',
  ],
  [
    'a Node image of two stages that builds the application, ships the result with its production dependencies and runs {} as user {}',
    'アプリケーションをビルドし、成果物と本番用の依存関係だけを含めて、`{0}` をユーザー {1} で実行する 2 ステージの Node イメージ',
  ],
  [
    'a Node image of two stages that ships the sources with their production dependencies and runs {} as user {}',
    'ソースと本番用の依存関係だけを含めて、`{0}` をユーザー {1} で実行する 2 ステージの Node イメージ',
  ],
  [
    'an image that builds the {} application and ships it with its production dependencies as user {}',
    '{0} アプリケーションをビルドし、本番用の依存関係とともにユーザー {1} で実行するイメージ',
  ],
  [
    'an image that builds the {} application and ships its standalone output as user {}',
    '{0} アプリケーションをビルドし、standalone 出力だけをユーザー {1} で実行するイメージ',
  ],
  [
    'an image that builds the {} site and serves {} by nginx as user {} on port {}',
    '{0} サイトをビルドし、`{1}` を nginx（ユーザー {2}、ポート {3}）で配信するイメージ',
  ],
  ['the requirements file', 'requirements ファイルの依存関係'],
  ['the declared dependencies', '宣言された依存関係'],
  ['what Poetry locked', 'Poetry が固定した依存関係'],
  ['what uv.lock names', 'uv.lock に記載された依存関係'],
]

const summaries: readonly Phrase[] = [
  [
    'Adds actions/checkout@{} as the first step of the job. The Dockerfile exists and stays as it is.',
    'ジョブの最初のステップとして `actions/checkout@{0}` を追加します。Dockerfile は存在しており、変更しません。',
  ],
  [
    'Adds {} to the sparse checkout. The Dockerfile stays as it is.',
    'sparse checkout の対象に `{0}` を追加します。Dockerfile は変更しません。',
  ],
  ['Adds {}: {}.', '`{0}` を追加します: {1}。'],
  [
    'Corrects the case in the workflow: one line, and nothing else that uses the file changes.',
    'ワークフローの大文字・小文字を修正します。変更は 1 行だけで、このファイルを使う他の箇所には影響しません。',
  ],
  [
    'Corrects the path in the workflow. {} stays as it is.',
    'ワークフローのパスを修正します。`{0}` は変更しません。',
  ],
  ['Lets the checkout fetch submodules.', 'チェックアウト時にサブモジュールも取得します。'],
  [
    'Renames the file to the name that builders look for; its text does not change.',
    'ファイル名を、ビルダーが探す名前に変更します。内容は変わりません。',
  ],
  [
    'Takes the rename over into the workflow. The Dockerfile stays as it is.',
    '改名をワークフローに反映します。Dockerfile は変更しません。',
  ],
  [
    'Writes the path of {} as the builder reads it. The Dockerfile stays as it is.',
    '`{0}` のパスを、ビルダーの読み方に合わせて書きます。Dockerfile は変更しません。',
  ],
]

const reasons: readonly Phrase[] = [
  ['It hides {}, which the build copies.', 'ビルドでコピーする `{0}` が隠されています。'],
  [
    'Keeps environment files, caches and tests out of the build context.',
    '環境変数ファイル、キャッシュ、テストをビルドコンテキストから除外します。',
  ],
  [
    'Serves the built files on a port that needs no root, and sends unknown paths where the site expects them.',
    'ビルドしたファイルを root 権限の要らないポートで配信し、未知のパスをサイトの想定どおりに転送します。',
  ],
  [
    'The Dockerfile is {}; the old path pointed next to it.',
    'Dockerfile は `{0}` にあり、以前のパスはその隣を指していました。',
  ],
  [
    'The build reads {}, which the checkout left out.',
    'ビルドが読み込む `{0}` は、チェックアウトの対象外でした。',
  ],
  [
    'The build reads files of the repository, which are there only after a checkout.',
    'ビルドはリポジトリのファイルを読み込みますが、チェックアウトするまで存在しません。',
  ],
  ['The change renamed {} to {}.', 'この変更で `{0}` は `{1}` に改名されています。'],
  ['The file’s name is {}.', 'ファイル名は `{0}` です。'],
  ["The file's name is {}.", 'ファイル名は `{0}` です。'],
  [
    'The workflow builds {}, which nobody wrote: {}.',
    'ワークフローは `{0}` をビルドしますが、作成されていませんでした。内容: {1}。',
  ],
  [
    'Without submodules the folder {} is empty on the runner.',
    'サブモジュールを取得しないと、ランナー上の `{0}` は空のままです。',
  ],
  [
    '{} is the only Dockerfile whose sources this build context holds.',
    'このビルドコンテキストにソースがそろっている Dockerfile は `{0}` だけです。',
  ],
  [
    'Keeps built layers between runs. `mode=max` also keeps those of the build stage.',
    'ビルドした層を次の実行でも再利用します。`mode=max` ではビルドステージの層も保持します。',
  ],
]

const ruledOut: readonly Phrase[] = [
  ['A production Dockerfile has another suffix', '本番用 Dockerfile が別の接尾辞を持つ'],
  ['{} is for development and no answer for production.', '`{0}` は開発用であり、本番には使えません。'],
  [
    'There is no Dockerfile with a suffix in this folder.',
    'このフォルダーに接尾辞付きの Dockerfile はありません。',
  ],
  [
    'An earlier step makes the Dockerfile and did not',
    '前のステップが作るはずの Dockerfile が作られていない',
  ],
  [
    'No step before the build writes, copies or downloads a file of this name.',
    'ビルド前のステップに、この名前のファイルを作成・コピー・ダウンロードするものはありません。',
  ],
  ['The Dockerfile is git-ignored', 'Dockerfile が .gitignore の対象になっている'],
  [
    'No .gitignore of the repository covers {}.',
    'リポジトリのどの .gitignore も `{0}` を対象にしていません。',
  ],
  ['The Dockerfile lies in another folder', 'Dockerfile が別のフォルダーにある'],
  ['The repository has no other file of this name.', 'リポジトリに同名のファイルは他にありません。'],
  ['{} belongs to the project in {}.', '`{0}` は `{1}` のプロジェクトのものです。'],
  ['The build context does not exist', 'ビルドコンテキストが存在しない'],
  ['The root has files at this commit.', 'このコミットのルートにはファイルがあります。'],
  ['{} has files at this commit.', 'このコミットの `{0}` にはファイルがあります。'],
  ['The change deleted or renamed the Dockerfile', 'この変更で Dockerfile が削除または改名された'],
  [
    'Not checked: there is no earlier green run to compare with.',
    '未確認: 比較できる成功した実行がありません。',
  ],
  ['The file was not fetched', 'ファイルが取得されていない'],
  [
    'It is in no submodule, and the checkout is not sparse.',
    'サブモジュール内のファイルではなく、sparse checkout も使われていません。',
  ],
  ['The job has no checkout step', 'ジョブにチェックアウトのステップがない'],
  [
    'Line {} of the workflow checks the repository out.',
    'ワークフローの {0} 行目でチェックアウトしています。',
  ],
  ['The name differs in case', '大文字・小文字が異なる'],
  [
    'No file has this path in other upper and lower case.',
    '大文字・小文字だけが異なるパスのファイルはありません。',
  ],
  ['The path is written relative to the context', 'パスがコンテキストからの相対で書かれている'],
  [
    'The context is the root, so both readings are the same path.',
    'コンテキストはルートなので、どちらの読み方でも同じパスです。',
  ],
  [
    'The step names no path and takes the default of its context.',
    'ステップにパスの指定がなく、コンテキストの既定値が使われます。',
  ],
  ['There is no {} either.', '`{0}` も存在しません。'],
]

const untouched: readonly Phrase[] = [
  ['It exists; only the checkout left it out.', '存在しており、チェックアウトの対象外だっただけです。'],
  ['It exists; only the checkout was missing.', '存在しており、チェックアウトが欠けていただけです。'],
  [
    'It is right; only its spelling in the workflow was wrong.',
    '正しいファイルで、ワークフローの表記だけが誤っていました。',
  ],
  [
    'It is the production Dockerfile; only its path in the workflow was wrong.',
    '本番用 Dockerfile で、ワークフローのパスだけが誤っていました。',
  ],
  ['It is the same Dockerfile under its new name.', '新しい名前になった同じ Dockerfile です。'],
  [
    'It names the right path; the file was missing.',
    '正しいパスを指定しています。欠けていたのはファイルです。',
  ],
  [
    'It was right all along; only its path in the workflow was wrong.',
    'もともと正しく、ワークフローのパスだけが誤っていました。',
  ],
  ['Stays for development.', '開発用として継続使用します。'],
  ['The default name is right.', '既定の名前で正しく動作します。'],
]

const nextSteps: readonly Phrase[] = [
  [
    'Add a health route such as {}; the health check now only opens a connection.',
    '{0} のようなヘルスチェック用の経路を追加してください。現在のヘルスチェックは接続を開くだけです。',
  ],
  [
    'Commit a lock file (uv or pip-tools), so that two builds install the same versions.',
    'ロックファイル（uv または pip-tools）をコミットすると、いつビルドしても同じバージョンが入ります。',
  ],
  [
    'Decide where static files are collected and served; the image does not run `collectstatic`.',
    '静的ファイルの収集先と配信方法を決めてください。イメージは `collectstatic` を実行しません。',
  ],
  [
    'If {} is a private repository, give the checkout a token that can read it.',
    '`{0}` が非公開リポジトリの場合は、読み取れるトークンをチェックアウトに渡してください。',
  ],
  [
    'Run {} as a step of each release; the image does not do it at start.',
    '{0} をリリースのたびに実行してください。イメージは起動時に実行しません。',
  ],
  [
    "Set `output: 'standalone'` in next.config if a smaller image is wanted; the Dockerfile then copies less.",
    "イメージを小さくする場合は next.config に `output: 'standalone'` を設定してください。Dockerfile がコピーする量が減ります。",
  ],
  [
    'Take the offered build cache if repeated builds are slow; it uses the cache quota of the repository.',
    '繰り返しのビルドが遅い場合は、提案したビルドキャッシュを採用してください。リポジトリのキャッシュ容量を使います。',
  ],
]

const human: readonly Phrase[] = [
  [
    'Should the job build this file instead of {}?',
    'ジョブは `{0}` の代わりにこのファイルをビルドすべきですか。',
  ],
  ['Was the deletion meant?', '削除は意図したものですか。'],
  [
    'Which Dockerfile should be built instead of {}?',
    '`{0}` の代わりに、どの Dockerfile をビルドすべきですか。',
  ],
  ['Which application should the image start?', 'イメージはどのアプリケーションを起動すべきですか。'],
  ['Which server should the project depend on?', 'プロジェクトはどのサーバーを依存関係に加えるべきですか。'],
  [
    '{} does not exist, and several Dockerfiles fit this build context.',
    '`{0}` は存在せず、このビルドコンテキストに合う Dockerfile が複数あります。',
  ],
  [
    '{} does not exist, but {} would build from this context.',
    '`{0}` は存在しませんが、`{1}` ならこのコンテキストからビルドできます。',
  ],
  [
    '{} is ignored by line {} of {}, so it was never committed.',
    '`{0}` は `{2}` の {1} 行目で無視されているため、コミットされていません。',
  ],
  [
    'Flask’s own development server is not for production, and no production server is among the dependencies.',
    'Flask 付属の開発用サーバーは本番には使えず、依存関係に本番用サーバーがありません。',
  ],
  [
    "Flask's own development server is not for production, and no production server is among the dependencies.",
    'Flask 付属の開発用サーバーは本番には使えず、依存関係に本番用サーバーがありません。',
  ],
  [
    'The build step passes a secret as a build argument, which stays readable in the image.',
    'ビルドステップが秘密情報をビルド引数で渡しており、イメージから読み取れる状態になります。',
  ],
  [
    'The project has more than one application object, and nothing says which one production serves.',
    'プロジェクトにアプリケーションオブジェクトが複数あり、本番用がどれかを示す記述がありません。',
  ],
  [
    'This change deletes {}, which the job "{}" still builds.',
    'この変更は `{0}` を削除しますが、ジョブ `{1}` はまだそれをビルドします。',
  ],
  [
    'Add the server to the dependencies; the next run can then be repaired.',
    'サーバーを依存関係に追加してください。次の実行から修復できます。',
  ],
  [
    'If not, say so, and {} can be written.',
    'そうでない場合はその旨を伝えてください。`{0}` を作成できます。',
  ],
  [
    'If that is the production image, set `file:` of the build step to it.',
    'それが本番用イメージであれば、ビルドステップの `file:` に指定してください。',
  ],
  [
    'If the file is on your disk, commit it: {}, and narrow line {} of {}.',
    'ファイルが手元にある場合は {0} でコミットし、`{2}` の {1} 行目の範囲を狭めてください。',
  ],
  [
    'If the image is no longer wanted, remove its job from {} in the same change.',
    'イメージが不要になった場合は、同じ変更で `{0}` からそのジョブを削除してください。',
  ],
  [
    'If there is no such file yet, remove that line first; the next run can then be repaired.',
    'ファイルがまだない場合は、先にその行を削除してください。次の実行から修復できます。',
  ],
  [
    'Pass it through `secrets:` of the build step and mount it where it is used.',
    'ビルドステップの `secrets:` で渡し、使う箇所でマウントしてください。',
  ],
  [
    'Set `file:` of the build step to the Dockerfile that this job should build.',
    'ビルドステップの `file:` に、このジョブがビルドすべき Dockerfile を指定してください。',
  ],
  ['To keep the image, restore the file: {}.', 'イメージを残す場合は、ファイルを復元してください: {0}'],
]

/** More specific phrases come first: a slot takes any text. */
const phrases = [
  ...human,
  ...nextSteps,
  ...untouched,
  ...reasons,
  ...summaries,
  ...descriptions,
  ...ruledOut,
  ...rootCauses,
]
  .map(([english, japanese]) => ({
    pattern: patternOf(english),
    japanese,
    slots: english.split('{}').length - 1,
  }))
  .sort((left, right) => left.slots - right.slots)

/** A longer sentence is no phrase of ours. */
const sentenceCharsMax = 400

/** The Japanese of a playbook's sentence; null where there is none. */
export function japanesePhrase(text: string): string | null {
  if (text.length > sentenceCharsMax) return null
  for (const { pattern, japanese } of phrases) {
    const match = pattern.exec(text)
    if (match) return filled(japanese, match.slice(1))
  }
  return null
}

function patternOf(english: string): RegExp {
  const parts = english.split('{}').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('(.{1,200}?)')}$`)
}

function filled(japanese: string, slots: readonly string[]): string {
  return japanese.replaceAll(/(?<tick>`?)\{(?<index>[0-9])\}/g, (_, tick: string, index: string) => {
    const slot = slots[Number(index)] ?? ''
    if (tick !== '') return `${tick}${slot.replaceAll('`', "'")}`
    return descriptionOf(slot) ?? slot
  })
}

function descriptionOf(slot: string): string | null {
  return /^(?:an?|the|what) /.test(slot) ? japanesePhrase(slot) : null
}
