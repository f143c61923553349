import { maybeNumber, number, type Row, text } from "../../database/columns.ts";

/** What an answer says beside what was asked: see `DATABASE_FACTS` in statements.ts. */
export interface Facts {
  readonly receivedAt: number;
  /** The setting `synchronous_commit`. */
  readonly durability: string;
  /** `undefined` where the statement had no use for it. */
  readonly fenceFloor: number | undefined;
}

export function readFacts(row: Row): Facts {
  return {
    receivedAt: number(row, "received_at"),
    durability: text(row, "durability"),
    fenceFloor: row["floor"] === undefined ? undefined : maybeNumber(row, "floor"),
  };
}

/** A row that an answer has as one field. */
export function rowIn(row: Row, field: string): Row | undefined {
  const json = row[field];
  return typeof json === "string" ? (JSON.parse(json) as Row) : undefined;
}
