/** `npm run test:ps`: the tests of processes on Linux as on a system without `/proc`, where `ps` is the process table. */
import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import base from "../../vitest.config.ts";

const FILES = [
  "call/guard/orphans",
  "cli/faults",
  "ledger/owner/owner",
  "ledger/strangers",
  "process/host",
  "process/leave-running",
  "process/overdue",
  "process/process-tree",
].map((name) => `test/${name}.test.ts`);

const gone = FILES.filter((file) => !existsSync(path.join(import.meta.dirname, "../..", file)));
if (gone.length > 0) throw new Error(`test/process/ps.config.ts names what is not there: ${gone.join(", ")}`);

export default defineConfig({
  ...base,
  test: { ...base.test, include: FILES, env: { HARDCALL_TEST_PROCESS_TABLE: "ps" } },
});
