/** `npm run test:quick`: what a change is tested with while it is being made. `npm test` runs everything. */
import { mergeConfig } from "vitest/config";
import base from "../vitest.config.ts";

/** Tests that use dist, the packed package or a browser: the inner loop does not build. */
const NEEDS_A_BUILD = ["api", "chaos", "demo", "docs", "examples", "package", "report", "testing"];

/** Tests that wait for real timeouts, or start hundreds of processes. */
const SLOW = [
  "cli",
  "conformance",
  "fake-bin",
  "gate",
  "jobs",
  "merge-gate",
  "process",
  "sentinel",
  "suites",
  "callees/claude",
  "call/deadline",
];

// What is not named here is in, and so is a new test file until it turns out to be slow.
export default mergeConfig(base, {
  test: { exclude: [...NEEDS_A_BUILD, ...SLOW].map((place) => `test/${place}{/**,.test.ts}`) },
});
