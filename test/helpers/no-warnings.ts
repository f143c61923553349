import { afterEach } from "vitest";
import { loadSqlite } from "../../src/database/sqlite/load.ts";

// Node 22 warns when node:sqlite loads. hardcall drops that warning; a test that opens a database itself would get it.
loadSqlite();

/** A listener leak or an unhandled rejection shows as a process warning first. */
const warnings: Error[] = [];
process.on("warning", (warning) => warnings.push(warning));

afterEach(() => {
  const seen = warnings.splice(0);
  if (seen.length > 0) throw new Error(`process warnings: ${seen.map(String).join("; ")}`);
});
