import { hint } from "../../shared/edit-distance.cjs";
import { InvalidInput } from "../rest/errors.mjs";
import { inferredFields } from "./inferred-schema.mjs";
import { checkedNames } from "./names.mjs";
import { TYPE_NAMES, TYPES, typeNamed } from "./types.mjs";

const MODES = ["NULLABLE", "REQUIRED", "REPEATED"];
/** What a TableFieldSchema of the REST interface can have. */
const OF_A_FIELD =
  "name type mode fields description policyTags dataPolicies categories maxLength precision scale collation defaultValueExpression roundingMode rangeElementType foreignTypeDefinition timestampPrecision generatedColumn".split(
    " ",
  );
const DEFAULT_FIELDS = [{ name: "n", type: "INTEGER", mode: "NULLABLE" }];

/**
 * The fields of the rows: the declared ones, else those that all rows together show.
 *
 * @param rows objects from JSON
 * @param declared a list of fields, or `{ fields }`, as in the REST interface
 * @throws InvalidInput
 */
export function fieldsOf(rows, declared) {
  const strange = rows.findIndex((row) => !isRecord(row));
  if (strange !== -1) throw new InvalidInput(`rows must be a list of objects; row ${strange + 1} is none`);
  if (declared === undefined) return rows.length === 0 ? DEFAULT_FIELDS : inferredFields(rows);
  const fields = checkedNames(declaredFields(declared.fields ?? declared, "schema"), "schema");
  for (const [index, row] of rows.entries()) checkRecord(row, fields, `rows: row ${index + 1}`);
  return fields;
}

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

function declaredFields(fields, where) {
  if (!Array.isArray(fields) || fields.length === 0) {
    throw new InvalidInput(`${where} must be a list of fields, such as [{"name":"n","type":"INT64"}]`);
  }
  return fields.map((field) => {
    if (!isRecord(field) || typeof field.name !== "string" || field.name === "") {
      throw new InvalidInput(`${where} has a field without a name`);
    }
    const at = `${where}: field '${field.name}'`;
    const strange = Object.keys(field).find((name) => !OF_A_FIELD.includes(name));
    if (strange !== undefined) {
      throw new InvalidInput(`${at} has '${strange}', which no field has${hint(strange, OF_A_FIELD)}`);
    }
    const type = typeNamed(field.type);
    if (type === undefined) {
      throw new InvalidInput(
        `${at} has the unknown type '${field.type}'${hint(String(field.type), TYPE_NAMES)}`,
      );
    }
    const mode = field.mode ?? "NULLABLE";
    if (!MODES.includes(mode)) throw new InvalidInput(`${at} has a mode that is none of ${MODES.join(" ")}`);
    return { ...field, type, mode, ...(type === "RECORD" && { fields: declaredFields(field.fields, at) }) };
  });
}

function checkRecord(record, fields, where) {
  const names = fields.map(({ name }) => name);
  for (const name of Object.keys(record)) {
    if (!names.includes(name)) {
      throw new InvalidInput(`${where} has a column '${name}', which the schema has not${hint(name, names)}`);
    }
  }
  for (const field of fields) {
    checkValue(Object.hasOwn(record, field.name) ? record[field.name] : null, field, where);
  }
}

const misfit = (value, { type }) =>
  type === "INTEGER" && Number.isInteger(value)
    ? `has ${value}, whose digits JSON does not keep: write text`
    : `has a value that is no ${type}`;

function checkValue(value, field, where) {
  const at = `${where}, column '${field.name}'`;
  if (value === null) {
    if (field.mode === "REQUIRED") throw new InvalidInput(`${at} is null, but REQUIRED`);
    return;
  }
  if (field.mode === "REPEATED") {
    if (!Array.isArray(value)) throw new InvalidInput(`${at} is REPEATED: its value must be a list`);
    for (const item of value) checkValue(item, { ...field, mode: "REQUIRED" }, where);
  } else if (field.type !== "RECORD") {
    if (!TYPES[field.type].fits(value)) throw new InvalidInput(`${at} ${misfit(value, field)}`);
  } else if (isRecord(value)) {
    checkRecord(value, field.fields, at);
  } else throw new InvalidInput(`${at} is a RECORD: its value must be an object`);
}
