import type { AttemptEnd, AttemptNote } from "../operation/state.ts";
import type { Column, Columns, SqlWording, Query } from "../../database/sql.ts";

/** Every statement of a ledger in a database, as pure functions. `p` writes the placeholder of the nth parameter. */
export function selectOperation(p: SqlWording): string {
  return `SELECT * FROM ${p.table("operations")} WHERE name = ${p(1)} AND key = ${p(2)}`;
}

export function selectOperationOfCall(p: SqlWording): string {
  return `SELECT * FROM ${p.table("operations")} WHERE (name, key) IN (
      SELECT name, key FROM ${p.table("operations")} WHERE call_id = ${p(1)}
      UNION SELECT name, key FROM ${p.table("attempts")} WHERE call_id = ${p(2)}) LIMIT 1`;
}

/**
 * Changes the row only if no other writer has changed it since it was read. It names only the columns that change: SQLite writes to each
 * index whose column is named, even where the value stays the same.
 */
export function updateOperation(columns: Columns, was: Columns, p: SqlWording): Query {
  // The fence is in no index: with it, there is always a column to set.
  const names = Object.keys(columns).filter((name) => name === "fence" || columns[name] !== was[name]);
  const sets = names.map((name, index) => `${name} = ${p(index + 1)}`);
  const [a, b, c, d] = [1, 2, 3, 4].map((n) => p(names.length + n));
  const { name = null, key = null, fence = null, state = null } = was;
  return {
    text: `UPDATE ${p.table("operations")} SET ${sets.join(", ")} WHERE name = ${a} AND key = ${b} AND fence = ${c} AND state = ${d}`,
    values: [...names.map((column) => columns[column] ?? null), name, key, fence, state],
  };
}

const WHICH = (p: SqlWording, n: number) =>
  `WHERE name = ${p(n)} AND key = ${p(n + 1)} AND fence = ${p(n + 2)} AND ended_at IS NULL AND late = 0`;

/** Fills in the end of an attempt, once. */
export function endAttempt(p: SqlWording): string {
  const columns = ["ended_at", "effect", "code", "exit_code", "signal", "stderr_tail", "stdout_bytes"];
  const sets = [...columns, "stdout_sha256", "duration_ms"].map((name, index) => `${name} = ${p(index + 1)}`);
  return `UPDATE ${p.table("attempts")} SET ${sets.join(", ")} ${WHICH(p, sets.length + 1)}`;
}

export function endValues(end: AttemptEnd, at: number): Column[] {
  return [
    at,
    end.effect,
    end.code ?? null,
    end.exitCode ?? null,
    end.signal ?? null,
    // SQLite reads text up to its first NUL.
    end.stderrTail?.replaceAll("\0", "\u2400").toWellFormed() ?? null,
    end.stdoutBytes ?? null,
    end.stdoutSha256 ?? null,
    end.durationMs ?? null,
  ];
}

export function noteAttempt(p: SqlWording): string {
  const columns = ["pid", "pid_start", "cookie", "external_ref"];
  const sets = columns.map((name, index) => `${name} = COALESCE(${p(index + 1)}, ${name})`);
  return `UPDATE ${p.table("attempts")} SET ${sets.join(", ")} ${WHICH(p, 5)}`;
}

export function noteValues({ pid, pidStart, cookie, externalRef }: AttemptNote): Column[] {
  return [pid ?? null, pidStart ?? null, cookie ?? null, externalRef ?? null];
}

const START =
  "name, key, fence, call_id, fingerprint, owner_host, owner_boot_id, owner_pid_space, owner_pid, owner_pid_start, owner_id, pid, pid_start, cookie, external_ref, requested_by, started_at";

/** A second row for an attempt whose result came late; the first stays as it is. */
export function insertLate(p: SqlWording): string {
  const marks = Array.from({ length: 9 }, (_, index) => p(index + 1)).join(", ");
  return `INSERT INTO ${p.table("attempts")} (ended_at, effect, code, exit_code, signal, stderr_tail, stdout_bytes, stdout_sha256, duration_ms, late, ${START})
    SELECT ${marks}, 1, ${START} FROM ${p.table("attempts")} WHERE name = ${p(10)} AND key = ${p(11)} AND fence = ${p(12)} AND late = 0`;
}

export function selectAttempt(p: SqlWording): string {
  return `SELECT * FROM ${p.table("attempts")} WHERE name = ${p(1)} AND key = ${p(2)} AND fence = ${p(3)} AND late = 0`;
}

export function selectAttempts(p: SqlWording): string {
  return `SELECT * FROM ${p.table("attempts")} WHERE name = ${p(1)} AND key = ${p(2)} ORDER BY id`;
}

export function selectResolutions(p: SqlWording): string {
  return `SELECT * FROM ${p.table("resolutions")} WHERE name = ${p(1)} AND key = ${p(2)} ORDER BY id`;
}

export function selectUnfinished(p: SqlWording): string {
  return `SELECT * FROM ${p.table("attempts")} WHERE (ended_at IS NULL OR code = 'owner_lost') AND late = 0
    AND owner_boot_id = ${p(1)} AND owner_host = ${p(2)} ORDER BY id`;
}

/** A key alone is looked for under each name, as the primary key begins with the name: there are few names. */
export function selectByReference(p: SqlWording): string {
  const names = `names (name) AS (SELECT min(name) FROM ${p.table("operations")}
    UNION ALL SELECT (SELECT min(o.name) FROM ${p.table("operations")} o WHERE o.name > names.name) FROM names WHERE names.name IS NOT NULL)`;
  return `WITH RECURSIVE ${names} SELECT * FROM ${p.table("operations")} WHERE (name, key) IN (
      SELECT o.name, o.key FROM names JOIN ${p.table("operations")} o ON o.name = names.name AND o.key = ${p(1)}
      UNION SELECT name, key FROM ${p.table("operations")} WHERE call_id = ${p(2)}
      UNION SELECT name, key FROM ${p.table("attempts")} WHERE call_id = ${p(3)}) ORDER BY name, key`;
}

export function selectOperations(
  filter: {
    readonly state?: string | undefined;
    readonly name?: string | undefined;
    readonly before?: number | undefined;
    /** The last row of the page before. */
    readonly last?: { readonly changedAt: number; readonly name: string; readonly key: string } | undefined;
  },
  limit: number,
  p: SqlWording,
): Query {
  const { state, name, before, last } = filter;
  const values: Column[] = [];
  const where: string[] = [];
  const add = (column: string, value: Column | undefined) => {
    if (value !== undefined) where.push(`${column} ${p(values.push(value))}`);
  };
  add("state =", state);
  add("name =", name);
  add("changed_at <=", before);
  if (last !== undefined) {
    const mark = (value: Column) => p(values.push(value));
    // The first comparison is the one that an index can begin at.
    where.push(
      `changed_at <= ${mark(last.changedAt)} AND (changed_at < ${mark(last.changedAt)} OR (name, key) > (${mark(last.name)}, ${mark(last.key)}))`,
    );
  }
  const condition = where.length > 0 ? `WHERE ${where.join(" AND ")} ` : "";
  const limitMark = p(values.push(limit));
  return {
    text: `SELECT * FROM ${p.table("operations")} ${condition}ORDER BY changed_at DESC, name, key LIMIT ${limitMark}`,
    values,
  };
}

const SOME = "LIMIT 50";

/**
 * Some operations whose retention may be over, oldest first, each kind by an index of its own: all that is kept is not even
 * read. The conditions are those of the indexes, word for word, or SQLite does not use them.
 */
export function expired(
  p: SqlWording,
  columns = "name, key",
  reserved = `lease_until <= ${p(1)} AND doubt_fence = 0 ORDER BY lease_until`,
): readonly { readonly text: string; readonly before: "retained" | "remembered" }[] {
  const from = `SELECT ${columns} FROM ${p.table("operations")} WHERE`;
  return [
    {
      text: `${from} pruned_at IS NOT NULL AND pruned_at <= ${p(1)} AND state = 'succeeded' ORDER BY pruned_at ${SOME}`,
      before: "remembered",
    },
    {
      text: `${from} pruned_at IS NULL AND state IN ('succeeded', 'failed') AND settled_at <= ${p(1)} ORDER BY settled_at ${SOME}`,
      before: "retained",
    },
    {
      text: `${from} state = 'reserved' AND ${reserved} ${SOME}`,
      before: "retained",
    },
  ];
}

export function deleteAttempts(p: SqlWording): string {
  return `DELETE FROM ${p.table("attempts")} WHERE name = ${p(1)} AND key = ${p(2)}`;
}

/** What a person said is kept for good. */
export function deleteProbes(p: SqlWording): string {
  return `DELETE FROM ${p.table("resolutions")} WHERE name = ${p(1)} AND key = ${p(2)} AND answered_by = 'probe'`;
}

export function deleteOperation(p: SqlWording): string {
  return `DELETE FROM ${p.table("operations")} WHERE name = ${p(1)} AND key = ${p(2)}`;
}

export function selectFenceFloor(p: SqlWording): string {
  return `SELECT fence_floor FROM ${p.table("ledger")}`;
}

export function raiseFenceFloor(p: SqlWording): string {
  return `UPDATE ${p.table("ledger")} SET fence_floor = ${p(1)} WHERE fence_floor < ${p(2)}`;
}
