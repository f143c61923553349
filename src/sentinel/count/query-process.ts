import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { loadSqlite } from "../../database/sqlite/load.ts";
import { CountError } from "./artifact.ts";
import { fromRows } from "./row.ts";
import type { QueryAnswer, QueryRequest } from "./rows.ts";

/** Runs one query of a sentinel and prints the artifacts. hardcall ends this process at the deadline. */
async function answer(): Promise<QueryAnswer> {
  const request = JSON.parse(await text(process.stdin)) as QueryRequest;
  if (!existsSync(request.database)) return { problem: "the database file does not exist" };
  try {
    const { DatabaseSync } = loadSqlite();
    // Not `using`: this file also runs unbuilt, and Node 22 cannot parse that.
    const database = new DatabaseSync(request.database, { readOnly: true, timeout: 5000 });
    try {
      return { artifacts: fromRows(database.prepare(request.query).iterate(), request) };
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof CountError) return { problem: error.message };
    // SQLite's message names tables and columns of the configuration, and no data.
    return { problem: `the query failed: ${(error as Error).message}` };
  }
}

process.stdout.write(JSON.stringify(await answer()));
