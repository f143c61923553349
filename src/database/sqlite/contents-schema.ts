/** What the dedupe gates have seen, as a step of the ledger's schema. */
export const DEDUPE_SCHEMA = `
CREATE TABLE contents (
  -- One row per content that a scope has seen; never the content itself. Instants are Unix milliseconds.
  scope TEXT NOT NULL,            -- what is kept apart, e.g. 'drafts'
  sha256 TEXT NOT NULL,           -- of the content without its final line feed
  bytes INTEGER NOT NULL,
  call_id TEXT,                   -- the call that brought it first, if it said so
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  times INTEGER NOT NULL,         -- how often it has come
  PRIMARY KEY (scope, sha256)
) STRICT;

CREATE TABLE content_streaks (
  -- One row per scope: what came last, and how often in a row.
  scope TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  streak INTEGER NOT NULL
) STRICT;
`;

/** Content counts as seen once it was committed; a check only reserves it. What an older gate has seen counts as committed. */
export const RESERVATIONS_SCHEMA = `
ALTER TABLE contents ADD COLUMN owner TEXT; -- who committed it: 'key:…' or 'call:…', if it has a name
ALTER TABLE contents ADD COLUMN token TEXT; -- the reservation under which it was committed
UPDATE contents SET owner = 'call:' || call_id WHERE call_id IS NOT NULL;

CREATE TABLE content_reservations (
  -- One row per content that was checked and neither committed nor released since. Instants are Unix milliseconds.
  scope TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  token TEXT NOT NULL,            -- random, one per check
  owner TEXT,                     -- 'key:…' or 'call:…': a rerun has the same and takes it over
  call_id TEXT,
  process TEXT,                   -- JSON of the process that works under it
  ends_with_process INTEGER NOT NULL CHECK (ends_with_process IN (0, 1)),
  reserved_at INTEGER NOT NULL,
  reserved_boot TEXT NOT NULL,    -- with reserved_ticks: a clock that no one can set, '' for none
  reserved_ticks INTEGER NOT NULL,
  hold_ms INTEGER NOT NULL,       -- for how long it holds at most
  PRIMARY KEY (scope, sha256)
) STRICT;
`;

/** A check that has ended at once tells by whom it was started, so that two runs of one job can be told apart. */
export const RUNNERS_SCHEMA = `
ALTER TABLE content_reservations ADD COLUMN runner TEXT /* JSON of the processes above a check that has ended, and of its call */;
`;
