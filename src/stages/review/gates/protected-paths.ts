/** Which files an author may not touch. Matched on the canonical spelling of the path. */
import type { PatchAuthor } from '../../../domain/patch.ts'
import { isDockerfile, isLockFile } from './file-kinds.ts'

export interface Protection {
  readonly code: string
  /** What kind of file this is, for the message. */
  readonly kind: string
  /** Who may change it. */
  readonly open: string
  readonly matches: (path: string) => boolean
  readonly allows: (author: PatchAuthor) => boolean
}

const nobody = () => false
const playbooksOnly = (author: PatchAuthor) => author.kind === 'playbook'

function openTo(role: string): Protection['allows'] {
  return (author) => author.kind === 'playbook' || author.role === role
}

function names(pattern: RegExp): Protection['matches'] {
  return (path) => pattern.test(path.split('/').at(-1) ?? path)
}

function paths(pattern: RegExp): Protection['matches'] {
  return (path) => pattern.test(path)
}

/** In this order: the first that matches speaks. */
const protections: readonly Protection[] = [
  {
    code: 'protected/bot-config',
    kind: 'Regreen’s own configuration',
    open: 'people only: it bounds what Regreen may do',
    matches: paths(/(?:^|\/)\.github\/regreen\.ya?ml$/),
    allows: nobody,
  },
  {
    code: 'protected/git-file',
    kind: 'a file of git or of its hooks',
    open: 'playbooks, and only for `.gitattributes` and `.gitignore`',
    matches: paths(
      /(?:^|\/)(?:\.git|\.husky|\.githooks|\.lefthook|hooks\.d)(?:\/|$)|(?:^|\/)\.(?:gitmodules|gitattributes|gitignore|gitconfig|mailmap|lfsconfig|git-blame-ignore-revs)$|(?:^|\/)(?:lefthook\.ya?ml|\.pre-commit-config\.ya?ml)$/,
    ),
    allows: nobody,
  },
  {
    code: 'protected/agent-instructions',
    kind: 'a file with instructions for agents',
    open: 'people only: whoever writes it steers every later agent',
    matches: paths(
      /(?:^|\/)(?:agents|claude|gemini|copilot|codex|cursor|llms)(?:\.local)?\.(?:md|txt)$|(?:^|\/)\.(?:claude|cursor|codex|gemini|windsurf|aider[^/]*|continue|kiro|roo|clinerules|cursorrules|windsurfrules|mcp\.json)(?:\/|$)|\.(?:agent|chatmode|prompt|instructions)\.md$|(?:^|\/)copilot-instructions\.md$/,
    ),
    allows: nobody,
  },
  {
    code: 'protected/code-owners',
    kind: 'the list of code owners',
    open: 'people only: it decides who must approve',
    matches: names(/^codeowners$/),
    allows: nobody,
  },
  {
    code: 'protected/workflow',
    kind: 'a file of GitHub Actions or of GitHub’s own settings',
    open: 'playbooks only, by narrow edits of workflow files',
    matches: paths(/(?:^|\/)\.github\/(?:workflows|actions)\/|(?:^|\/)action\.ya?ml$/),
    allows: playbooksOnly,
  },
  {
    code: 'protected/github-settings',
    kind: 'a file of GitHub’s own settings',
    open: 'people only',
    matches: paths(/^\.github(?:\/|$)|(?:^|\/)(?:renovate\.json5?|\.renovaterc[^/]*|dependabot\.ya?ml)$/),
    allows: nobody,
  },
  {
    code: 'protected/ci-config',
    kind: 'the configuration of another CI system',
    open: 'people only: Regreen cannot verify it',
    matches: paths(
      /(?:^|\/)(?:\.gitlab-ci[^/]*\.ya?ml|\.travis\.ya?ml|jenkinsfile[^/]*|azure-pipelines[^/]*\.ya?ml|bitbucket-pipelines\.ya?ml|appveyor\.ya?ml|\.appveyor\.ya?ml|\.drone\.ya?ml|\.woodpecker\.ya?ml|cloudbuild\.ya?ml|buildspec\.ya?ml|\.cirrus\.(?:yml|star)|codemagic\.yaml|wercker\.yml|\.semaphore\.yml)$|(?:^|\/)\.(?:circleci|gitlab|buildkite|azure-pipelines|teamcity|semaphore|woodpecker|drone|gitea|forgejo|tekton)\//,
    ),
    allows: nobody,
  },
  {
    code: 'protected/editor-config',
    kind: 'a file that an editor or a development container runs',
    open: 'people only: it runs on the machine of whoever opens the folder',
    matches: paths(
      /(?:^|\/)\.(?:vscode|idea|devcontainer|zed|fleet)\/|(?:^|\/)\.devcontainer\.json$|(?:^|\/)\.envrc$/,
    ),
    allows: nobody,
  },
  {
    code: 'protected/registry-config',
    kind: 'a file that says where packages come from',
    open: 'people only: another registry may serve other packages',
    matches: paths(
      /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.[cm]?js|pip\.conf|\.pypirc|pip\.ini|\.condarc|nuget\.config|settings\.xml|bunfig\.toml)$|(?:^|\/)\.(?:cargo|bundle|yarn|mvn)\//,
    ),
    allows: nobody,
  },
  {
    code: 'protected/environment-file',
    kind: 'a file for environment values and secrets',
    open: 'people only',
    matches: (path) =>
      /(?:^|\/)\.env(?:\.[^/]+)?$/.test(path) && !/\.(?:example|sample|template|dist)$/.test(path),
    allows: nobody,
  },
  {
    code: 'protected/lock-file',
    kind: 'a lock file',
    open: 'playbooks only, with the tool that owns it',
    matches: isLockFile,
    allows: playbooksOnly,
  },
  {
    code: 'protected/container-file',
    kind: 'a container or build file',
    open: 'the devops-coordinator and playbooks',
    matches: (path) =>
      isDockerfile(path) ||
      names(
        /^(?:(?:docker-)?compose[^/]*\.ya?ml|docker-bake\.[a-z]+|\.(?:docker|container)ignore|makefile[^/]*|gnumakefile|justfile|taskfile\.ya?ml|[^/]+\.dockerignore|[^/]+\.mk)$/,
      )(path),
    allows: openTo('devops-coordinator'),
  },
  {
    code: 'protected/manifest',
    kind: 'a package manifest',
    open: 'the backend-developer and playbooks',
    matches: names(
      /^(?:package\.json|pyproject\.toml|setup\.(?:py|cfg)|requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt|pipfile|environment\.ya?ml|go\.mod|go\.work|cargo\.toml|gemfile|[^/]+\.gemspec|composer\.json|pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|libs\.versions\.toml|mix\.exs|deno\.jsonc?|jsr\.json|pubspec\.yaml|package\.swift|[^/]+\.(?:cs|fs|vb)proj|directory\.packages\.props|pnpm-workspace\.yaml)$/,
    ),
    allows: openTo('backend-developer'),
  },
]

/** Playbooks may normalise line endings or unhide a file that CI needs: nothing else of git's. */
const openGitFile = /(?:^|\/)\.git(?:attributes|ignore)$/

/** The protection that forbids this author this path; null when it is open. */
export function protectionOf(canonical: string, author: PatchAuthor): Protection | null {
  const found = protections.find(({ matches }) => matches(canonical))
  if (!found || found.allows(author)) return null
  if (found.code === 'protected/git-file' && author.kind === 'playbook' && openGitFile.test(canonical))
    return null
  return found
}
