/** What sentinels need in the ledger's file: what is expected, what was found, and what was said about it. */
export const SENTINEL_SCHEMA = `
CREATE TABLE sentinels (
  -- One row per sentinel, from the first time it was seen. All instants are Unix milliseconds.
  name TEXT PRIMARY KEY,
  source TEXT NOT NULL,           -- the configuration it comes from; one that it no longer names is retired
  count_hash TEXT NOT NULL,       -- of what it counts: another count needs another baseline
  call TEXT,                      -- the call whose artifacts these are, if it says so
  every_ms INTEGER NOT NULL,      -- how often it is to be checked
  window_ms INTEGER NOT NULL,
  least INTEGER NOT NULL,         -- how many new artifacts a window needs
  registered_at INTEGER NOT NULL, -- overdue counts from here, so one that never ran is noticed
  baselined_at INTEGER,           -- when what was there already was written down, once a count worked
  retired_at INTEGER,
  revision INTEGER NOT NULL DEFAULT 0, -- grows with each recorded check; of two at once the second is dropped
  checked_at INTEGER,
  verdict TEXT CHECK (verdict IN ('ok', 'late', 'silent', 'unknown')),
  reason TEXT,
  found INTEGER,                  -- distinct new artifacts in the window
  last_at INTEGER,                -- time of the newest artifact
  due_at INTEGER,
  unknown_since INTEGER,
  alarm INTEGER NOT NULL DEFAULT 0 CHECK (alarm IN (0, 1)),
  bad_streak INTEGER NOT NULL DEFAULT 0,
  ok_streak INTEGER NOT NULL DEFAULT 0,
  episode INTEGER NOT NULL DEFAULT 0,  -- counts alarms
  alerts INTEGER NOT NULL DEFAULT 0,   -- counts alerts within the episode
  worst TEXT,                          -- the worst verdict this episode has told
  alerted_at INTEGER
) STRICT;

CREATE TABLE sentinel_artifacts (
  sentinel TEXT NOT NULL,
  artifact TEXT NOT NULL,         -- a hash of what tells it from others, never its content
  at INTEGER,                     -- its own time, never later than first_seen; NULL: was there at the baseline
  first_seen INTEGER NOT NULL,
  PRIMARY KEY (sentinel, artifact)
) STRICT, WITHOUT ROWID;
CREATE INDEX sentinel_artifacts_by_time ON sentinel_artifacts (sentinel, at);

CREATE TABLE sentinel_verdicts (
  -- One row per change of verdict.
  id INTEGER PRIMARY KEY,
  sentinel TEXT NOT NULL,
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL
) STRICT;
CREATE INDEX sentinel_verdicts_by_time ON sentinel_verdicts (sentinel, at);

CREATE TABLE sentinel_alerts (
  -- The outbox: written with the change it tells of, ticked off once delivered.
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,               -- the same at each delivery, so that it can be shown once
  channel TEXT NOT NULL,          -- kind and a hash; addresses stay in the configuration
  sentinel TEXT NOT NULL,
  body TEXT NOT NULL,             -- JSON
  created_at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_at INTEGER NOT NULL,       -- not before: a delivery under way, or a pause after a failure
  delivered_at INTEGER,
  dropped TEXT,                   -- why it will not be delivered
  UNIQUE (id, channel)
) STRICT;
CREATE INDEX sentinel_alerts_pending ON sentinel_alerts (seq) WHERE delivered_at IS NULL AND dropped IS NULL;

CREATE TABLE sentinel_passes (
  -- The heartbeat of the checks themselves: only complete passes are written.
  source TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  due_ms INTEGER NOT NULL,        -- a longer pause than this is a fault
  checked INTEGER NOT NULL,
  not_ok INTEGER NOT NULL
) STRICT;

CREATE TABLE sentinel_clocks (
  -- Wall clock minus time since boot, per machine and boot: a difference that changes is a clock that was set.
  machine TEXT PRIMARY KEY,
  baseline_ms INTEGER NOT NULL,
  offset_ms INTEGER NOT NULL,
  since INTEGER NOT NULL          -- time since boot at which the offset was first seen
) STRICT;
`;

/** From what moment on the next artifact is expected outlives a change of what is counted. */
export const SENTINEL_CARRY_SCHEMA = `
ALTER TABLE sentinels ADD COLUMN expected_from INTEGER /* by the newest count that worked: its window began here */;
ALTER TABLE sentinels ADD COLUMN carried_from INTEGER /* the same, as it was when what is counted last changed */;
UPDATE sentinels SET expected_from = due_at - window_ms;
`;
