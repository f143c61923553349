import { timestampCell, timestampMicros } from "./timestamp.mjs";

const DAY = "\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])";
const CLOCK = "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?";

const isText = (value) => typeof value === "string";
const isNumeric = (value) =>
  typeof value === "number" || (isText(value) && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value));

/** Whole numbers keep all their digits: `1e21` is no INTEGER that a client could read. */
const integerCell = (value) => (isText(value) ? value : BigInt(value).toString());
const floatCell = (value) => (Number.isInteger(value) && Math.abs(value) < 1e15 ? `${value}.0` : `${value}`);
const text = { fits: isText, cell: (value) => value };
const matching = (form) => ({ fits: (value) => isText(value) && form.test(value), cell: (value) => value });
const isInt64 = (digits) => /^-?\d+$/.test(digits) && BigInt.asIntN(64, BigInt(digits)) === BigInt(digits);
const decimal = { fits: isNumeric, cell: (value) => `${value}` };

/**
 * Each type that a cell can have: whether a value from JSON fits, and the cell's text in the REST interface.
 * RECORD is not here: its cells have fields of their own.
 */
export const TYPES = {
  STRING: { fits: (value) => typeof value !== "object", cell: (value) => `${value}` },
  // Base64, as in the REST interface itself.
  BYTES: matching(/^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/),
  INTEGER: {
    fits: (value) => Number.isSafeInteger(value) || (isText(value) && isInt64(value)),
    cell: integerCell,
  },
  FLOAT: {
    fits: (value) => isNumeric(value) || ["NaN", "Infinity", "-Infinity"].includes(value),
    cell: floatCell,
  },
  NUMERIC: decimal,
  BIGNUMERIC: decimal,
  BOOLEAN: {
    fits: (value) => typeof value === "boolean" || value === "true" || value === "false",
    cell: (value) => `${value}`,
  },
  TIMESTAMP: {
    fits: (value) => isText(value) && timestampMicros(value) !== undefined,
    cell: timestampCell,
  },
  DATE: matching(new RegExp(`^${DAY}$`)),
  TIME: matching(new RegExp(`^${CLOCK}$`)),
  DATETIME: matching(new RegExp(`^${DAY}T${CLOCK}$`)),
  INTERVAL: text,
  GEOGRAPHY: text,
  RANGE: text,
  JSON: { fits: () => true, cell: (value) => (isText(value) ? value : JSON.stringify(value)) },
};

/** Names of GoogleSQL for the types that the REST interface calls otherwise. */
const OTHER_NAMES = {
  INT64: "INTEGER",
  FLOAT64: "FLOAT",
  BOOL: "BOOLEAN",
  STRUCT: "RECORD",
  DECIMAL: "NUMERIC",
  BIGDECIMAL: "BIGNUMERIC",
};

export const TYPE_NAMES = [...Object.keys(TYPES), "RECORD", ...Object.keys(OTHER_NAMES)];

/** The type as the REST interface calls it, or undefined when there is none. */
export function typeNamed(name) {
  const upper = String(name).toUpperCase();
  return TYPE_NAMES.includes(upper) ? (OTHER_NAMES[upper] ?? upper) : undefined;
}
