/** `npm run test:quick`: what a change is tested with while it is being made. `npm test` runs everything. */
import { existsSync } from "node:fs";
import path from "node:path";
import { mergeConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** Tests of the built package: the inner loop does not build. */
const NEEDS_A_BUILD = ["api", "dashboard", "demo", "docs", "examples", "package", "report", "testing"];

/** Folders of which every test starts Node processes, or waits for real timeouts. */
const SLOW_FOLDERS = ["call/guard", "chaos", "cli", "fake-bin", "fleet", "merge-gate", "process", "suites"];

/** The slow ones of folders that are quick else. */
const SLOW_FILES = [
  "bench/run",
  "call/deadline",
  "callees/claude/canaries",
  "callees/claude/claude",
  "callees/claude/modes",
  "callees/claude/reference",
  "dedupe/incident",
  "dedupe/once",
  "dedupe/owners",
  "dedupe/race",
  "bigquery/incident",
  "callees/job/matrix",
  "callees/job/runtime",
  "database/sqlite/faults",
  "ledger/many-unfinished",
  "database/sqlite/one-file",
  "ledger/processes",
  "ledger/store/wedged",
  "sentinel/crash",
  "sentinel/eleven-days",
  "sentinel/many-files",
];

const left = [
  ...[...NEEDS_A_BUILD, ...SLOW_FOLDERS].map((folder) => `${folder}/`),
  ...SLOW_FILES.map((file) => `${file}.test.ts`),
];
const gone = left.filter((place) => !existsSync(path.join(import.meta.dirname, place)));
if (gone.length > 0) throw new Error(`test/quick.config.ts names what is not there: ${gone.join(", ")}`);

// What is not named here is in: so is each new test file, until it turns out to be slow.
export default mergeConfig(base, {
  test: { exclude: left.map((place) => `test/${place.replace(/\/$/, "/**")}`) },
});
