import { InvalidInput } from "../rest/errors.mjs";

/**
 * The fields themselves, also those inside of records, if their names can stand in one table.
 *
 * @throws InvalidInput
 */
export function checkedNames(fields, where) {
  if (fields.length === 0) throw new InvalidInput(`${where}: there is no column`);
  const seen = new Map();
  for (const { name, type, fields: inner } of fields) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new InvalidInput(
        `${where}: '${other}' and '${name}' are one column, as BigQuery does not tell upper from lower case`,
      );
    }
    seen.set(name.toLowerCase(), name);
    if (type === "RECORD") checkedNames(inner, `${where}: column '${name}'`);
  }
  return fields;
}
