/**
 * The limits that calls share, and the journal, as a step of the ledger's schema. Workers of the version before know no resources, so they
 * start no call that one would hold back.
 *
 * The columns of `journal` that change while a call runs are in no index, so such a write touches the row alone (HOT).
 */
export const POSTGRES_RESOURCES = `
CREATE TABLE resources (
  name text COLLATE "C" PRIMARY KEY,
  document text NOT NULL,
  changed_at bigint NOT NULL,
  version text NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE resources IS 'One row per resource: places, waiting calls, money and breaker as one JSON document, which hardcall changes as a whole';
COMMENT ON COLUMN resources.changed_at IS 'Unix milliseconds';
COMMENT ON COLUMN resources.version IS 'random tokens of the last writes, newest first: a write changes only the version that it has read';

CREATE TABLE journal (
  call_id text COLLATE "C" PRIMARY KEY,
  name text COLLATE "C" NOT NULL,
  key text COLLATE "C",
  resource text COLLATE "C",
  owner_host text NOT NULL,
  owner_boot_id text NOT NULL,
  owner_pid_space text NOT NULL,
  owner_pid bigint NOT NULL,
  owner_pid_start text NOT NULL,
  owner_id text NOT NULL,
  started_at bigint NOT NULL,
  limit_ms bigint NOT NULL,
  ended_at bigint,
  outcome text,
  code text COLLATE "C",
  cost_usd double precision,
  more text NOT NULL
) WITH (fillfactor = 90);
COMMENT ON TABLE journal IS 'One row per call that is journalled, with or without a key. Written without waiting for the disk. All instants are Unix milliseconds';
COMMENT ON COLUMN journal.owner_pid IS 'the process that runs the call';
COMMENT ON COLUMN journal.limit_ms IS 'its total timeout';
COMMENT ON COLUMN journal.ended_at IS 'NULL: it runs, or its process was lost';
COMMENT ON COLUMN journal.code IS 'why it failed';
COMMENT ON COLUMN journal.cost_usd IS 'so far, where the callee tells';
COMMENT ON COLUMN journal.more IS 'JSON: callee, attempts, effect, duration, evidence, end of stderr';
CREATE INDEX journal_by_start ON journal (started_at);
CREATE INDEX journal_by_name ON journal (name, started_at);
CREATE INDEX journal_running ON journal (started_at) WHERE ended_at IS NULL;
CREATE INDEX journal_by_code ON journal (code, started_at) WHERE code IS NOT NULL;
CREATE INDEX journal_by_outcome ON journal (outcome, started_at) WHERE outcome <> 'executed';
`;
