/** The database schema, step by step. A landed step is never edited; a change is a new step. */

/** Applied in order, each in one transaction; the index + 1 is the schema's version. */
export const migrations: readonly string[] = [
  `
  create table deliveries (
    guid uuid primary key,
    event text not null,
    received_at timestamptz not null default now()
  );

  create table repairs (
    id uuid primary key,
    installation_id bigint not null,
    repository_id bigint not null,
    workflow_id bigint not null,
    run_id bigint not null,
    run_attempt integer not null,
    head_branch text,
    stage text not null,
    status text not null,
    conclusion text,
    fix_branch text,
    stop_conclusion text,
    stop_reason text,
    wake_at timestamptz,
    record jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (repository_id, run_id, run_attempt)
  );
  create index repairs_open on repairs (repository_id, workflow_id, head_branch) where status <> 'completed';
  create index repairs_fix_branch on repairs (repository_id, fix_branch) where fix_branch is not null;
  create index repairs_created on repairs (created_at);

  create table transitions (
    repair_id uuid not null references repairs on delete cascade,
    sequence integer not null,
    stage text not null,
    next_stage text not null,
    status text not null,
    conclusion text,
    reason text,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    primary key (repair_id, sequence)
  );

  create table fix_requests (
    comment_id bigint not null,
    repository_id bigint not null,
    request jsonb not null,
    answer text,
    received_at timestamptz not null default now(),
    primary key (repository_id, comment_id)
  );
  `,
]
