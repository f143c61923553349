import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { runCommand } from "hardcall";
import { tempFolder } from "./lib/command-line.ts";
import { failureOf, hostIn, killHost, startHost, toldBy } from "./lib/hosts.ts";
import { withinWaits } from "./lib/within-waits.ts";
import { Witness } from "./lib/witness.ts";

/** What a process may take to be gone once hardcall has ended it. */
const SOON_MS = 2000;

/** Waits until no process has the pid. It may end before it can connect to a witness. */
async function gone(pid: number): Promise<void> {
  let isLate = false;
  void withinWaits(SOON_MS).then(() => (isLate = true));
  for (; ; await wait(20)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    assert.ok(!isLate, `process ${pid} lives on`);
  }
}

test('with leftovers: "leave" a daemon outlives the call and its host, prints on and starts others', async (t) => {
  const witness = await Witness.open(t);
  const args = witness.member("child");
  const host = startHost(t, { args, options: { timeout: "100s", leftovers: "leave" } });
  const told = toldBy(host);
  await witness.tell("child", { do: "start", name: "daemon", detached: true, stdio: "pipes" });
  await witness.arrived("daemon");
  await witness.tell("child", { do: "exit", code: 0 });
  const { notes } = await told;
  assert.equal(notes.length, 1);
  assert.match(notes[0]!, /^another process held the output open/);
  await once(host, "close");
  // More than a pipe holds: it is read, or the daemon would stand still or end.
  await witness.tell("daemon", { do: "print", text: "x".repeat(300_000) });
  await witness.tell("daemon", { do: "start", name: "another", detached: true });
  await witness.lives("another");
});

for (const leftovers of ["end", "leave"] as const)
  test(`Windows ends all processes of a call whose host is killed, with leftovers: "${leftovers}" (Job Object)`, async (t) => {
    const witness = await Witness.open(t);
    const host = startHost(t, { args: witness.member("child"), options: { timeout: "100s", leftovers } });
    await witness.tell("child", { do: "start", name: "parent", detached: true });
    await witness.tell("parent", { do: "start", name: "orphan", detached: true });
    await witness.arrived("orphan");
    await witness.tell("parent", { do: "exit", code: 0 });
    await killHost(host);
    await witness.gone("child", SOON_MS);
    await witness.gone("orphan", SOON_MS);
  });

test("a host that is killed in the moment of a start takes the child with it", async (t) => {
  const witness = await Witness.open(t);
  const pidFile = path.join(tempFolder(), "pid");
  const atSpawn = { diesAndTells: pidFile };
  const host = startHost(t, { args: witness.member("child"), options: { timeout: "100s" }, atSpawn });
  await once(host, "exit");
  await gone(Number(readFileSync(pidFile, "utf8")));
});

test("what a child starts before it is in its job is ended too (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const until = path.join(tempFolder(), "go");
  const host = startHost(t, {
    args: witness.member("child"),
    options: { timeout: "100s" },
    atSpawn: { until },
  });
  const told = toldBy(host);
  await witness.tell("child", { do: "start", name: "early", detached: true });
  await witness.tell("early", { do: "start", name: "earlier still", detached: true });
  await witness.arrived("earlier still");
  writeFileSync(until, "");
  await witness.tell("child", { do: "exit", code: 0 });
  const { notes } = await told;
  await witness.gone("early", SOON_MS);
  await witness.gone("earlier still", SOON_MS);
  assert.deepEqual(notes, ["hardcall ended 2 processes that were still running after the exit"]);
});

test("a call inside a call: the outer one's end ends both, the inner one's end its own", async (t) => {
  const witness = await Witness.open(t);
  const inner = hostIn(process.cwd(), { args: witness.member("inner"), options: { timeout: "100s" } });
  const stop = new AbortController();
  const call = failureOf(
    runCommand(process.execPath, inner, { timeout: "100s", signal: stop.signal, killGrace: 1 }),
  );
  await witness.tell("inner", { do: "start", name: "innermost", detached: true });
  await witness.arrived("innermost");
  stop.abort();
  assert.equal((await call).code, "cancelled");
  await witness.gone("inner", SOON_MS);
  await witness.gone("innermost", SOON_MS);

  const second = hostIn(process.cwd(), { args: witness.member("child"), options: { timeout: "100s" } });
  const whole = runCommand(process.execPath, second, { timeout: "100s" });
  await witness.tell("child", { do: "start", name: "left", detached: true });
  await witness.arrived("left");
  await witness.tell("child", { do: "exit", code: 0 });
  const { value, attempts } = await whole;
  await witness.gone("left", SOON_MS);
  assert.match(value, /hardcall ended 1 process that was still running/);
  assert.deepEqual(attempts.at(-1)?.notes ?? [], []);
});

test("a worker thread that is terminated: the next call with its key ends what its call left", async (t) => {
  const witness = await Witness.open(t);
  const ledger = path.join(tempFolder(), "ledger.db");
  const program = path.join(import.meta.dirname, "lib/terminates-its-worker.ts");
  const order = JSON.stringify({ args: witness.member("of the worker"), ledger });
  const host = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, order], {
    stdio: ["pipe", "pipe", "inherit"],
    timeout: 120_000,
  });
  t.after(async () => await killHost(host));
  const told = once(host.stdout, "data");
  await witness.arrived("of the worker");
  host.stdin.write("terminate");
  // The handle that the thread left open closes with the host, which lives on.
  const code = String((await told)[0]);
  await witness.gone("of the worker", SOON_MS);
  assert.equal(code.trim(), "in_doubt");
  assert.equal(host.exitCode, null);
  const exited = once(host, "exit");
  host.stdin.end();
  await exited;
});
