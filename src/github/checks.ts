/** Our check run on the failing commit, and the annotations of others. */
import type { Annotation } from '../domain/evidence.ts'
import type { RepositoryClient } from './access.ts'

export interface CheckRunContent {
  status: 'in_progress' | 'completed'
  conclusion?: 'success' | 'neutral' | 'failure' | 'cancelled'
  title: string
  summary: string
}

/** The name people see among the checks. */
const checkName = 'Regreen'

/** Creates the check run named by `externalId`, or updates it when it is there. Returns its id. */
export async function writeCheckRun(
  client: RepositoryClient,
  input: { headSha: string; externalId: string; checkRunId: number | null; content: CheckRunContent },
): Promise<number> {
  const { checks } = client.octokit.rest
  const { status, conclusion, title, summary } = input.content
  const fields = { status, ...(conclusion ? { conclusion } : {}), output: { title, summary } }
  const id = input.checkRunId ?? (await findCheckRun(client, input.headSha, input.externalId))
  if (id !== null) {
    await checks.update({ ...client.at, check_run_id: id, ...fields })
    return id
  }
  const created = await checks.create({
    ...client.at,
    name: checkName,
    head_sha: input.headSha,
    external_id: input.externalId,
    ...fields,
  })
  return created.data.id
}

async function findCheckRun(
  client: RepositoryClient,
  headSha: string,
  externalId: string,
): Promise<number | null> {
  const { data } = await client.octokit.rest.checks.listForRef({
    ...client.at,
    ref: headSha,
    check_name: checkName,
    filter: 'all',
    per_page: 100,
  })
  return data.check_runs.find((run) => run.external_id === externalId)?.id ?? null
}

/** Annotations of a job's check run, at most the first 50. */
export async function listAnnotations(client: RepositoryClient, checkRunId: number): Promise<Annotation[]> {
  const { data } = await client.octokit.rest.checks.listAnnotations({
    ...client.at,
    check_run_id: checkRunId,
    per_page: 50,
  })
  return data.map((annotation) => ({
    level: annotation.annotation_level ?? 'notice',
    message: annotation.message ?? '',
    path: annotation.path ?? null,
    line: annotation.start_line ?? null,
  }))
}
