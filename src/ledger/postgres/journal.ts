import { setTimeout as pause } from "node:timers/promises";
import type { Row } from "../../database/columns.ts";
import type { Column, Columns, Query, SqlWording } from "../../database/sql.ts";
import type { JournalEntry, JournalSearch } from "../journal/entry.ts";
import { isLost, LOST_PAGE } from "../journal/retention.ts";
import { progressColumns, readEntry, startColumns } from "../journal/rows.ts";
import * as sql from "../journal/sql.ts";
import type { Liveness, Owner } from "../owner/owner.ts";
import type { JournalBackend } from "../journal/backend.ts";
import { clean } from "./parameters.ts";

/** For how long the ledger is free for calls between two statements of a clean-up. */
const FREE_MS = 5;

/** The columns whose values are no text. */
const TYPES: Readonly<Record<string, string>> = {
  owner_pid: "bigint",
  started_at: "bigint",
  limit_ms: "bigint",
  ended_at: "bigint",
  cost_usd: "double precision",
};

type Run = (query: Query, withinMs?: number) => Promise<readonly Row[]>;

/** The journal of a ledger in Postgres. */
export class PostgresJournal implements JournalBackend {
  readonly #wording: SqlWording;
  readonly #run: Run;

  constructor(wording: SqlWording, run: Run) {
    this.#wording = wording;
    this.#run = run;
  }

  async write(entries: readonly JournalEntry[], withinMs: number): Promise<void> {
    await this.#run(upsert(entries, this.#wording), withinMs);
  }

  async list(search: JournalSearch): Promise<readonly JournalEntry[]> {
    return (await this.#run(sql.selectJournal(search, this.#wording))).map(readEntry);
  }

  async prune(before: number, withinMs: number, liveness: (owner: Owner) => Liveness): Promise<number> {
    let deleted = 0;
    for (;;) {
      const done = await this.#delete(sql.deleteEnded(this.#wording), [before, before], withinMs);
      deleted += done;
      if (done === 0) break;
      await pause(FREE_MS);
    }
    let after: JournalEntry | undefined;
    do {
      const page = await this.list({ state: "running", startedBefore: before, limit: LOST_PAGE, after });
      for (const { callId } of page.filter((entry) => isLost(entry, before, liveness)))
        deleted += await this.#delete(sql.deleteLost(this.#wording), [callId], withinMs);
      after = page.length < LOST_PAGE ? undefined : page.at(-1);
    } while (after !== undefined);
    return deleted;
  }

  async #delete(text: string, values: readonly Column[], withinMs: number): Promise<number> {
    const counted = `WITH gone AS (${text} RETURNING call_id) SELECT count(*) AS done FROM gone`;
    const [row] = await this.#run({ text: counted, values }, withinMs);
    return Number(row?.["done"]);
  }
}

/** One text for any number of rows. Its commit never waits for the disk, also where the server's other commits do. */
function upsert(entries: readonly JournalEntry[], p: SqlWording): Query {
  const rows = entries.map((entry) => ({ ...startColumns(entry), ...progressColumns(entry) }));
  const columns = Object.keys(rows[0] ?? {});
  const types = columns.map((column) => `${column} ${TYPES[column] ?? "text"}`);
  const progress = entries[0] === undefined ? [] : Object.keys(progressColumns(entries[0]));
  const names = columns.join(", ");
  return {
    text: `WITH written AS (INSERT INTO ${p.table("journal")} (${names})
        SELECT ${names} FROM json_to_recordset(${p(1)}::json) AS given (${types.join(", ")})
        ${sql.onConflict(progress, p)} RETURNING call_id)
      SELECT set_config('synchronous_commit', 'off', true) AS commits, count(*) AS written FROM written`,
    values: [JSON.stringify(rows.map(cleaned))],
  };
}

const cleaned = (columns: Columns): Columns =>
  Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, clean(value)]));
