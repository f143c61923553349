import { InvalidInput } from "../rest/errors.mjs";
import { TYPES } from "./types.mjs";

const MOST_ROWS = 10_000;

/**
 * A page of the rows as the REST interface has it: `rows` and the token of the next page, each where there is one.
 *
 * @param format `useInt64Timestamp` and `timestampOutputFormat` of the request
 * @throws InvalidInput when the request asks for a page that cannot be
 */
export function pageOf({ rows, fields }, { startIndex, maxResults, pageToken, pageRows, lastPage, format }) {
  const from = Math.min(
    rows.length,
    wholeNumber("pageToken", pageToken) ?? wholeNumber("startIndex", startIndex) ?? 0,
  );
  const most = wholeNumber("maxResults", maxResults) ?? MOST_ROWS;
  const to = Math.min(rows.length, from + Math.min(most, MOST_ROWS, pageRows ?? Infinity));
  return {
    ...(to > from && { rows: rows.slice(from, to).map((row) => record(row, fields, format)) }),
    // A client that asks for no row wants the schema and the total; a token would lead it round for ever.
    ...(to < rows.length && to > from && !lastPage && { pageToken: `${to}` }),
  };
}

function wholeNumber(name, given) {
  if (given === undefined || given === "") return undefined;
  if (/^\d+$/.test(String(given))) return Number(given);
  throw new InvalidInput(`Invalid value for ${name}: ${given} is not a whole number`);
}

/** By the names of the columns: two rows need not have the same order, nor the same columns. */
const record = (row, fields, format) => ({
  f: fields.map((field) => cell(Object.hasOwn(row, field.name) ? row[field.name] : null, field, format)),
});

function cell(value, field, format) {
  if (field.mode === "REPEATED") {
    return { v: (value ?? []).map((item) => ({ v: content(item, field, format) })) };
  }
  return { v: value === null ? null : content(value, field, format) };
}

const content = (value, field, format) =>
  field.type === "RECORD" ? record(value, field.fields, format) : TYPES[field.type].cell(value, format);
