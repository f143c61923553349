import { unavailable } from "../errors.ts";

export type SqliteModule = typeof import("node:sqlite");

/**
 * Loads node:sqlite on first use, so that a process that keeps no ledger pays nothing.
 *
 * Node 22 prints an ExperimentalWarning while the module loads. A cron job that mails stderr would mail it every
 * time, so that one warning is dropped; loading is synchronous, so no other warning can pass meanwhile unseen.
 */
export function loadSqlite(): SqliteModule {
  const emitWarning: unknown = Reflect.get(process, "emitWarning");
  const filtered = (warning: string | Error, ...rest: unknown[]): void => {
    if (String(warning).includes("SQLite is an experimental feature")) return;
    if (typeof emitWarning === "function") Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  process.emitWarning = filtered;
  try {
    // A synchronous load; an import() would leave the filter in place while other code runs.
    const sqlite = process.getBuiltinModule("node:sqlite");
    if (sqlite !== undefined) return sqlite;
  } finally {
    Reflect.set(process, "emitWarning", emitWarning);
  }
  throw unavailable(
    "no_sqlite",
    "This Node.js has no node:sqlite (built without it, or started with --no-experimental-sqlite), which the embedded ledger needs.",
  );
}
