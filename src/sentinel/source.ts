import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import type { SqliteConnection } from "../database/sqlite/connection.ts";
import { formatSpan } from "./span.ts";

/**
 * The name under which a configuration file's sentinels are kept: its path as it was given, by way of symbolic links. A
 * `current` link stays the same at each deployment, and what it points to does not.
 */
export function sourceOf(file: string): string {
  const { PWD } = process.env;
  // The shell's way to the working folder, where it is right (POSIX `pwd -L`).
  const folder = PWD !== undefined && path.isAbsolute(PWD) && real(PWD) === process.cwd() ? PWD : ".";
  return path.resolve(folder, file);
}

/**
 * A sentence for each name that another set of sentinels watches in this ledger. One after the other, they would take
 * each other's baseline, verdict and alerts. A file that moved keeps its names: the same file under another path at once,
 * one that is gone after twice its interval, as it may be there in another container.
 */
export function nameConflicts(
  db: SqliteConnection,
  names: readonly string[],
  source: string,
  now: number,
): string[] {
  const rows = db.all(
    `SELECT name, source, every_ms, coalesce(checked_at, registered_at) AS seen FROM sentinels
     WHERE retired_at IS NULL AND source <> ? AND name IN (SELECT value FROM json_each(?)) ORDER BY name`,
    [source, JSON.stringify(names)],
  );
  return rows.flatMap((row) => {
    const other = String(row["source"]);
    if (!path.isAbsolute(other)) return [conflict(String(row["name"]), `the set ${JSON.stringify(other)}`)];
    const [mine, its] = [real(source), real(other)];
    if (its !== undefined && its === mine) return [];
    const quietFor = now - Number(row["seen"]);
    const isGone = its === undefined && quietFor > 2 * Number(row["every_ms"]);
    if (isGone) return [];
    return [
      conflict(String(row["name"]), `${other} (last checked ${formatSpan(Math.max(0, quietFor))} ago)`),
    ];
  });
}

const conflict = (name: string, owner: string) =>
  `the name ${JSON.stringify(name)} is taken in this ledger by ${owner}; give it another name, or another ledger`;

function real(file: string): string | undefined {
  try {
    return statSync(file) && realpathSync(file);
  } catch {
    // It is gone, or not to be seen from here.
    return undefined;
  }
}
