import { InvalidInput } from "../rest/errors.mjs";
import { checkedNames } from "./names.mjs";

const INT64_END = 2 ** 63;
const NUMBERS = ["INTEGER", "FLOAT"];

/**
 * The fields of rows that came as JSON, from all of them: a column of BigQuery has one type.
 *
 * @throws InvalidInput when two values of a column have types that no column can hold
 */
export function inferredFields(rows) {
  const columns = new Map();
  for (const [index, row] of rows.entries()) noteRecord(columns, row, { row: index + 1, path: "" });
  return checkedNames(fieldsOf(columns), "rows");
}

function noteRecord(columns, record, { row, path }) {
  for (const [name, value] of Object.entries(record)) {
    if (!columns.has(name)) columns.set(name, { columns: new Map() });
    noteValue(columns.get(name), value, { row, path: path === "" ? name : `${path}.${name}` });
  }
}

function noteValue(column, value, where) {
  if (value === null) return;
  const isList = Array.isArray(value);
  if (column.isList !== undefined && column.isList !== isList) {
    throw problem(where, "is a list in one row and a single value in another");
  }
  column.isList = isList;
  for (const item of isList ? value : [value]) {
    if (Array.isArray(item)) throw problem(where, "has a list in a list, which BigQuery does not have");
    if (item === null) throw problem(where, "has null in a list, which a result of BigQuery cannot have");
    if (losesDigits(item)) throw problem(where, `has ${item}, whose digits JSON does not keep: write text`);
    column.type = common(column.type, typeOf(item), where);
    if (column.type === "RECORD") noteRecord(column.columns, item, where);
  }
}

function typeOf(value) {
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) && Math.abs(value) < INT64_END ? "INTEGER" : "FLOAT";
    case "boolean":
      return "BOOLEAN";
    case "object":
      return "RECORD";
    default:
      return "STRING";
  }
}

function common(one, other, where) {
  if (one === undefined || one === other) return other;
  if (NUMBERS.includes(one) && NUMBERS.includes(other)) return "FLOAT";
  throw problem(where, `is ${one} in one row and ${other} in another`);
}

/** A whole number that a program may have read from a text with other digits. */
const losesDigits = (value) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < INT64_END;

/** A column that is null in all rows is text. */
const fieldsOf = (columns) =>
  [...columns].map(([name, { type = "STRING", isList, columns: inner }]) => ({
    name,
    type,
    mode: isList ? "REPEATED" : "NULLABLE",
    ...(type === "RECORD" && { fields: fieldsOf(inner) }),
  }));

function problem({ row, path }, what) {
  return new InvalidInput(
    `rows: column '${path}' ${what} (row ${row}). A column has one type; a schema can say which`,
  );
}
