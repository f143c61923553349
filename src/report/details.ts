import type { Dialect } from "../database/sql.ts";

// `details` may hold anything that a caller put there: what is not JSON has no cost and no evidence. Postgres before version 16 cannot
// tell, so the ledger's schema has the function `ledger_json`. LIKE spares it the rows that have neither.

/** SQL for the cost that a callee reported, in US dollars; NULL for none. */
export const COST_USD: Readonly<Record<Dialect, string>> = {
  sqlite: "CASE WHEN json_valid(details) THEN json_extract(details, '$.costUsd') END",
  postgres: `CASE WHEN details LIKE '%"costUsd"%' THEN CAST(
    jsonb_path_query_first(ledger_json(details) -> 'costUsd', 'strict $ ? (@.type() == "number")') AS double precision) END`,
};

/** SQL for the attempts of the journal's calls, each at the start of its call: `at`, `code`, `duration_ms`. */
export const JOURNAL_ATTEMPTS: Readonly<Record<Dialect, string>> = {
  sqlite: `SELECT started_at, json_extract(value, '$.code'), json_extract(value, '$.durationMs')
    FROM journal, json_each(json_extract(more, '$.attempts'))`,
  postgres: `SELECT started_at, value ->> 'code', CAST(value ->> 'durationMs' AS double precision)
    FROM journal, jsonb_array_elements(coalesce(ledger_json(ledger_json(more) ->> 'attempts'), '[]')) AS value`,
};

/**
 * SQL for what tells the evidence of one success from that of others, as JSON; `[]` for none. A file that was only touched, and so has
 * another `modifiedAt`, is the same.
 */
export const EVIDENCE_IDENTITY: Readonly<Record<Dialect, string>> = {
  sqlite: `CASE WHEN json_valid(details) AND json_type(details, '$.evidence') = 'array' THEN (
    SELECT json_group_array(CASE type WHEN 'object' THEN json_remove(value, '$.modifiedAt', '$.facts.modifiedAt') ELSE value END)
    FROM json_each(details, '$.evidence')) ELSE '[]' END`,
  postgres: `CASE WHEN details LIKE '%"evidence"%' THEN (
    SELECT CAST(coalesce(jsonb_agg(
      CASE jsonb_typeof(one) WHEN 'object' THEN (one - 'modifiedAt') #- '{facts,modifiedAt}' ELSE one END), '[]') AS text)
    FROM jsonb_path_query(ledger_json(details) -> 'evidence', 'strict $[*]', '{}', true) AS one) ELSE '[]' END`,
};
