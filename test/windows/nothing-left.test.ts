/** Guarantees 10 to 16 of docs/guarantees.md, but those that other files show: 12 (cli.test.ts) and 15 (ledger.test.ts). */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { before, test, type TestContext } from "node:test";
import { CallError, runCommand } from "hardcall";
import { Witness } from "./lib/witness.ts";

const NODE = process.execPath;
const HOST = path.join(import.meta.dirname, "lib/host.ts");
const LIMITS = { timeout: "60s", killGrace: "500ms" } as const;

// The first start of a process is slow, and timeouts are short here.
before(() => runCommand(NODE, ["--version"], LIMITS));

const failure = async (call: Promise<unknown>): Promise<CallError> =>
  await call.then(
    () => assert.fail("The call succeeded."),
    (error: unknown) => error as CallError,
  );

/** Descendants that differ in how they were started; the last has lost its parent. */
async function startFamily(witness: Witness): Promise<readonly string[]> {
  const family = ["attached", "detached", "passing", "orphan"];
  await witness.tell("child", { do: "start", name: "attached" });
  await witness.tell("child", { do: "start", name: "detached", detached: true });
  await witness.tell("child", { do: "start", name: "passing", detached: true });
  await witness.tell("passing", { do: "start", name: "orphan", detached: true });
  await Promise.all(family.map((name) => witness.arrived(name)));
  await witness.tell("passing", { do: "exit", code: 0 });
  return family;
}

async function allGone(witness: Witness, names: readonly string[], ms: number): Promise<void> {
  for (const name of names) await witness.gone(name, ms);
}

test("10: no descendant is left after a timeout (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = failure(runCommand(NODE, witness.member("child"), { ...LIMITS, timeout: "12s" }));
  const family = await startFamily(witness);
  const { code, attempts } = await call;
  assert.equal(code, "timeout");
  assert.equal(attempts[0]!.survivors ?? 0, 0);
  await allGone(witness, ["child", ...family], 500);
});

test("10: no descendant is left after a success, and a note tells of them (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = runCommand(NODE, witness.member("child"), LIMITS);
  const family = await startFamily(witness);
  // Node would end it with its parent, by a Job Object of its own, and it may be ending when hardcall counts.
  await witness.tell("attached", { do: "exit", code: 0 });
  await witness.gone("attached", 10_000);
  await witness.tell("child", { do: "print", text: "done" });
  await witness.tell("child", { do: "exit", code: 0 });
  const { value, attempts } = await call;
  assert.equal(value, "done");
  await allGone(witness, family, 500);
  assert.deepEqual(attempts[0]!.notes, ["hardcall ended 2 processes that were still running after the exit"]);
});

test("10: no descendant is left after a failure (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const call = failure(runCommand(NODE, witness.member("child"), LIMITS));
  const family = await startFamily(witness);
  await witness.tell("child", { do: "exit", code: 3 });
  const { code, exitCode } = await call;
  assert.deepEqual([code, exitCode], ["exit_nonzero", 3]);
  await allGone(witness, family, 500);
});

test("10: no descendant is left after a cancel (Job Object)", async (t) => {
  const witness = await Witness.open(t);
  const controller = new AbortController();
  const options = { ...LIMITS, signal: controller.signal };
  const call = failure(runCommand(NODE, witness.member("child"), options));
  const family = await startFamily(witness);
  controller.abort("enough");
  assert.equal((await call).code, "cancelled");
  await allGone(witness, ["child", ...family], 500);
});

test('10: leftovers: "leave" lets the daemons of a success live', async (t) => {
  const witness = await Witness.open(t);
  const call = runCommand(NODE, witness.member("child"), { ...LIMITS, leftovers: "leave" });
  await witness.tell("child", { do: "start", name: "daemon", detached: true });
  await witness.arrived("daemon");
  await witness.tell("child", { do: "print", text: "started" });
  await witness.tell("child", { do: "exit", code: 0 });
  assert.equal((await call).value, "started");
  await witness.lives("daemon");
});

test('10: leftovers: "leave" does not hold after a timeout (Job Object)', async (t) => {
  const witness = await Witness.open(t);
  const options = { ...LIMITS, timeout: "8s", leftovers: "leave" } as const;
  const call = failure(runCommand(NODE, witness.member("child"), options));
  await witness.tell("child", { do: "start", name: "daemon", detached: true });
  await witness.arrived("daemon");
  assert.equal((await call).code, "timeout");
  await witness.gone("daemon", 500);
});

for (const [end, how] of [
  ["is killed", "kill"],
  ["calls process.exit()", "exit"],
  ["has an uncaught error", "throw"],
] as const) {
  test(`11: when the host ${end}, its children end within 2 s (Job Object)`, async (t) => {
    const witness = await Witness.open(t);
    const host = startHost(t, witness);
    const family = await startFamily(witness);
    const ended = once(host, "exit");
    if (how === "kill") host.kill("SIGKILL");
    else host.stdin.write(how);
    await ended;
    await allGone(witness, ["child", ...family], 2000);
  });
}

function startHost(t: TestContext, witness: Witness) {
  const args = ["--disable-warning=ExperimentalWarning", HOST, NODE, ...witness.member("child")];
  const host = spawn(NODE, args, { stdio: ["pipe", "ignore", "ignore"], timeout: 120_000 });
  t.after(() => host.kill("SIGKILL"));
  return host;
}

test("13: a call that is cancelled before it started has started nothing", async (t) => {
  const witness = await Witness.open(t);
  const signal = AbortSignal.abort("never mind");
  const { code, effect } = await failure(runCommand(NODE, witness.member("child"), { ...LIMITS, signal }));
  assert.deepEqual([code, effect], ["cancelled", "not_started"]);
  // One that is started now arrives, and the first did not arrive before it.
  const next = runCommand(NODE, witness.member("next"), LIMITS);
  await witness.tell("next", { do: "print", text: "next" });
  await witness.tell("next", { do: "exit", code: 0 });
  await next;
  assert.deepEqual(witness.names(), ["next"]);
});

test("14: memory stays bounded however much a child prints", async () => {
  const CHUNKS = 3000;
  const flood = `const chunk = Buffer.alloc(65536, "x"); let left = ${CHUNKS};
    const write = () => { if (left-- > 0) process.stdout.write(chunk, write); }; write();`;
  global.gc?.();
  const atFirst = process.memoryUsage().rss;
  let most = 0;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 20);
  const { code, attempts } = await failure(
    runCommand(NODE, ["-e", flood], { timeout: "120s", maxOutput: 1_000_000 }),
  );
  clearInterval(watch);
  assert.equal(code, "output_too_large");
  assert.ok(most - atFirst < 80_000_000, `${most - atFirst} bytes more`);
  assert.ok(attempts[0]!.stdoutBytes > 1_000_000);
});

test("14: stdout is counted and hashed in full", async () => {
  const print = `process.stdout.write("line\\r\\n".repeat(500_000))`;
  const whole = "line\r\n".repeat(500_000);
  const { value, stdoutBytes, stdoutSha256 } = await runCommand(NODE, ["-e", print], LIMITS);
  // The line end of the last line is no part of the value.
  assert.ok(`${value}\r\n` === whole);
  assert.equal(stdoutBytes, whole.length);
  assert.equal(stdoutSha256, createHash("sha256").update(whole).digest("hex"));
});

test("16: blank output is no success, with the line ends and the invisible characters of Windows", async () => {
  for (const blank of ["", "\r\n", " \t\r\n\r\n", "\uFEFF\r\n", "\u001B[0m\r\n"]) {
    const program = `process.stdout.write(${JSON.stringify(blank)})`;
    const { code } = await failure(runCommand(NODE, ["-e", program], LIMITS));
    assert.equal(code, "empty_output", JSON.stringify(blank));
  }
});
