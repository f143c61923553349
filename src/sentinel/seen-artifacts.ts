import { maybeNumber } from "../database/columns.ts";
import { members, type Column, type SqlSession } from "../database/sql.ts";

/** Both databases limit the parameters of a statement, and each artifact takes four. */
const AT_ONCE = 500;

/** Whether the sentinel has found one of these artifacts before, such as under an earlier definition. */
export async function knowsAny(
  session: SqlSession,
  sentinel: string,
  artifacts: Iterable<string>,
): Promise<boolean> {
  const known = await session.get(
    `SELECT 1 AS found FROM sentinel_artifacts WHERE sentinel = ? AND artifact IN (${members(session)}) LIMIT 1`,
    [sentinel, JSON.stringify([...artifacts])],
  );
  return known !== undefined;
}

/**
 * Records artifacts and returns when each was made. An artifact is never newer than its first sighting: touching a file, or a date in the
 * future, does not make it new again.
 *
 * @returns the times of those that are not part of the baseline
 */
export async function recordArtifacts(
  session: SqlSession,
  sentinel: string,
  found: ReadonlyMap<string, number | undefined>,
  now: number,
  isBaseline: boolean,
): Promise<number[]> {
  const known = await timesOf(session, sentinel, found.keys());
  const times: number[] = [];
  const changed: Column[][] = [];
  for (const [artifact, at] of found) {
    const first = isBaseline && at === undefined ? undefined : Math.round(Math.min(at ?? now, now));
    const before = known.get(artifact);
    // It was there at the baseline.
    if (known.has(artifact) && before === undefined) continue;
    if (before !== undefined && (first === undefined || first >= before)) {
      times.push(before);
      continue;
    }
    changed.push([sentinel, artifact, first ?? null, now]);
    if (first !== undefined) times.push(first);
  }
  for (let from = 0; from < changed.length; from += AT_ONCE) {
    const some = changed.slice(from, from + AT_ONCE);
    await session.run(
      `INSERT INTO sentinel_artifacts (sentinel, artifact, at, first_seen)
       VALUES ${some.map(() => "(?, ?, ?, ?)").join(", ")}
       ON CONFLICT (sentinel, artifact) DO UPDATE SET at = excluded.at`,
      some.flat(),
    );
  }
  return times;
}

/** When each known one of these artifacts was made; `undefined` for what was there at the baseline. */
async function timesOf(
  session: SqlSession,
  sentinel: string,
  artifacts: Iterable<string>,
): Promise<ReadonlyMap<string, number | undefined>> {
  const rows = await session.all(
    `SELECT artifact, at FROM sentinel_artifacts WHERE sentinel = ? AND artifact IN (${members(session)})`,
    [sentinel, JSON.stringify([...artifacts])],
  );
  return new Map(rows.map((row) => [String(row["artifact"]), maybeNumber(row, "at")]));
}
