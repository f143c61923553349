import { DEDUPE_SCHEMA, RESERVATIONS_SCHEMA, RUNNERS_SCHEMA } from "./contents-schema.ts";
import { RESOURCES_SCHEMA } from "./resources-schema.ts";
import { SENTINEL_CARRY_SCHEMA, SENTINEL_SCHEMA } from "./sentinel-schema.ts";

/** Marks a SQLite file as a ledger: "hcLG". */
export const APPLICATION_ID = 0x68634c47;

/**
 * Each entry takes the schema one version further and is never edited once released. The comments are part of
 * the statements, so `sqlite3 ledger.db .schema` shows them.
 */
export const MIGRATIONS: readonly string[] = [
  `
CREATE TABLE operations (
  -- One row per key of a call: what is known now. All instants are Unix milliseconds.
  name TEXT NOT NULL,             -- the call, e.g. 'publish-post'
  key TEXT NOT NULL,              -- the idempotency key, readable
  call_id TEXT NOT NULL,          -- the call that claimed it last
  fingerprint TEXT NOT NULL,      -- hash of the input the key stands for
  effects TEXT NOT NULL CHECK (effects IN ('none', 'keyed', 'verifiable', 'once')),
  state TEXT NOT NULL CHECK (state IN ('reserved', 'started', 'succeeded', 'failed', 'in_doubt')),
  fence INTEGER NOT NULL,         -- grows at each takeover; a write under an older one is refused
  attempt_fence INTEGER NOT NULL, -- fence of the newest attempt that started, 0 for none
  doubt_fence INTEGER NOT NULL,   -- fence of the oldest attempt whose effect nobody knows, 0 for none
  attempts INTEGER NOT NULL,      -- how many have started
  probing INTEGER NOT NULL CHECK (probing IN (0, 1)),
  owner_host TEXT NOT NULL,
  owner_boot_id TEXT NOT NULL,
  owner_pid_space TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_pid_start TEXT NOT NULL,  -- clock ticks since boot: a pid alone is reused
  owner_id TEXT NOT NULL,
  lease_until INTEGER NOT NULL,   -- how long the owner holds it without a heartbeat; not how long it is kept
  lease_ms INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  settled_at INTEGER,
  changed_at INTEGER NOT NULL,
  effect TEXT NOT NULL CHECK (effect IN ('not_started', 'rejected', 'completed', 'unknown')),
  code TEXT,                      -- why it failed or is in doubt
  settled_by TEXT CHECK (settled_by IN ('attempt', 'late', 'probe', 'operator')),
  value_kept TEXT NOT NULL CHECK (value_kept IN ('none', 'value', 'hash', 'too_large', 'not_json', 'pruned')),
  value_json TEXT,                -- NULL although kept: the value was undefined
  value_bytes INTEGER,
  value_sha256 TEXT,
  value_reason TEXT,
  details TEXT,                   -- JSON of the caller: contract verdict, cost, session
  pruned_at INTEGER,              -- a tombstone since then
  PRIMARY KEY (name, key)
) STRICT;
CREATE INDEX operations_by_change ON operations (changed_at);
CREATE INDEX operations_by_call ON operations (call_id);

CREATE TABLE attempts (
  -- One row per attempt, and one more for each result that came late. Only missing ends are ever filled in.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  fence INTEGER NOT NULL,
  call_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  owner_host TEXT NOT NULL,
  owner_boot_id TEXT NOT NULL,
  owner_pid_space TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_pid_start TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  pid INTEGER,                    -- the process it started, not the one that owned it
  pid_start TEXT,
  cookie TEXT,                    -- marks its descendants in their environment
  external_ref TEXT,              -- the id of a remote job
  started_at INTEGER NOT NULL,
  ended_at INTEGER,               -- NULL: no result yet
  late INTEGER NOT NULL CHECK (late IN (0, 1)),
  effect TEXT CHECK (effect IN ('not_started', 'rejected', 'completed', 'unknown')),
  code TEXT,                      -- NULL with an effect 'completed': succeeded; 'owner_lost': never reported
  exit_code INTEGER,
  signal TEXT,
  stderr_tail TEXT,
  stdout_bytes INTEGER,
  stdout_sha256 TEXT,
  duration_ms REAL                -- monotonic clock
) STRICT;
CREATE INDEX attempts_by_operation ON attempts (name, key, fence);
CREATE INDEX attempts_by_call ON attempts (call_id);
CREATE INDEX attempts_unfinished ON attempts (owner_boot_id) WHERE ended_at IS NULL OR code = 'owner_lost';

CREATE TABLE resolutions (
  -- What a probe or an operator answered to "did it happen?".
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT NOT NULL,
  fence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('present', 'absent', 'unknown')),
  answered_by TEXT NOT NULL,      -- 'probe', or the name the operator gave
  why TEXT NOT NULL
) STRICT;
CREATE INDEX resolutions_by_operation ON resolutions (name, key);

CREATE TABLE ledger (
  -- One row about the ledger itself.
  id INTEGER PRIMARY KEY CHECK (id = 1),
  fence_floor INTEGER NOT NULL    -- highest fence of a deleted operation: no fence is used twice for a key
) STRICT;
INSERT INTO ledger (id, fence_floor) VALUES (1, 0);

CREATE VIEW overview AS
  SELECT name, key, state, effect, code, attempts, value_kept,
    datetime(changed_at / 1000, 'unixepoch') AS changed_utc, owner_host, owner_pid, call_id
  FROM operations ORDER BY changed_at DESC;
`,
  DEDUPE_SCHEMA,
  SENTINEL_SCHEMA,
  RESERVATIONS_SCHEMA,
  `
-- sqlite3 shows these comments with the table, so they stand inside the columns.
ALTER TABLE operations ADD COLUMN lease_boot TEXT NOT NULL DEFAULT '' /* boot whose clock lease_ticks is read from, '' for none */;
ALTER TABLE operations ADD COLUMN lease_ticks INTEGER NOT NULL DEFAULT 0 /* start of the lease in ms on a clock that cannot be set */;
ALTER TABLE operations ADD COLUMN effect_within_ms INTEGER NOT NULL DEFAULT 0 /* so long after ended_at an effect may still appear */;
ALTER TABLE operations ADD COLUMN ended_at INTEGER /* end of the newest attempt, or when the loss of its owner was first seen */;
ALTER TABLE operations ADD COLUMN ended_boot TEXT;
ALTER TABLE operations ADD COLUMN ended_ticks INTEGER;
ALTER TABLE operations ADD COLUMN lingering TEXT /* JSON of work that goes on after its attempt was given up */;
`,
  `
ALTER TABLE ledger ADD COLUMN lineage TEXT NOT NULL DEFAULT '' /* random, one per ledger: tells it from another ledger's file */;
ALTER TABLE ledger ADD COLUMN commits INTEGER NOT NULL DEFAULT 0 /* durable transactions so far: tells it from an older copy */;
UPDATE ledger SET lineage = lower(hex(randomblob(16)));
`,
  `
ALTER TABLE resolutions ADD COLUMN overrode TEXT /* what an operator's word was put in place of by force */;
`,
  `
-- For the end of retention: what is kept is not read.
CREATE INDEX operations_pruned ON operations (pruned_at) WHERE pruned_at IS NOT NULL;
CREATE INDEX operations_ended ON operations (settled_at) WHERE pruned_at IS NULL AND state IN ('succeeded', 'failed');
CREATE INDEX operations_reserved ON operations (lease_until) WHERE state = 'reserved';
`,
  SENTINEL_CARRY_SCHEMA,
  `
-- A hardcall of before effectWithin that has the ledger open since then would start calls that are to wait: it may end what it has
-- begun, and claims nothing more.
ALTER TABLE operations ADD COLUMN claimed_fence INTEGER NOT NULL DEFAULT 0 /* equals fence; an older hardcall does not write it */;
UPDATE operations SET claimed_fence = fence;
CREATE TRIGGER operations_no_older_insert BEFORE INSERT ON operations WHEN NEW.claimed_fence <> NEW.fence
BEGIN SELECT RAISE(ABORT, 'a newer hardcall has migrated this ledger: restart this process'); END;
CREATE TRIGGER operations_no_older_claim BEFORE UPDATE ON operations
WHEN NEW.fence > OLD.fence AND NEW.claimed_fence <> NEW.fence
BEGIN SELECT RAISE(ABORT, 'a newer hardcall has migrated this ledger: restart this process'); END;
`,
  RUNNERS_SCHEMA,
  `
ALTER TABLE attempts ADD COLUMN requested_by TEXT /* what asked for the call, such as a job of a queue */;
`,
  RESOURCES_SCHEMA,
];
