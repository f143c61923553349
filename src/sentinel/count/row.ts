import { createHash } from "node:crypto";
import { isBlank } from "../../core/blank.ts";
import { CountError, type Artifact } from "./artifact.ts";
import { toInstant } from "./instant.ts";

/** Rows without a time must all be remembered, so there is a limit. */
const MOST_WITHOUT_TIME = 10_000;
/** How many of the newest rows with a time are kept; a verdict needs no more. */
const MOST_WITH_TIME = 10_000;

/** Which columns of a row, or fields of a JSON item, hold its id and its time. */
export interface RowShape {
  /** @default "id" if there is one, else the whole row */
  readonly id?: string | undefined;
  /** The time of the data: seconds, milliseconds, microseconds or nanoseconds since 1970, or ISO 8601. @default "at" if there is one, else when it was first seen */
  readonly at?: string | undefined;
}

/** Makes artifacts of rows, and keeps the newest. */
export function fromRows(rows: Iterable<Readonly<Record<string, unknown>>>, shape: RowShape): Artifact[] {
  let kept: Artifact[] = [];
  for (const row of rows) {
    const artifact = fromRow(row, shape);
    if (artifact === undefined) continue;
    kept.push(artifact);
    if (artifact.at === undefined && kept.length > MOST_WITHOUT_TIME) {
      throw new CountError(
        `there are more than ${MOST_WITHOUT_TIME} rows without a time; name a column with "at"`,
      );
    }
    if (kept.length >= 2 * MOST_WITH_TIME) kept = newest(kept);
  }
  return kept.length > MOST_WITH_TIME ? newest(kept) : kept;
}

const newest = (artifacts: readonly Artifact[]) =>
  artifacts.toSorted((one, other) => (other.at ?? 0) - (one.at ?? 0)).slice(0, MOST_WITH_TIME);

/** `undefined` for a row whose id is blank or missing: a post without an id was not published. */
function fromRow(row: Readonly<Record<string, unknown>>, shape: RowShape): Artifact | undefined {
  const idColumn = shape.id ?? (Object.hasOwn(row, "id") ? "id" : undefined);
  const atColumn = shape.at ?? (Object.hasOwn(row, "at") ? "at" : undefined);
  const id = idColumn === undefined ? hashOf(row, atColumn) : idText(row, idColumn);
  if (id === undefined) return undefined;
  if (atColumn === undefined) return { id };
  const at = toInstant(column(row, atColumn));
  if (Number.isNaN(at)) throw new CountError(`${JSON.stringify(atColumn)} of a row is not a time`);
  return { id, at };
}

function idText(row: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = column(row, name);
  if (value === null || value === undefined) return undefined;
  const text = textOf(value);
  return isBlank(text) ? undefined : text;
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (ArrayBuffer.isView(value)) {
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex");
  }
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part)) ?? "";
}

function column(row: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(row, name)) return row[name];
  throw new CountError(`a row has no ${JSON.stringify(name)}`);
}

function hashOf(row: Readonly<Record<string, unknown>>, except: string | undefined): string | undefined {
  const parts = Object.entries(row).filter(([name]) => name !== except);
  if (parts.every(([, value]) => value === null || isBlank(textOf(value)))) return undefined;
  return createHash("sha256").update(textOf(parts)).digest("hex");
}
