import { existsSync } from "node:fs";
import { loadSqlite } from "./load.ts";

/** The version of the schema of a ledger's file; 0: there is none. */
export function schemaVersionOf(path: string): number {
  if (!existsSync(path)) return 0;
  const { DatabaseSync } = loadSqlite();
  try {
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
    } finally {
      database.close();
    }
  } catch {
    return 0; // Opening it as a ledger says what is wrong with it.
  }
}
