/**
 * The limits that calls share, and the journal, as a step of the ledger's schema. A hardcall of before it may keep the ledger open: it knows
 * no resources, so it starts no call that one would hold back.
 */
export const RESOURCES_SCHEMA = `
CREATE TABLE resources (
  -- One row per resource: places, waiting calls, money and breaker as one JSON document, which hardcall changes as a whole.
  name TEXT PRIMARY KEY,
  document TEXT NOT NULL,
  changed_at INTEGER NOT NULL     -- Unix milliseconds
) STRICT;

CREATE TABLE journal (
  -- One row per call that is journalled, with or without a key. Written without waiting for the disk. Instants are Unix milliseconds.
  call_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  key TEXT,
  resource TEXT,
  owner_host TEXT NOT NULL,       -- the process that runs the call
  owner_boot_id TEXT NOT NULL,
  owner_pid_space TEXT NOT NULL,
  owner_pid INTEGER NOT NULL,
  owner_pid_start TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  limit_ms INTEGER NOT NULL,      -- its total timeout
  ended_at INTEGER,               -- NULL: it runs, or its process was lost
  outcome TEXT,
  code TEXT,                      -- why it failed
  cost_usd REAL,                  -- so far, where the callee tells
  more TEXT NOT NULL              -- JSON: callee, attempts, effect, duration, evidence, end of stderr
) STRICT;
CREATE INDEX journal_by_start ON journal (started_at);
CREATE INDEX journal_by_name ON journal (name, started_at);
CREATE INDEX journal_running ON journal (started_at) WHERE ended_at IS NULL;
CREATE INDEX journal_by_code ON journal (code, started_at) WHERE code IS NOT NULL;
CREATE INDEX journal_by_outcome ON journal (outcome, started_at) WHERE outcome <> 'executed';
-- What runs and what is in doubt, which the dashboard looks at each second.
CREATE INDEX operations_unsuccessful ON operations (state, changed_at) WHERE state <> 'succeeded';
`;
