import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import { openStore } from "../../src/ledger/open.ts";
import type { AttemptNote } from "../../src/ledger/operation/state.ts";
import { processTable } from "../../src/process/process-table.ts";
import { fixture, PidFile } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { onProc } from "../helpers/process-table.ts";
import { isAlive } from "../helpers/processes.ts";
import { childEnv, run } from "../helpers/run.ts";
import { start } from "./harness.ts";
import { lostOwner } from "./owners.ts";

/** Opens a ledger in which a dead host has left this attempt, so that what it left running is ended. */
async function tidyUp(left: AttemptNote): Promise<void> {
  const file = ledgerPath();
  const store = await openSqliteStore({ path: file, owner: lostOwner() });
  await store.heartbeat(await start(store, "once"), left);
  await store.close();
  const ledger = await openStore(file);
  await ledger.close();
}

/** A process group of two, with a cookie or without. */
async function group(name: string, cookie?: string) {
  const pids = new PidFile();
  const { HARDCALL_CALLS: _, ...env } = process.env;
  // ast-grep-ignore: js-subprocess-timeout, reason: ended by the test, or in `onTestFinished`
  const child = spawn(fixture(name), [], {
    detached: true,
    stdio: "ignore",
    env: { ...env, PIDS: pids.path, ...(cookie !== undefined && { HARDCALL_CALLS: cookie }) },
  });
  const startTime = processTable().read(child.pid!)!.startTime;
  const all = await pids.reported(2);
  return { child, all, pid: child.pid!, start: startTime };
}

describe.runIf(process.platform === "linux")("a number that a dead host's process had", () => {
  it("is a stranger's group by now: the group is left alone", async () => {
    const { all, pid, start: startTime } = await group("ignores-term.sh");
    // The stranger is younger than what had its number, as each is that has it afterwards.
    const justBefore = startTime - (onProc ? 1 : 3);
    for (const pidStart of [String(justBefore), "1", undefined])
      await tidyUp({ cookie: `${randomUUID()}/1;`, pid, pidStart });
    expect(all.filter((one) => !isAlive(one))).toEqual([]);
  });

  it("is still its own: the group is ended, also what has no cookie", async () => {
    const { all, pid, start: startTime } = await group("ignores-term.sh");
    await tidyUp({ cookie: `${randomUUID()}/1;`, pid, pidStart: String(startTime) });
    expect(all.filter((one) => isAlive(one))).toEqual([]);
  });

  it("is its group's, which it has left behind: a cookie in the group proves it", async () => {
    const cookie = `${randomUUID()}/1;`;
    const { child, pid, all, start: startTime } = await group("leaves-its-group-behind.sh", cookie);
    if (child.exitCode === null) await once(child, "exit");
    await tidyUp({ cookie, pid, pidStart: String(startTime) });
    expect(all.filter((one) => isAlive(one))).toEqual([]);
  });

  it.skipIf(
    !onProc ||
      spawnSync("unshare", ["--pid", "--fork", "--mount-proc", "true"], { timeout: 20_000 }).status !== 0,
  )("was given out again by the system: the next call leaves it alone, and is done", async () => {
    const ledger = ledgerPath();
    const script = fileURLToPath(new URL("fixtures/number-given-out-again.sh", import.meta.url));
    const host = fileURLToPath(new URL("../call/guard/fixtures/command-host.ts", import.meta.url));
    const { stdout, stderr } = await run(
      "unshare",
      [
        "--pid",
        "--fork",
        "--mount-proc",
        "--kill-child",
        script,
        process.execPath,
        host,
        ledger,
        path.dirname(ledger),
      ],
      { env: childEnv() },
    );
    expect(stderr).toBe("");
    expect(stdout.toString().split("\n").slice(0, -1)).toEqual([
      "the stranger has the number",
      '{"outcome":"executed","value":"alone"}',
      "the stranger is alive",
    ]);
  });
});
