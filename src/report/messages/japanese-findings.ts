/** What the findings of the gates mean, in Japanese: what is wrong and what to do instead. */
export const japaneseFindings: Readonly<Record<string, string>> = {
  'gate/failed':
    'ゲートが確認を終えられなかったため、パッチを通せません。Regreen の不具合として報告してください。',
  'path/absolute': 'パスがリポジトリの外から始まっています。リポジトリからの相対パスにしてください。',
  'path/backslash': 'Windows ではバックスラッシュがフォルダーの区切りになります。`/` を使ってください。',
  'path/case-collision':
    '大文字・小文字を区別しない環境では同じ名前になり、一方が上書きされます。別の名前にしてください。',
  'path/git-directory': 'Git の内部フォルダーを指しています。別のパスにしてください。',
  'path/hidden-character': 'パスに見えない文字が含まれています。見える文字だけにしてください。',
  'path/mixed-script': 'ラテン文字と、よく似た別の文字が混ざっています。一種類の文字にそろえてください。',
  'path/mode-changed': 'ファイルモードの変更は差分の本文に現れません。モードは元のままにしてください。',
  'path/reserved-name': 'Windows で使えない名前です。別の名前にしてください。',
  'path/stale': '失敗したコミットの内容と一致しません。失敗したコミットから作り直してください。',
  'path/submodule': 'サブモジュールは別のリポジトリのものです。そちらで変更してください。',
  'path/symbolic-link':
    'シンボリックリンクを通すと、差分とは別の場所が変わります。実際のファイルを変更してください。',
  'path/too-long': 'パスが長すぎます。短くしてください。',
  'path/traversal': 'パスに空の部分、`.`、`..` が含まれています。単純な相対パスにしてください。',
  'protected/agent-instructions': '以後のエージェントを左右するファイルです。変更は人が行ってください。',
  'protected/bot-config': 'Regreen の権限を定めるファイルです。変更は人が行ってください。',
  'protected/ci-config': '他の CI の設定は Regreen では検証できません。変更は人が行ってください。',
  'protected/code-owners': '承認者を決めるファイルです。変更は人が行ってください。',
  'protected/container-file':
    'コンテナ・ビルドファイルを変更できるのは devops-coordinator とプレイブックだけです。',
  'protected/editor-config': 'フォルダーを開いた人の環境で実行されるファイルです。変更は人が行ってください。',
  'protected/environment-file': '環境変数と秘密情報のファイルです。変更は人が行ってください。',
  'protected/git-file': 'Git の設定やフックは変更できません。',
  'protected/github-settings': 'GitHub の設定ファイルです。変更は人が行ってください。',
  'protected/lock-file': 'ロックファイルは、それを管理するツールで再生成してください。',
  'protected/manifest': 'パッケージの定義を変更できるのは backend-developer とプレイブックだけです。',
  'protected/registry-config': 'パッケージの取得元を決めるファイルです。変更は人が行ってください。',
  'protected/workflow':
    'ワークフローを変更できるのはプレイブックだけです。原因を別の場所で直すか、人に任せてください。',
  'size/binary': 'バイナリの変更はレビューできません。CI で生成してください。',
  'size/file-too-large': 'ファイルが大きすぎて読み返せません。分割するか、人に任せてください。',
  'size/no-change': '実質的な変更がありません。原因を直す変更にしてください。',
  'size/too-many-files': 'ファイル数が多すぎて最後まで読まれません。原因に必要な変更だけにしてください。',
  'size/too-many-lines': '行数が多すぎて最後まで読まれません。原因に必要な変更だけにしてください。',
  'text/hidden-character':
    '見えない文字は、見た目と違う動作を隠せます。使わないか、エスケープで書いてください。',
  'text/overlong-line': '長すぎる行はレビューできません。読める行に分けるか、CI で生成してください。',
  'secret/api-key': 'API キーと思われる値です。シークレットの名前で参照し、実在する値なら更新してください。',
  'secret/bearer-token':
    'Bearer トークンと思われる値です。シークレットの名前で参照し、実在する値なら更新してください。',
  'secret/json-web-token':
    'JSON Web Token と思われる値です。シークレットの名前で参照し、実在する値なら更新してください。',
  'secret/known-token':
    'トークンと思われる値です。シークレットの名前で参照し、実在する値なら更新してください。',
  'secret/password':
    'パスワードと思われる値です。シークレットの名前で参照し、実在する値なら更新してください。',
  'secret/private-key': '秘密鍵と思われる値です。リポジトリに入れず、実在する鍵なら更新してください。',
  'workflow/action-owner-changed':
    'これまで使っていない所有者のアクションは、ジョブの権限で動きます。使用中の所有者のものにするか、人が判断してください。',
  'workflow/action-replaced':
    'ステップは残っても、元の処理が行われなくなります。元のアクションを残し、失敗の原因を直してください。',
  'workflow/action-unpinned': '所有者がいつでも内容を変えられます。コミット全体で固定してください。',
  'workflow/check-forced': 'ツールが報告した競合を無視して進みます。競合そのものを解消してください。',
  'workflow/check-skipped': '検査が実行されないまま合格になります。検査を実行し、指摘を直してください。',
  'workflow/command-removed':
    'コマンドが行っていた処理がなくなります。残すか、同じ処理に置き換えてください。',
  'workflow/command-replaced':
    'ステップは名前だけが残り、何も検査しません。コマンドを残し、失敗の原因を直してください。',
  'workflow/condition-added': '条件が成立しないと検査されずに成功します。条件を付けないでください。',
  'workflow/condition-changed':
    'これまで実行されていた場面で実行されない可能性があります。実行されることを確認してください。',
  'workflow/condition-never':
    '決して実行されないのに成功と数えられます。実行を残し、失敗の原因を直してください。',
  'workflow/continue-on-error': '失敗しても成功と表示され、誰も気づけません。失敗の原因を直してください。',
  'workflow/development-dockerfile':
    '開発ツールやテストを含むイメージが製品として出荷されます。本番用 Dockerfile を作成してください。',
  'workflow/error-ignored': 'コマンドが失敗してもステップが成功します。失敗させ、その原因を直してください。',
  'workflow/fail-fast-off': '失敗が遅れて出るだけで、原因は残ります。失敗する組み合わせを直してください。',
  'workflow/fallback-added':
    '失敗時に別の処理の結果で置き換わります。失敗が失敗のままになることを確認してください。',
  'workflow/file-created': '新しいワークフローはリポジトリの権限で動きます。失敗したものを修正してください。',
  'workflow/file-deleted':
    '何も実行されなくなり、失敗も見えなくなります。残して、失敗の原因を直してください。',
  'workflow/job-removed':
    'ジョブが検査していたことが検査されなくなります。残して、失敗の原因を直してください。',
  'workflow/matrix-leg-removed': 'その組み合わせが検査されなくなります。残して、失敗の原因を直してください。',
  'workflow/permissions-widened':
    'トークンの権限が広がります。必要なジョブに必要な権限だけを与え、人が承認してください。',
  'workflow/pull-request-target':
    '外部のコードがシークレットに触れられます。`pull_request` のままにしてください。',
  'workflow/runner-changed':
    'セルフホストランナーは状態を保ち、所有者のネットワークに届きます。現在のランナーを使うか、人が判断してください。',
  'workflow/secret-passed':
    'そこで動くものが値を外へ送れます。シークレットの受け渡しは人が判断してください。',
  'workflow/step-removed':
    'ステップが検査していたことが検査されなくなり、直らないまま成功します。残して、失敗の原因を直してください。',
  'workflow/timeout-raised':
    '停止していても時間がかかるだけです。処理自体に時間が必要な理由を示してください。',
  'workflow/trigger-added': '想定外の場面で実行される可能性があります。イベントは元のままにしてください。',
  'workflow/trigger-narrowed':
    '失敗した場面で実行されなくなり、失敗が隠れます。トリガーを残し、失敗の原因を直してください。',
  'workflow/unreadable':
    '変更後のワークフローを読み取れず、比較できません。一つの文書に、各キーを一度だけ書いてください。',
  'workflow/unsafe-commands':
    'ステップの出力が後続の変数やパスを書き換えられます。`$GITHUB_ENV` などに書き込んでください。',
  'workflow/yaml-trick': '見た目と違う意味を持てる YAML です。値は使う場所に直接書いてください。',
  'code/assertion-removed': 'テストが検査せずに合格します。アサーションを残し、コードを直してください。',
  'code/check-forced': 'ツールが報告した競合を無視して進みます。競合そのものを解消してください。',
  'code/check-loosened': '要求を下げて成功させています。設定を残し、指摘を直してください。',
  'code/check-skipped': '検査が実行されないまま合格になります。検査を実行し、指摘を直してください。',
  'code/checks-excluded': '除外した部分は検査されません。対象に残し、指摘を直してください。',
  'code/encoded-code': '実行するまで内容が分かりません。読めるコードで書いてください。',
  'code/environment-exfiltration': '環境変数にはトークンや秘密情報が含まれます。送信・出力しないでください。',
  'code/error-ignored': '失敗が数えられず、CI が成功します。失敗させ、その原因を直してください。',
  'code/error-swallowed': '失敗の原因が見えなくなります。想定したエラーだけを処理してください。',
  'code/expectation-changed':
    '結果に合わせた期待値は何も証明しません。コードを直すか、期待値の変更を人が判断してください。',
  'code/focused-test': '他のテストが実行されません。すべてのテストを実行してください。',
  'code/install-hook': 'インストールのたびに、どの環境でも実行されます。必要な場所で呼び出してください。',
  'code/lint-disabled': '指摘された問題がコードに残ります。指摘された行を直してください。',
  'code/piped-installer':
    '誰も内容を見ていないものが実行されます。バージョンとチェックサムを固定してください。',
  'code/script-emptied':
    'CI が名前で呼んでも何も検査しません。スクリプトを残し、失敗の原因を直してください。',
  'code/skipped-test':
    'テストなしで成功し、守っていたものが壊れている可能性があります。コードを直してください。',
  'code/snapshot-update': '期待値を自分で書き換えるテストは必ず合格します。CI では比較だけにしてください。',
  'code/test-file-deleted': 'テストなしで成功します。テストを残し、コードを直してください。',
  'code/test-removed': 'テストが減ったまま成功します。テストを残し、コードを直してください。',
  'code/threshold-lowered': '要求を下げて成功させています。しきい値を残し、届くように直してください。',
  'code/tls-check-off':
    '通信を第三者に改ざん・盗聴される恐れがあります。必要な証明書や鍵を追加してください。',
  'code/trivial-assertion': '常に真で、何も検査しません。対象のコードの動作を検査してください。',
  'code/types-disabled': '誤った型が残り、実行時に失敗します。正しい型を付けてください。',
  'code/world-writable': '誰でも実行内容を書き換えられます。必要な権限だけを所有者に与えてください。',
  'dependency/foreign-host':
    '別のホストは同じ名前で別のコードを配れます。使用中のレジストリで作り直してください。',
  'dependency/foreign-source':
    '内容がいつでも変わり、ロックで守られません。レジストリの公開版を使ってください。',
  'dependency/unknown-name':
    'レジストリに名前があることは安全の証明になりません。追加は人が判断してください。',
  'syntax/dockerfile': 'Dockerfile として解析できません。その行を直してください。',
  'syntax/json': 'JSON として解析できません。その行を直してください。',
  'syntax/still-broken':
    '変更前から解析できないファイルで、この変更でも直っていません。理由を示してください。',
  'syntax/toml': 'TOML として解析できません。その行を直してください。',
  'syntax/too-large': '大きすぎて構文を検査できません。人か、ファイルを生成するツールに任せてください。',
  'syntax/workflow': 'GitHub が受け付けないか、誤って読む可能性があります。その行を直してください。',
  'syntax/yaml': 'YAML として解析できません。その行を直してください。',
}
