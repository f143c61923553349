import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ledgerPath } from "../../helpers/ledger.ts";
import type { Report } from "./fixtures/many-waiting.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/many-waiting.ts", import.meta.url));
const CALLS = 10_000;

it("10,000 calls wait in one process without a block of its event loop, within 50 MB, and all can be cancelled at once", async () => {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--expose-gc", FIXTURE, ledgerPath(), String(CALLS)],
    { timeout: 120_000, env: { ...process.env, NODE_OPTIONS: "" } },
  );
  expect(stderr).toBe("");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- printed by the fixture
  const report = JSON.parse(stdout) as Report;
  const { control, own } = report;
  console.log(
    `${CALLS} calls: ${report.heapMb.toFixed(1)} MB; longest block while they came ${own.come.toFixed(0)} ms (control ${control.come.toFixed(0)}), ` +
      `waited ${own.wait.toFixed(0)}, were cancelled ${own.cancelled.toFixed(0)} (control ${control.cancelled.toFixed(0)})`,
  );
  expect(report.heapMb).toBeLessThan(50);
  // 200 had their place and left, and the next has it.
  expect(report.kinds).toEqual({ place: 201, cancelled: CALLS - 201 });
  expect(report.inOrder).toBe(true);
  expect(report.timersLeft).toBe(0);
  expect(own.come - control.come).toBeLessThan(30);
  expect(own.wait).toBeLessThan(30);
  expect(own.cancelled - control.cancelled).toBeLessThan(30);
});
