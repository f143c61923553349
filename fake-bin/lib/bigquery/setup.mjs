import { hint } from "../shared/edit-distance.cjs";
import { parseModes } from "./jobs/modes.mjs";
import { InvalidInput } from "./rest/errors.mjs";
import { fieldsOf } from "./rows/schema.mjs";

const NAMES = ["mode", "rows", "schema", "runMs"];
const DEFAULT_ROWS = [{ n: 1 }, { n: 2 }, { n: 3 }];

/**
 * How a project answers.
 *
 * @param given `mode` (text or a list), `rows`, `schema`, `runMs`; what it leaves out comes from `defaults`
 * @param defaults the setup of the server, if there is one
 * @throws InvalidInput
 */
export function projectSetup(given, defaults) {
  const strange = Object.keys(given).find((name) => !NAMES.includes(name));
  if (strange !== undefined) {
    throw new InvalidInput(
      `'${strange}' is not an option${hint(strange, NAMES)}. The options are: ${NAMES.join(" ")}`,
    );
  }
  const { mode, rows, schema, runMs = defaults?.runMs ?? 50 } = given;
  const modes =
    mode === undefined && defaults !== undefined
      ? defaults.modes
      : parseModes([mode || "ok"].flat().join(","));
  if (modes.problem) throw new InvalidInput(modes.problem);
  if (typeof runMs !== "number" || !(runMs >= 0)) {
    throw new InvalidInput("run-ms must be a number of milliseconds");
  }
  const isNew = rows !== undefined || schema !== undefined || defaults === undefined;
  return { modes, runMs, table: isNew ? tableFrom(rows, schema) : defaults.table };
}

/** With a schema alone there are no rows. */
function tableFrom(rows, schema) {
  const all = rows ?? (schema === undefined ? DEFAULT_ROWS : []);
  if (!Array.isArray(all)) throw new InvalidInput("rows must be a list of objects");
  return { rows: all, fields: fieldsOf(all, schema) };
}
