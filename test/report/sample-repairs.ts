/** Repairs as the report meets them: the founding case at each of its turns, and others. */
import { type Attempt, noCost } from '../../src/domain/attempt.ts'
import type { Evidence } from '../../src/domain/evidence.ts'
import type { Patch } from '../../src/domain/patch.ts'
import { type Repair, repairSchema } from '../../src/domain/repair.ts'
import type { Check, Finding, Verdict } from '../../src/domain/verdict.ts'
import type { ImageTrial, RunResult, Verification } from '../../src/domain/verification.ts'
import type { ReportContext } from '../../src/report/report-view.ts'

export const context: ReportContext = {
  now: new Date('2026-11-20T09:30:00Z'),
  serverUrl: 'https://github.com',
}

const headSha = '0a1b2c3d4e5f60718293a4b5c6d7e8f901234567'
const fixSha = 'fedcba98765432100123456789abcdef01234567'
const repositoryUrl = 'https://github.com/acme/shop'

const dockerfileText = `# syntax=docker/dockerfile:1
FROM python:3.13-slim-trixie AS builder
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
WORKDIR /build
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt

FROM python:3.13-slim-trixie AS runtime
ENV PYTHONUNBUFFERED=1 PATH="/opt/venv/bin:$PATH" WEB_CONCURRENCY=2
RUN groupadd --gid 1000 app && useradd --uid 1000 --gid app --no-create-home app
WORKDIR /app
COPY --from=builder /opt/venv /opt/venv
COPY src ./src
USER 1000:1000
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \\
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["uvicorn", "src.main:app", "--host", "0.0.0.0", "--port", "8000"]
`

const workflowText = `name: Backend
on:
  push:
    branches: [main]
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - name: Build the image
        uses: docker/build-push-action@v6
        with:
          context: ./backend
          file: ./backend/Dockerfile
`

const errorText =
  'ERROR: failed to build: failed to solve: failed to read dockerfile: open Dockerfile: no such file or directory'

const evidence: Evidence = {
  failedJobs: [
    {
      id: 71,
      name: 'image',
      conclusion: 'failure',
      htmlUrl: `${repositoryUrl}/actions/runs/812/job/71`,
      steps: [
        { number: 1, name: 'Set up job', status: 'completed', conclusion: 'success' },
        { number: 2, name: 'Run actions/checkout@v4', status: 'completed', conclusion: 'success' },
        { number: 3, name: 'Build the image', status: 'completed', conclusion: 'failure' },
      ],
    },
  ],
  passedJobNames: ['unit'],
  logs: [
    {
      jobId: 71,
      jobName: 'image',
      lines: [{ line: 214, text: errorText }],
      account: { lines: 231, bytes: 18_204, keptLines: 120, keptBytes: 9_800, truncated: false },
      missing: null,
    },
  ],
  annotations: [],
  workflow: { path: '.github/workflows/backend.yml', text: workflowText },
  lastGreen: { runId: 798, headSha: '1'.repeat(40), htmlUrl: `${repositoryUrl}/actions/runs/798` },
  changedFiles: [{ path: '.github/workflows/backend.yml', status: 'modified', previousPath: null }],
  comparedWith: '111111111111',
  tree: [
    { path: '.github/workflows/backend.yml', mode: '100644' },
    { path: 'backend/Dockerfile.dev', mode: '100644' },
    { path: 'backend/src/main.py', mode: '100644' },
  ],
  treeTruncated: false,
}

const patch: Patch = {
  author: { kind: 'playbook', name: 'missing-dockerfile' },
  title: {
    en: 'Add the production Dockerfile of the backend',
    ja: 'バックエンドの本番用 Dockerfile を追加する',
  },
  rootCause: [
    {
      en: 'The step "Build the image" reads `backend/Dockerfile`, and the commit has no such file.',
      ja: 'ステップ `Build the image` が読み込む `backend/Dockerfile` は、このコミットに存在しません。',
    },
    {
      en: 'The folder has only `backend/Dockerfile.dev`, which starts a reloading server.',
      ja: 'フォルダーにあるのは、リロードするサーバーを起動する `backend/Dockerfile.dev` だけです。',
    },
  ],
  summary: {
    en: 'The backend gets the Dockerfile that the workflow names, built from `requirements.txt` and `src`.',
    ja: 'ワークフローが指定する Dockerfile を、`requirements.txt` と `src` をもとにバックエンドへ追加します。',
  },
  changes: [
    {
      path: 'backend/Dockerfile',
      mode: '100644',
      before: null,
      after: dockerfileText,
      reason: {
        en: 'The workflow builds this file. Dependencies are installed in a stage of their own.',
        ja: 'ワークフローがビルドするファイルです。依存関係は専用のステージでインストールします。',
      },
    },
    {
      path: 'backend/.dockerignore',
      mode: '100644',
      before: null,
      after: '**/__pycache__\n**/.pytest_cache\ntests\n.env*\n',
      reason: {
        en: 'Only what the image needs is sent to the builder.',
        ja: 'イメージに必要なものだけをビルダーに送ります。',
      },
    },
  ],
  offers: [
    {
      path: '.github/workflows/backend.yml',
      mode: '100644',
      before: workflowText,
      after: workflowText.replace(
        '          file: ./backend/Dockerfile\n',
        '          file: ./backend/Dockerfile\n          cache-from: type=gha,scope=backend\n',
      ),
      reason: {
        en: 'Later builds can reuse layers. It uses the cache quota of the repository.',
        ja: '以後のビルドで層を再利用できます。リポジトリのキャッシュ容量を使います。',
      },
    },
  ],
  ruledOut: [
    {
      cause: { en: 'No checkout in this job', ja: 'ジョブにチェックアウトがない' },
      because: {
        en: '`actions/checkout@v4` runs before the build.',
        ja: 'ビルドの前に `actions/checkout@v4` が実行されます。',
      },
    },
    {
      cause: { en: 'Another spelling', ja: '表記の違い' },
      because: {
        en: 'No file of the tree differs from `backend/Dockerfile` by case alone.',
        ja: '`backend/Dockerfile` と大文字・小文字だけが異なるファイルはありません。',
      },
    },
  ],
  refusedWorkarounds: [
    {
      en: 'Use `backend/Dockerfile.dev` in GitHub Actions. The shipped image would carry development tools, tests and a reloading server.',
      ja: 'GitHub Actions で `backend/Dockerfile.dev` を使う。開発ツール、テスト、リロードするサーバーを含むイメージが出荷されてしまいます。',
    },
    {
      en: 'Ignore the error and go on with `|| true`. The run would be green without an image.',
      ja: '`|| true` でエラーを無視して続行する。イメージがないのに成功と表示されます。',
    },
    {
      en: 'Delete the Docker build step. Nobody would notice when the image stops building.',
      ja: 'Docker ビルドのステップを削除する。イメージがビルドできなくなっても誰も気づけません。',
    },
  ],
  untouched: [
    {
      path: 'backend/Dockerfile.dev',
      reason: { en: 'It serves development.', ja: '開発用のファイルです。' },
    },
  ],
  nextSteps: [
    {
      en: 'Push the image to the registry that the deployment reads.',
      ja: 'デプロイが参照するレジストリにイメージをプッシュしてください。',
    },
  ],
  facts: [
    { key: 'dockerfile', value: 'backend/Dockerfile' },
    { key: 'context', value: 'backend' },
    { key: 'workflow-file', value: '.github/workflows/backend.yml' },
    { key: 'workflow-step', value: 'Build the image' },
    { key: 'workflow-excerpt', value: workflowText.split('\n').slice(9, 14).join('\n') },
    { key: 'workflow-line', value: '14' },
    { key: 'base-image', value: 'python:3.13-slim-trixie' },
    { key: 'stages', value: '2' },
    { key: 'user', value: '1000:1000' },
    { key: 'workers', value: 'WEB_CONCURRENCY=2' },
    { key: 'development-file', value: 'backend/Dockerfile.dev' },
    { key: 'development-stages', value: '1' },
    { key: 'development-hot-reload', value: 'true' },
    { key: 'migrations', value: 'alembic upgrade head' },
  ],
}

const staticChecks: Check[] = [
  { id: 'E1', title: 'The file parses', outcome: 'passed', detail: '2 stages, 19 lines' },
  { id: 'E4', title: 'Exec form', outcome: 'passed', detail: 'CMD ["uvicorn", "src.main:app"]' },
  { id: 'E7', title: 'The final user is a number other than 0', outcome: 'passed', detail: 'USER 1000:1000' },
  { id: 'E8', title: 'No reload', outcome: 'passed', detail: '["uvicorn", "src.main:app"]' },
  { id: 'W22', title: 'apt', outcome: 'not_applicable', detail: 'No apt package is installed.' },
  { id: 'W23', title: 'Several stages', outcome: 'passed', detail: '2 stages' },
  { id: 'W24', title: 'No development dependencies', outcome: 'passed', detail: 'requirements.txt' },
  { id: 'W25', title: 'Health check', outcome: 'passed', detail: 'http://127.0.0.1:8000/health' },
  { id: 'W27', title: 'Tests not copied', outcome: 'passed', detail: '/opt/venv, src' },
  { id: 'I31', title: 'Digest', outcome: 'informed', detail: 'python:3.13-slim-trixie is pinned by tag' },
]

const gateChecks: Check[] = [
  {
    id: 'paths-and-modes',
    title: 'Paths and modes',
    outcome: 'passed',
    detail: '2 files against 3 entries of the tree',
  },
  { id: 'secrets', title: 'Secrets', outcome: 'passed', detail: '23 added lines of 2 files' },
]

const approval: Verdict = {
  reviewer: 'gates',
  decision: 'approve',
  findings: [],
  checks: [...gateChecks, ...staticChecks],
}

const before: RunResult = {
  runId: 812,
  runAttempt: 1,
  workflowId: 5,
  headSha,
  status: 'completed',
  conclusion: 'failure',
  htmlUrl: `${repositoryUrl}/actions/runs/812`,
  jobs: [{ name: 'image', conclusion: 'failure', htmlUrl: null }],
  testCount: 41,
  durationSeconds: 38,
  notices: [],
}

const after: RunResult = {
  ...before,
  runId: 815,
  headSha: fixSha,
  conclusion: 'success',
  htmlUrl: `${repositoryUrl}/actions/runs/815`,
  jobs: [{ name: 'image', conclusion: 'success', htmlUrl: null }],
  durationSeconds: 96.4,
}

const proof: Check[] = [
  { id: 'same-workflow', title: 'Same workflow', outcome: 'passed', detail: 'run 815, attempt 1' },
  { id: 'failed-jobs-succeed', title: 'Jobs succeed', outcome: 'passed', detail: 'image: failure → success' },
  { id: 'tests-kept', title: 'Tests kept', outcome: 'passed', detail: '41 before, 41 after' },
]

const green: Verification = {
  trigger: 'push',
  outcome: 'green',
  summary: 'The workflow Backend is green on the fix branch.',
  branch: 'regreen/3f2504e0-missing-dockerfile',
  headSha: fixSha,
  before,
  after,
  checks: proof,
}

const trial: ImageTrial = {
  builder: 'buildah 1.28',
  checks: [
    { id: 'R1', title: 'Builds', outcome: 'passed', detail: 'exit code 0' },
    { id: 'R2', title: 'Starts', outcome: 'passed', detail: 'up for 20 s' },
    { id: 'R3', title: 'Answers', outcome: 'passed', detail: 'GET /health: 200' },
    { id: 'R4', title: 'Health check', outcome: 'passed', detail: 'exit code 0' },
    { id: 'R8', title: 'Cached rebuild', outcome: 'not_run', detail: 'time ran out' },
  ],
  measurements: [
    {
      metric: 'image-size',
      value: 178,
      unit: 'megabytes',
      measuredOn: 'buildah 1.28, python:3.13-slim-trixie',
    },
    {
      metric: 'image-size-development',
      value: 486,
      unit: 'megabytes',
      measuredOn: 'buildah 1.28, python:3.13-slim-trixie',
    },
    { metric: 'build-time-first', value: 7.7, unit: 'seconds', measuredOn: 'buildah 1.28, 2 cores' },
    { metric: 'start-up-time', value: 3.1, unit: 'seconds', measuredOn: 'buildah 1.28, 2 cores' },
  ],
}

const attempt: Attempt = { patch, verdicts: [approval], imageTrial: null, verification: green, cost: noCost }

function repairOf(changes: Partial<Repair>): Repair {
  return repairSchema.parse({
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    installationId: 9,
    repository: { id: 3, owner: 'acme', name: 'shop', defaultBranch: 'main', isPrivate: false },
    run: {
      id: 812,
      runAttempt: 1,
      workflowId: 5,
      workflowName: 'Backend',
      workflowPath: '.github/workflows/backend.yml',
      event: 'push',
      headBranch: 'main',
      headSha,
      headRepositoryId: 3,
      status: 'completed',
      conclusion: 'failure',
      htmlUrl: `${repositoryUrl}/actions/runs/812`,
      actor: null,
      triggeringActor: null,
      pullRequestNumbers: [],
      createdAt: '2026-11-20T09:00:00Z',
    },
    trigger: { kind: 'workflow_run' },
    language: 'en',
    stage: 'publish',
    status: 'completed',
    conclusion: 'repaired',
    reason: 'The workflow Backend is green on the fix branch.',
    mayPush: true,
    evidence,
    diagnosis: {
      failureClass: 'missing-dockerfile',
      remedy: 'playbook',
      lead: 'devops-coordinator',
      confidence: 0.98,
      summary: 'The Dockerfile that the workflow builds does not exist.',
      citations: [{ jobId: 71, line: 214, text: errorText }],
    },
    humanSteps: null,
    attempts: [attempt],
    report: null,
    effects: {
      branch: 'regreen/3f2504e0-missing-dockerfile',
      headSha: fixSha,
      pullRequestNumber: 17,
      checkRunId: 4,
      commentId: 6,
    },
    deadline: null,
    createdAt: '2026-11-20T09:01:00Z',
    updatedAt: '2026-11-20T09:29:00Z',
    ...changes,
  })
}

/** The founding case, proved by CI, image not tried. */
export const repaired = repairOf({})

/** The same with an image trial and its figures. */
export const repairedMeasured = repairOf({ attempts: [{ ...attempt, imageTrial: trial }] })

/** Green, but the log says that nothing was built. */
export const repairedNotBuilt = repairOf({
  attempts: [
    {
      ...attempt,
      verification: { ...green, after: { ...after, notices: ['not built: no container builder found'] } },
    },
  ],
})

/** On the way: the patch is written, review has not spoken. */
export const drafted = repairOf({
  conclusion: null,
  reason: null,
  stage: 'review',
  status: 'in_progress',
  attempts: [{ ...attempt, verdicts: [], verification: null }],
  effects: { branch: null, headSha: null, pullRequestNumber: null, checkRunId: 4, commentId: 6 },
})

/** On the way: CI runs. */
export const verifying = repairOf({
  conclusion: null,
  reason: null,
  stage: 'verify',
  status: 'waiting',
  attempts: [
    {
      ...attempt,
      verification: { ...green, outcome: 'waiting', summary: 'CI is running.', after: null, checks: [] },
    },
  ],
})

/** The workflow does not run on our branch. */
export const unverified = repairOf({
  conclusion: 'diagnosed',
  reason: 'The workflow runs on push to main only.',
  attempts: [
    {
      ...attempt,
      verification: {
        ...green,
        trigger: 'none',
        outcome: 'unverified',
        summary: 'The workflow does not run on the fix branch.',
        after: null,
        checks: [],
      },
    },
  ],
})

/** The same, but a person can start the workflow by hand. */
export const unverifiedDispatch = repairOf({
  conclusion: 'diagnosed',
  reason: 'The workflow runs on push to main only.',
  evidence: {
    ...evidence,
    workflow: {
      path: '.github/workflows/backend.yml',
      text: workflowText.replace('on:\n', 'on:\n  workflow_dispatch:\n'),
    },
  },
  attempts: unverified.attempts,
})

/** Two Dockerfiles fit: a person must choose. */
export const diagnosed = repairOf({
  conclusion: 'diagnosed',
  reason: 'Two Dockerfiles could be meant, and nothing in the repository says which.',
  attempts: [],
  humanSteps: {
    reason: {
      en: 'Two Dockerfiles could be meant, and nothing in the repository says which.',
      ja: '該当し得る Dockerfile が二つあり、どちらかを示す記述がリポジトリにありません。',
    },
    steps: [
      {
        en: 'Set `file:` of the step "Build the image" to the right one.',
        ja: 'ステップ `Build the image` の `file:` に正しいほうを指定してください。',
      },
      { en: 'Or answer the question below.', ja: 'または、下の質問に答えてください。' },
    ],
    questions: [
      {
        question: {
          en: 'Which Dockerfile should CI build?',
          ja: 'CI はどの Dockerfile をビルドすべきですか。',
        },
        candidates: ['deploy/api/Dockerfile', 'deploy/web/Dockerfile'],
      },
    ],
  },
  effects: { branch: null, headSha: null, pullRequestNumber: null, checkRunId: 4, commentId: 6 },
})

const refusal: Finding[] = [
  {
    code: 'workflow/error-ignored',
    severity: 'error',
    path: '.github/workflows/backend.yml',
    line: 14,
    message:
      'The command would get `|| true`. The command may then fail while the step stays green. Let the command fail, and mend why it does.',
  },
  {
    code: 'protected/workflow',
    severity: 'error',
    path: '.github/workflows/backend.yml',
    line: null,
    message:
      '`.github/workflows/backend.yml` is a file of GitHub Actions, which the devops-coordinator may not change.',
  },
]

/** An agent's patch that the gates refused. */
export const exhausted = repairOf({
  conclusion: 'exhausted',
  reason: 'Review refused the patch.',
  attempts: [
    {
      patch: {
        ...patch,
        author: { kind: 'agents', role: 'devops-coordinator' },
        title: { en: 'Let the build step pass', ja: 'ビルドステップを通過させる' },
        summary: {
          en: 'The step goes on when the build fails.',
          ja: 'ビルドが失敗してもステップを続行します。',
        },
      },
      verdicts: [{ reviewer: 'gates', decision: 'request_changes', findings: refusal, checks: gateChecks }],
      imageTrial: null,
      verification: null,
      cost: { inputTokens: 41_200, outputTokens: 1_830, dollars: 0.0914 },
    },
  ],
  effects: { branch: null, headSha: null, pullRequestNumber: null, checkRunId: 4, commentId: 6 },
})

const nodeWorkflow = workflowText.replace('          file: ./backend/Dockerfile\n', '')

/** A repair that has nothing to do with Docker. */
export const floatVersion = repairOf({
  diagnosis: {
    failureClass: 'yaml-float-version',
    remedy: 'playbook',
    lead: 'devops-coordinator',
    confidence: 0.99,
    summary: 'YAML reads 3.10 as the number 3.1, and Python 3.1 does not exist for this runner.',
    citations: [{ jobId: 71, line: 40, text: 'Version 3.1 with arch x64 not found' }],
  },
  attempts: [
    {
      ...attempt,
      patch: {
        ...patch,
        author: { kind: 'playbook', name: 'yaml-float-version' },
        title: { en: 'Quote the Python version', ja: 'Python のバージョンを引用符で囲む' },
        rootCause: [
          {
            en: '`python-version: 3.10` is a number in YAML, and numbers lose their last zero.',
            ja: '`python-version: 3.10` は YAML では数値になり、末尾のゼロが失われます。',
          },
        ],
        summary: { en: 'The version becomes text.', ja: 'バージョンを文字列にします。' },
        changes: [
          {
            path: '.github/workflows/backend.yml',
            mode: '100644',
            before: `${nodeWorkflow}          python-version: 3.10\n`,
            after: `${nodeWorkflow}          python-version: '3.10'\n`,
            reason: { en: 'Quotes keep the zero.', ja: '引用符で囲むとゼロが保たれます。' },
          },
        ],
        offers: [],
        ruledOut: [],
        refusedWorkarounds: [
          {
            en: 'Take Python 3.9 instead: the project asks for 3.10.',
            ja: '代わりに Python 3.9 を使う。プロジェクトが求めるのは 3.10 です。',
          },
        ],
        untouched: [],
        nextSteps: [],
        facts: [],
      },
      verdicts: [{ ...approval, checks: gateChecks }],
    },
  ],
})

/** The repair in the other language. */
export function inJapanese(repair: Repair): Repair {
  return { ...repair, language: 'ja' }
}

/** The founding repair with other evidence, patch or texts, for hostile cases. */
export function foundingRepair(changes: Partial<Repair>): Repair {
  return repairOf(changes)
}

export { attempt as foundingAttempt, patch as foundingPatch }
