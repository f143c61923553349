import { number, type Row, text } from "../../database/columns.ts";

/** What an answer says beside its rows: see `databaseFacts` in statements.ts. */
export interface Facts {
  readonly receivedAt: number;
  readonly fenceFloor: number;
  /** The setting `synchronous_commit`. */
  readonly durability: string;
}

export function readFacts(row: Row): Facts {
  return {
    receivedAt: number(row, "received_at"),
    fenceFloor: number(row, "floor"),
    durability: text(row, "durability"),
  };
}
