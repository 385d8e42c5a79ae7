/** Workflows, runs, jobs and check runs as GitHub writes them. */
import { readCommit } from '../git/objects.ts'
import type {
  CheckRun,
  Job,
  PullRequest,
  Repository,
  RunAttempt,
  Step,
  Workflow,
  WorkflowRun,
} from '../state.ts'
import type { World } from '../world.ts'
import { shapeEventCommit } from './commits.ts'
import { shapePullReference } from './pulls.ts'
import { htmlUrl, nodeId, repositoryUrl, shapeApp, shapeMinimalRepository, shapeUser } from './users.ts'

/** A workflow file. */
export function shapeWorkflow(world: World, repository: Repository, workflow: Workflow) {
  const file = workflow.path.split('/').at(-1)!
  return {
    id: workflow.id,
    node_id: nodeId('W', workflow.id),
    name: workflow.name,
    path: workflow.path,
    state: 'active',
    created_at: workflow.createdAt,
    updated_at: workflow.createdAt,
    url: `${repositoryUrl(world, repository)}/actions/workflows/${workflow.id}`,
    html_url: `${htmlUrl(world, repository)}/blob/${repository.defaultBranch}/${workflow.path}`,
    badge_url: `${htmlUrl(world, repository)}/actions/workflows/${file}/badge.svg`,
  }
}

/** A run, seen at its latest or at a given attempt. */
export async function shapeRun(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  attempt: RunAttempt = run.attempts.at(-1)!,
) {
  const url = `${repositoryUrl(world, repository)}/actions/runs/${run.id}`
  const head = await readCommit(repository.directory, run.headSha)
  const previous = attempt.number > 1 ? `${url}/attempts/${attempt.number - 1}` : null
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('WFR', run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.workflow.path,
    display_title: run.displayTitle,
    run_number: run.runNumber,
    event: run.event.name,
    status: attempt.status,
    conclusion: attempt.conclusion,
    workflow_id: run.workflow.id,
    check_suite_id: run.checkSuiteId,
    check_suite_node_id: nodeId('CS', run.checkSuiteId),
    url,
    html_url: `${htmlUrl(world, repository)}/actions/runs/${run.id}`,
    pull_requests: pullsOf(repository, run).map((pull) => shapePullReference(world, repository, pull)),
    created_at: run.createdAt,
    updated_at: attempt.updatedAt,
    actor: shapeUser(world, run.actor),
    run_attempt: attempt.number,
    referenced_workflows: [],
    run_started_at: attempt.startedAt,
    triggering_actor: shapeUser(world, attempt.triggeringActor),
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(world, repository)}/check-suites/${run.checkSuiteId}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: previous,
    workflow_url: `${repositoryUrl(world, repository)}/actions/workflows/${run.workflow.id}`,
    head_commit: shapeEventCommit(world, repository, head),
    repository: shapeMinimalRepository(world, repository),
    head_repository: shapeMinimalRepository(world, run.headRepository),
  }
}

/** As on GitHub: open pull requests of the same branch or commit, whatever started the run; none for forks. */
function pullsOf(repository: Repository, run: WorkflowRun): PullRequest[] {
  return [...repository.pulls.values()].filter(
    ({ state, head }) =>
      state === 'open' &&
      head.repository === repository &&
      run.headRepository === repository &&
      (head.ref === run.headBranch || head.sha === run.headSha),
  )
}

/** A job of a run. */
export function shapeJob(world: World, repository: Repository, job: Job) {
  const url = `${repositoryUrl(world, repository)}/actions`
  const hasRunner = job.steps.length > 0
  return {
    id: job.id,
    run_id: job.run.id,
    workflow_name: job.run.name,
    head_branch: job.run.headBranch,
    run_url: `${url}/runs/${job.run.id}`,
    run_attempt: job.attempt,
    node_id: nodeId('CR', job.id),
    head_sha: job.run.headSha,
    url: `${url}/jobs/${job.id}`,
    html_url: `${htmlUrl(world, repository)}/actions/runs/${job.run.id}/job/${job.id}`,
    status: job.status,
    conclusion: job.conclusion,
    created_at: job.createdAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map(shapeStep),
    check_run_url: `${repositoryUrl(world, repository)}/check-runs/${job.checkRunId}`,
    labels: job.labels,
    runner_id: hasRunner ? 1 : null,
    runner_name: hasRunner ? 'small-github' : null,
    runner_group_id: hasRunner ? 0 : null,
    runner_group_name: hasRunner ? 'GitHub Actions' : null,
  }
}

function shapeStep(step: Step) {
  return {
    name: step.name,
    status: step.status,
    conclusion: step.conclusion,
    number: step.number,
    started_at: step.startedAt,
    completed_at: step.completedAt,
  }
}

/** A check run. */
export function shapeCheckRun(world: World, repository: Repository, check: CheckRun) {
  const url = `${repositoryUrl(world, repository)}/check-runs/${check.id}`
  const html = `${htmlUrl(world, repository)}/runs/${check.id}`
  const suiteId = repository.checkSuites.get(suiteKey(check.headSha, check.isByApp))!
  return {
    id: check.id,
    name: check.name,
    node_id: nodeId('CR', check.id),
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: html,
    details_url: check.detailsUrl ?? html,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      ...check.output,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: suiteId },
    app: check.isByApp ? shapeApp(world) : shapeActionsApp(world),
    pull_requests: [...repository.pulls.values()]
      .filter(
        (pull) =>
          pull.state === 'open' && pull.head.sha === check.headSha && pull.head.repository === repository,
      )
      .map((pull) => shapePullReference(world, repository, pull)),
  }
}

/** The key under which a commit's check suite of an App is kept. */
export function suiteKey(headSha: string, isByApp: boolean): string {
  return `${headSha}:${isByApp ? 'app' : 'actions'}`
}

/** GitHub Actions is an App too; this is its real id. */
export const actionsAppId = 15368

function shapeActionsApp(world: World) {
  return {
    ...shapeApp(world),
    id: actionsAppId,
    slug: 'github-actions',
    node_id: nodeId('A', actionsAppId),
    name: 'GitHub Actions',
    html_url: `${world.url}/apps/github-actions`,
  }
}
