import { realpathSync, statSync } from "node:fs";
import path from "node:path";
import { members, type SqlSession } from "../database/sql.ts";
import { formatSpan } from "./span.ts";

/**
 * The name of a configuration file's set of sentinels: its path with symbolic links left as they are. A `current` link keeps its path at
 * each deployment; the folder that it points to changes.
 */
export function sourceOf(file: string): string {
  const { PWD } = process.env;
  // The shell's path of the working folder, with symbolic links (POSIX `pwd -L`), if it is correct.
  const folder = PWD !== undefined && path.isAbsolute(PWD) && real(PWD) === process.cwd() ? PWD : ".";
  return path.resolve(folder, file);
}

/**
 * One sentence for each name that another set of sentinels uses in this ledger. Two sentinels of one name would overwrite each other's
 * baseline, verdict and alerts. A configuration file that moved keeps its names: at once if it is the same file under another path, and
 * after twice its interval if the old file is gone, because it may still exist in another container.
 */
export async function nameConflicts(
  session: SqlSession,
  names: readonly string[],
  source: string,
  now: number,
): Promise<string[]> {
  const rows = await session.all(
    `SELECT name, source, every_ms, coalesce(checked_at, registered_at) AS seen FROM sentinels
     WHERE retired_at IS NULL AND source <> ? AND name IN (${members(session)}) ORDER BY name`,
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
    // It does not exist, or this user cannot read it.
    return undefined;
  }
}
