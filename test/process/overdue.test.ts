import { spawn } from "node:child_process";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { later, machineTime, type MachineTime } from "../../src/core/machine-time.ts";
import { startTimeOf } from "../../src/process/process-table.ts";
import { fixture, PidFile, ROOT } from "../helpers/files.ts";
import { onProc } from "../helpers/process-table.ts";
import { isAlive, survivorsAfter } from "../helpers/processes.ts";
import { OPEN, start } from "../helpers/run.ts";

/** A guardian, and a tree of two that ignores SIGTERM. */
async function begin() {
  const pids = new PidFile();
  // ast-grep-ignore: js-subprocess-timeout, reason: PidFile ends it with the test
  const child = spawn(fixture("ignores-term.sh"), {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, PIDS: pids.path },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const tree = await pids.reported(2);
  const startTime = onProc ? `,${startTimeOf(child.pid ?? 0)}` : "";
  const token = `test/1;,${child.pid}${startTime}`;
  const file = path.join(ROOT, "src/process/guardian.ts");
  const guardian = start(process.execPath, [file], { stdin: OPEN });
  const said = new Promise<string>((resolve) => {
    guardian.child.stdout?.once("data", (bytes: Buffer) => resolve(bytes.toString()));
  });
  const tell = (line: string) => void guardian.child.stdin?.write(`${line}\n`);
  const endBy = ({ steady, boot }: MachineTime, graceMs: number) =>
    tell(`0 ${token} ${steady} ${boot} ${graceMs}`);
  const leave = async () => {
    guardian.child.stdin?.end();
    await guardian.finished;
  };
  return { tree, said, tell, endBy, leave };
}

it("ends a tree at its time, and says so first", async () => {
  const { tree, said, endBy, leave } = await begin();
  const at = machineTime();
  endBy(later(at, 1000), 300);
  expect(await said).toBe("test/1;\n");
  expect(machineTime().steady - at.steady).toBeGreaterThanOrEqual(1000);
  expect(await survivorsAfter(1000, tree)).toEqual([]);
  await leave();
});

it("a time that only the clock has reached that counts the suspension of the machine: ends the tree at once, without grace", async () => {
  const { tree, said, endBy, leave } = await begin();
  const now = machineTime();
  endBy({ steady: now.steady + 3_600_000, boot: now.boot - 60_000 }, 5000);
  expect(await said).toBe("test/1;\n");
  expect(await survivorsAfter(1000, tree)).toEqual([]);
  await leave();
});

it("a time that is moved does not come, and one that is withdrawn neither", async () => {
  const { tree, endBy, tell, leave } = await begin();
  for (let time = 0; time < 4; time++) {
    endBy(later(machineTime(), 2000), 0);
    await wait(700);
  }
  tell("0");
  await wait(2200);
  expect(tree.every((pid) => isAlive(pid))).toBe(true);
  await leave();
  // It is not the guardian's any more.
  expect(tree.every((pid) => isAlive(pid))).toBe(true);
});
