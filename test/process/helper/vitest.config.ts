/**
 * `npm run test:helper`: the tests of guarantees that rest on how a process is started, with the spawning helper on. Those that compare on
 * and off are a part of `npm test`.
 */
import { existsSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import base from "../../../vitest.config.ts";

/** By the tables of docs/guarantees.md, and with what small images, bundles and other users ask of a start. */
const FILES = [
  "call/deadline",
  "call/guard/orphans",
  "call/guard/suspended-host",
  "call/run-call",
  "call/settles",
  "callees/command",
  "cli/faults",
  "cli/output",
  "cli/stdin",
  "ledger/strangers",
  "process/bundled",
  "process/foreign",
  "process/guardian",
  "process/host",
  "process/host-signals",
  "process/leave-running",
  "process/overdue",
  "process/process-tree",
  "process/small-images",
  "process/spawn-failure",
].map((name) => `test/${name}.test.ts`);

const gone = FILES.filter((file) => !existsSync(path.join(import.meta.dirname, "../../..", file)));
if (gone.length > 0)
  throw new Error(`test/process/helper/vitest.config.ts names what is not there: ${gone.join(", ")}`);

export default defineConfig({
  ...base,
  test: { ...base.test, include: FILES, env: { HARDCALL_SPAWN_HELPER: "on" } },
});
