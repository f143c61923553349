import { createHash } from "node:crypto";
import { isBlank } from "../../core/blank.ts";
import type { Artifact } from "./artifact.ts";
import { CountError } from "./artifact.ts";
import type { Count } from "./count.ts";

export interface SuccessesCountOptions {
  /** The name of the call whose successes count. */
  readonly ledger: string;
}

/** Each distinct output once, at its first success: the same draft eleven days in a row counts once. */
const DISTINCT_OUTPUTS = `
  SELECT value_sha256 AS id, min(settled_at) AS at, max(CASE WHEN value_bytes <= 256 THEN value_json END) AS json
  FROM operations
  WHERE name = ? AND state = 'succeeded' AND value_sha256 IS NOT NULL AND settled_at IS NOT NULL
  GROUP BY value_sha256`;

/** Hashes of JSON values that hold nothing, as the ledger hashes values. */
export const EMPTY_VALUES: readonly string[] = ["", '""', "null", "[]", "{}", "false", "0"].map((json) =>
  createHash("sha256").update(json).digest("hex"),
);

/** Counts the successful calls of one name, by distinct output. It reads the ledger that the sentinel's own state is in. */
export function successes({ ledger: name }: SuccessesCountOptions): Count {
  return async ({ ledger, enough, remainingMs }) => {
    if (ledger === undefined) throw new CountError("there is no ledger to count in");
    const query = `${DISTINCT_OUTPUTS} ORDER BY at DESC LIMIT ?`;
    const found = await ledger.read((session) => session.all(query, [name, 1000 + enough]), remainingMs);
    return found
      .filter(({ id, json }) => !EMPTY_VALUES.includes(String(id)) && !isBlankValue(json))
      .map((row) => ({ id: String(row["id"]), at: Number(row["at"]) })) satisfies Artifact[];
  };
}

/** Whether the JSON of a value is a text in which nothing is visible. */
export const isBlankValue = (json: unknown): boolean =>
  typeof json === "string" && json.startsWith('"') && isBlank(JSON.parse(json) as string);
