import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { readProcess } from "../../../src/ledger/owner/proc.ts";
import { processTable } from "../../../src/process/process-table.ts";
import { parseStat } from "../../../src/process/table/proc-stat.ts";
import { currentOwner, isOwnerAlive } from "../../../src/ledger/owner/owner.ts";

const onLinux = process.platform === "linux";

/** This machine's name for another of its processes. */
function ownerOf(pid: number) {
  const entry = readProcess(pid);
  if (typeof entry === "string") throw new Error(`process ${pid} is ${entry}`);
  return { ...currentOwner(), pid, pidStart: entry.start };
}

it("this process is alive", () => {
  expect(isOwnerAlive(currentOwner())).toBe(onLinux ? "alive" : "unknown");
});

it.runIf(onLinux)("a process that has ended is dead", async () => {
  const child = spawn("sleep", ["60"], { timeout: 30_000 });
  await once(child, "spawn");
  const owner = ownerOf(child.pid ?? 0);
  expect(isOwnerAlive(owner)).toBe("alive");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(isOwnerAlive(owner)).toBe("dead");
});

it.runIf(onLinux)("a zombie is dead, although its pid still answers", async () => {
  // `exec` makes the shell a sleep, which never reaps the child it inherits.
  const parent = spawn("sh", ["-c", 'sleep 0.05 & echo "$!"; exec sleep 60'], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 30_000,
  });
  const [line] = await once(parent.stdout, "data");
  const owner = ownerOf(Number(String(line)));
  const deadline = Date.now() + 5000;
  while (isOwnerAlive(owner) === "alive" && Date.now() < deadline) await new Promise(setImmediate);
  expect(process.kill(owner.pid, 0)).toBe(true);
  expect(readProcess(owner.pid)).toMatchObject({ ended: true });
  expect(isOwnerAlive(owner)).toBe("dead");
  parent.kill("SIGKILL");
  await once(parent, "exit");
});

it.runIf(onLinux)("a process with the pid of an owner and another start time is not that owner", () => {
  // A table that counts start times back from the wall clock shows another one when the clock is set.
  const { has } = processTable();
  const other = has.fixedStartTimes ? "dead" : "unknown";
  expect(isOwnerAlive({ ...currentOwner(), pidStart: "1" })).toBe(other);
  expect(isOwnerAlive({ ...currentOwner(), pidStart: "" })).toBe("unknown");
});

it.each([
  ["another machine", { host: "elsewhere" }],
  ["another boot", { bootId: "0b5e1f0e" }],
  ["another container", { pidSpace: "pid:[1]" }],
  ["an unknown boot", { bootId: "" }],
])("of an owner on %s nothing is known", (_case, change) => {
  expect(isOwnerAlive({ ...currentOwner(), pid: 1, ...change })).toBe("unknown");
});

it("a process name may hold anything, brackets and spaces too", () => {
  const fields = Array.from({ length: 40 }, (_, index) => String(index + 4)).join(" ");
  expect(parseStat(`7 (a) b) S ${fields}`)).toMatchObject({ pid: 7, parent: 4, state: "S", startTime: 22 });
  expect(parseStat("")).toBeUndefined();
});

const INTO_TIME_SPACE = ["--time", "--boottime", "100000", "--fork", "--kill-child"];

it.skipIf(spawnSync("unshare", [...INTO_TIME_SPACE, "true"], { timeout: 20_000 }).status !== 0)(
  "of an owner in another time namespace nothing is known: start times there are shifted",
  () => {
    const module = fileURLToPath(new URL("../../../src/ledger/owner/owner.ts", import.meta.url));
    const script = `import { isOwnerAlive } from ${JSON.stringify(module)}; console.log(isOwnerAlive(JSON.parse(process.argv[1])));`;
    const args = [process.execPath, "--input-type=module", "-e", script, JSON.stringify(currentOwner())];
    const { status, stdout } = spawnSync("unshare", [...INTO_TIME_SPACE, ...args], {
      encoding: "utf8",
      timeout: 20_000,
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "unknown\n" });
  },
);
