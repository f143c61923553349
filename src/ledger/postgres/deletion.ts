import type { Target } from "../store/backend.ts";
import type { Parameters } from "./parameters.ts";

/**
 * The parts of a statement that forgets an operation with its attempts and the answers of probes, where the part `written` says so. What a
 * person said of it stays. `doomed` has the row, locked, if it is still of this version.
 */
export function deletionOf(
  { name, key }: Target,
  version: string,
  p: Parameters,
): { readonly doomed: string; readonly parts: string } {
  const operations = p.table("operations");
  const which = `name = ${p.mark(name)} AND key = ${p.mark(key)}`;
  const ifWritten = "EXISTS (SELECT FROM written)";
  return {
    doomed: `doomed AS (SELECT FROM ${operations} WHERE ${which} AND version = ${p.mark(version)} FOR UPDATE)`,
    parts: `,
      no_attempts AS (DELETE FROM ${p.table("attempts")} WHERE ${which} AND ${ifWritten}),
      no_probes AS (DELETE FROM ${p.table("resolutions")} WHERE ${which} AND answered_by = 'probe' AND ${ifWritten}),
      no_operation AS (DELETE FROM ${operations} WHERE ${which} AND ${ifWritten})`,
  };
}
