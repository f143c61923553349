/** What the dedupe gates have seen, as a step of the ledger's schema in Postgres. */
export const POSTGRES_CONTENTS = `
CREATE TABLE contents (
  scope text COLLATE "C" NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL,
  call_id text COLLATE "C",
  first_at bigint NOT NULL,
  last_at bigint NOT NULL,
  times bigint NOT NULL,
  owner text,
  token text,
  PRIMARY KEY (scope, sha256)
);
COMMENT ON TABLE contents IS 'One row per content that a scope has seen; never the content itself. Instants are Unix milliseconds';
COMMENT ON COLUMN contents.scope IS 'what is kept apart, e.g. ''drafts''';
COMMENT ON COLUMN contents.sha256 IS 'of the content without its final line feed';
COMMENT ON COLUMN contents.call_id IS 'the call that brought it first, if it said so';
COMMENT ON COLUMN contents.times IS 'how often it has come';
COMMENT ON COLUMN contents.owner IS 'who committed it: ''key:…'' or ''call:…'', if it has a name';
COMMENT ON COLUMN contents.token IS 'the reservation under which it was committed';

CREATE TABLE content_streaks (
  scope text COLLATE "C" PRIMARY KEY,
  sha256 text COLLATE "C" NOT NULL,
  streak bigint NOT NULL
);
COMMENT ON TABLE content_streaks IS 'One row per scope: what came last, and how often in a row';

CREATE TABLE content_scopes (
  scope text COLLATE "C" PRIMARY KEY,
  version text NOT NULL
);
COMMENT ON TABLE content_scopes IS 'One row per scope: a write to its contents succeeds only on the version that it has read';

CREATE TABLE content_reservations (
  scope text COLLATE "C" NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  bytes bigint NOT NULL,
  token text NOT NULL,
  owner text,
  call_id text COLLATE "C",
  process text,
  ends_with_process integer NOT NULL CHECK (ends_with_process IN (0, 1)),
  reserved_at bigint NOT NULL,
  reserved_boot text NOT NULL,
  reserved_ticks bigint NOT NULL,
  hold_ms bigint NOT NULL,
  runner text,
  PRIMARY KEY (scope, sha256)
);
COMMENT ON TABLE content_reservations IS 'One row per content that was checked and neither committed nor released since. Instants are Unix milliseconds';
COMMENT ON COLUMN content_reservations.token IS 'random, one per check';
COMMENT ON COLUMN content_reservations.owner IS '''key:…'' or ''call:…'': a rerun has the same and takes it over';
COMMENT ON COLUMN content_reservations.process IS 'JSON of the process that works under it';
COMMENT ON COLUMN content_reservations.reserved_boot IS 'with reserved_ticks: a clock that no one can set, '''' for none';
COMMENT ON COLUMN content_reservations.hold_ms IS 'for how long it holds at most';
COMMENT ON COLUMN content_reservations.runner IS 'JSON of the processes above a check that has ended, and of its call';
`;
