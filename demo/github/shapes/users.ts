/** Users, repositories, the App and its installations as GitHub writes them. */
import type { Installation, Repository, User } from '../state.ts'
import { now, type World } from '../world.ts'

/** A GitHub-like opaque id. */
export function nodeId(prefix: string, id: number | string): string {
  return `${prefix}_${Buffer.from(`${prefix}:${id}`).toString('base64url')}`
}

/** A user as it stands inside other objects. */
export function shapeUser(world: World, user: User) {
  const url = `${world.url}/users/${encodeURIComponent(user.login)}`
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('U', user.id),
    avatar_url: `${world.url}/avatars/${user.id}`,
    gravatar_id: '',
    url,
    html_url: `${world.url}/${user.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    site_admin: false,
  }
}

/** A user as `GET /users/{username}` answers. */
export function shapeFullUser(world: World, user: User) {
  return {
    ...shapeUser(world, user),
    name: user.login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: user.createdAt,
    updated_at: user.createdAt,
  }
}

const repositoryLinks = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
}

/** The API address of a repository. */
export function repositoryUrl(world: World, repository: Repository): string {
  return `${world.url}/repos/${repository.fullName}`
}

/** The address a person would open. */
export function htmlUrl(world: World, repository: Repository): string {
  return `${world.url}/${repository.fullName}`
}

/** A repository as it stands inside runs. */
export function shapeMinimalRepository(world: World, repository: Repository) {
  const url = repositoryUrl(world, repository)
  const links = Object.entries(repositoryLinks).map(([name, path]) => [name, `${url}${path}`])
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.isPrivate,
    owner: shapeUser(world, repository.owner),
    html_url: htmlUrl(world, repository),
    description: null,
    fork: repository.parent !== undefined,
    url,
    ...(Object.fromEntries(links) as Record<keyof typeof repositoryLinks, string>),
  }
}

/** A repository as lists, events and pull requests carry it. */
export function shapeRepository(world: World, repository: Repository) {
  const html = htmlUrl(world, repository)
  return {
    ...shapeMinimalRepository(world, repository),
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    git_url: `${html.replace(/^http/, 'git')}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${repository.fullName}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: openPullCount(repository),
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.isPrivate ? 'private' : 'public',
    forks: 0,
    open_issues: openPullCount(repository),
    watchers: 0,
    default_branch: repository.defaultBranch,
  }
}

function openPullCount(repository: Repository): number {
  return [...repository.pulls.values()].filter((pull) => pull.state === 'open').length
}

/** A repository as `GET /repos/{owner}/{repo}` answers. */
export function shapeFullRepository(world: World, repository: Repository) {
  return {
    ...shapeRepository(world, repository),
    network_count: 0,
    subscribers_count: 0,
    ...(repository.parent
      ? {
          parent: shapeRepository(world, repository.parent),
          source: shapeRepository(world, repository.parent),
        }
      : {}),
  }
}

/** The App as it describes itself. */
export function shapeApp(world: World) {
  const { app } = world
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: shapeUser(world, app.owner),
    name: app.slug,
    description: null,
    external_url: 'https://example.com',
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: { metadata: 'read', ...app.permissions },
    events: app.events,
    installations_count: world.installations.size,
  }
}

/** An installation of the App. */
export function shapeInstallation(world: World, installation: Installation) {
  const url = `${world.url}/app/installations/${installation.id}`
  return {
    id: installation.id,
    client_id: world.app.clientId,
    account: shapeUser(world, installation.account),
    repository_selection: 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${world.url}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installation.id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: installation.account.id,
    target_type: installation.account.type,
    permissions: { metadata: 'read', ...installation.permissions },
    events: world.app.events,
    created_at: installation.createdAt,
    updated_at: now(world),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  }
}
