/** Calls of commands and tasks: outcomes, time limits, memory, what is refused. */
import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { setTimeout as wait } from "node:timers/promises";
import { CallError, CHANNELS, ConfigError, command, defineCall, rejected, runCommand, task } from "hardcall";
import pino from "pino";
import { z } from "zod";
import { check, failureOf } from "./lib/check.ts";

const sh = (script: string, options: object = {}) =>
  runCommand("sh", ["-c", script], { timeout: "20s", ...options });

await check("a command: its output, its exit code, its signal", [], async () => {
  assert.equal((await sh("echo hello; echo more >&2")).value, "hello");
  const failed = await failureOf(sh("exit 3"));
  assert.deepEqual([failed.code, failed.exitCode, failed.effect], ["exit_nonzero", 3, "unknown"]);
  assert.equal((await failureOf(sh("kill -9 $$"))).code, "killed");
});

await check(
  "a program that does not exist, or cannot be executed, is spawn_failed and not_started",
  [],
  async () => {
    for (const file of ["nosuchprogram", "/etc/passwd", "/etc"]) {
      const { code, effect } = await failureOf(runCommand(file, [], { timeout: "9s" }));
      assert.deepEqual([file, code, effect], [file, "spawn_failed", "not_started"]);
    }
  },
);

await check("a timeout ends what ignores SIGTERM and holds its pipes, on time", [1, 2], async () => {
  for (const script of [
    "trap '' TERM; sleep 60 & sleep 60",
    "trap 'echo well; exit 0' TERM; sleep 60 & wait",
    "kill -STOP $$",
  ]) {
    const from = performance.now();
    const failed = await failureOf(sh(script, { timeout: "500ms", killGrace: 300 }));
    assert.equal(failed.code, "timeout");
    assert.ok(performance.now() - from < 2500, `it took ${performance.now() - from} ms`);
  }
});

await check("a silent command is idle_timeout, one that prints is not", [], async () => {
  const limits = { total: "15s", idle: "700ms" };
  assert.equal((await failureOf(sh("echo x; sleep 30", { timeout: limits }))).code, "idle_timeout");
  await sh("for i in 1 2 3 4 5; do echo $i; sleep 0.2; done", { timeout: limits });
});

await check("stdin is what was given and then its end, or its end at once", [4], async () => {
  assert.equal((await sh("cat; echo end")).value, "end");
  const big = "x".repeat(3_000_000);
  assert.equal((await runCommand("wc", ["-c"], { timeout: "20s", stdin: big })).value.trim(), "3000000");
  // A reader that ends early is no fault of the host.
  assert.equal((await sh("exec 0<&-; echo done", { stdin: big })).value, "done");
});

await check("64 MB of output are counted and hashed whole, in little memory", [14], async () => {
  const before = process.memoryUsage.rss();
  const failed = await failureOf(sh("head -c 64000000 /dev/zero", { maxOutput: 1_000_000 }));
  assert.equal(failed.code, "output_too_large");
  const { stdoutBytes, stdoutSha256 } = failed as unknown as CallError;
  assert.equal(stdoutBytes, 64_000_000);
  assert.equal(stdoutSha256, createHash("sha256").update(Buffer.alloc(64_000_000)).digest("hex"));
  // The buffer above is a part of it.
  const grown = (process.memoryUsage.rss() - before) / 1e6;
  assert.ok(grown < 250, `memory grew by ${grown} MB`);
});

await check("characters that are cut between chunks stay whole", [], async () => {
  const { value } = await sh("printf 'a\\303'; sleep 0.3; printf '\\274b'");
  assert.equal(value, "aüb");
});

await check("blank output is no success", [16], async () => {
  for (const script of ["true", "echo", "printf ' \\342\\200\\213\\n'"])
    assert.equal((await failureOf(sh(script))).code, "empty_output");
  assert.equal((await sh("true", { allowEmpty: true })).value, "");
});

await check("a call that was cancelled before starts nothing; one that runs is ended", [13], async () => {
  const { code, effect } = await failureOf(sh("echo x", { signal: AbortSignal.abort() }));
  assert.deepEqual([code, effect], ["cancelled", "not_started"]);
  const during = new AbortController();
  const call = sh("sleep 60", { signal: during.signal, killGrace: 200 });
  setTimeout(() => during.abort(), 200);
  assert.equal((await failureOf(call)).code, "cancelled");
});

await check("300 calls at once all end as they should, and one timer of the host goes on", [8], async () => {
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 10);
  const ends = await Promise.all(
    Array.from({ length: 300 }, (_, number) =>
      number % 3 === 0
        ? failureOf(sh("sleep 60", { timeout: "4s", killGrace: 300 })).then(({ code }) => code)
        : sh(`echo ${number}`, { timeout: "60s" }).then(({ value }) => value),
    ),
  );
  clearInterval(timer);
  ends.forEach((end, number) => assert.equal(end, number % 3 === 0 ? "timeout" : String(number)));
  assert.ok(turns > 20, `${turns} turns`);
});

await check("a task: retries, a retry that rejects, a signal, a context of the caller's", [29], async () => {
  const store = new AsyncLocalStorage<string>();
  let tries = 0;
  const flaky = defineCall({
    name: "flaky",
    callee: task(async (word: string, { attempt }) => {
      tries += 1;
      if (attempt < 3) throw rejected("not yet", { retryAfterMs: 5 });
      return `${word} ${store.getStore()}`;
    }),
    timeout: "20s",
    effects: "none",
    retry: { attempts: 3, baseDelay: 1 },
  });
  assert.equal((await store.run("inside", () => flaky("said"))).value, "said inside");
  assert.equal(tries, 3);
  const deaf = defineCall({
    name: "deaf",
    callee: task(() => wait(5000, undefined, { ref: false }), { cancelGrace: "100ms" }),
    timeout: "200ms",
    effects: "none",
  });
  const { code, effect } = await failureOf(deaf());
  assert.deepEqual([code, effect], ["timeout", "unknown"]);
});

await check("settle never rejects, not for an input that throws when it is read", [9], async () => {
  const odd = defineCall({
    name: "odd",
    callee: task(async () => 1),
    timeout: "5s",
    effects: "keyed",
    key: () => {
      throw new Error("no key");
    },
    ledger: "/nosuchfolder/x/ledger.db",
  });
  assert.equal((await odd.settle(undefined as never)).outcome, "failed");
});

await check(
  "an output is validated with zod; a schema that never settles does not hold the call",
  [6],
  async () => {
    const options = { timeout: "10s", effects: "none" } as const;
    const rooms = { ...options, callee: command("sh", ["-c", 'echo "{\\"rooms\\": 12}"']) };
    const good = defineCall({ ...rooms, name: "good", output: z.object({ rooms: z.number() }) });
    assert.deepEqual((await good()).value, { rooms: 12 });
    const bad = defineCall({ ...rooms, name: "bad", output: z.object({ rooms: z.string() }) });
    assert.equal((await failureOf(bad())).code, "invalid_output");
    const endless = z.unknown().refine(() => new Promise<boolean>(() => undefined));
    const never = defineCall({ ...rooms, name: "never", timeout: "2s", output: endless });
    assert.equal((await failureOf(never())).code, "invalid_output");
  },
);

await check("a wrong option is a ConfigError that names it", [22], () => {
  const wrong = () => defineCall({ name: "x", callee: command("true"), effects: "none" } as never);
  assert.throws(wrong, (error) => error instanceof ConfigError && /timeout/.test(error.message));
  assert.throws(
    () => defineCall({ name: "x", callee: command("true"), effects: "none", timeout: "5 parsecs" }),
    { code: "invalid_config" },
  );
});

await check("arguments, environment and output are in no message and no log", [24], async () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const call = defineCall({
    name: "secret",
    callee: command("sh", ["-c", "echo hunter1; echo hunter2 >&2; exit 4", "hunter3"], {
      env: { TOKEN: "hunter4" },
    }),
    timeout: "9s",
    effects: "none",
    logger,
  });
  const error = await failureOf(call());
  assert.ok(lines.length > 0);
  assert.doesNotMatch(error.message + JSON.stringify(error) + lines.join(""), /hunter/);
});

await check("diagnostics channels tell of each call", [], async () => {
  const seen: unknown[] = [];
  const name = CHANNELS.call;
  const listen = (message: unknown) => void seen.push(message);
  for (const stage of ["start", "asyncEnd"]) subscribe(`tracing:${name}:${stage}`, listen);
  await sh("echo x");
  for (const stage of ["start", "asyncEnd"]) unsubscribe(`tracing:${name}:${stage}`, listen);
  assert.equal(seen.length, 2);
});
