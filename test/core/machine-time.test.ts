import { execFileSync } from "node:child_process";
import path from "node:path";
import { expect, it } from "vitest";
import { awakeMsUntil, later, machineTime, msUntil, timeOfSending } from "../../src/core/machine-time.ts";
import { ROOT } from "../helpers/files.ts";

/** The steps of `/proc/uptime`, and a little. */
const STEP_MS = 11;

it("two processes of a machine read the same clocks", () => {
  const file = path.join(ROOT, "src/core/machine-time.ts");
  const script = `import { machineTime } from ${JSON.stringify(file)}; console.log(JSON.stringify(machineTime()))`;
  const before = machineTime();
  const text = execFileSync(process.execPath, ["--input-type=module", "-e", script], { timeout: 20_000 });
  const there = JSON.parse(text.toString()) as typeof before;
  for (const clock of ["steady", "boot"] as const) {
    expect(there[clock]).toBeGreaterThan(before[clock] - STEP_MS);
    expect(there[clock]).toBeLessThan(machineTime()[clock] + STEP_MS);
  }
});

it("a moment has come when one of the clocks has reached it: the other one stood still while the machine was suspended", () => {
  const now = machineTime();
  expect(msUntil(later(now, 500), now)).toBe(500);
  expect(msUntil({ ...later(now, 500), boot: now.boot - 3_600_000 }, now)).toBe(-3_600_000);
  expect(msUntil({ ...later(now, 500), steady: now.steady - 1 }, now)).toBe(-1);
  expect(awakeMsUntil(later(now, 500))).toBeLessThanOrEqual(500);
});

it("the time of a sending is never later than the time", () => {
  for (let time = 0; time < 100; time++) {
    const sent = timeOfSending();
    const now = machineTime();
    expect(sent.steady).toBeLessThanOrEqual(now.steady);
    expect(sent.boot).toBeLessThan(now.boot + STEP_MS);
    expect(sent.boot).toBeGreaterThan(now.boot - 1000);
  }
});
