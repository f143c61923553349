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
