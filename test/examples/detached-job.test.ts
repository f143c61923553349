import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { detached, type Command } from "../../examples/detached-job.mts";
import { defineCall, job } from "../../src/index.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "hardcall-detached-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  return rm(folder, { recursive: true, force: true });
});

const sh = (script: string): Command => ({ file: "sh", args: ["-c", script] });

function callFor(timeout: string, ledger = "ledger.db") {
  return defineCall({
    name: "detached",
    callee: job(detached(path.join(folder, "jobs")), { cancelGrace: "4s" }),
    timeout,
    effects: "keyed",
    key: () => ["slot"],
    ledger: path.join(folder, ledger),
  });
}

it("gives what the command printed, and replays it", async () => {
  const call = callFor("20s");
  expect(await call(sh("echo done"))).toMatchObject({ outcome: "executed", value: "done" });
  expect(await call(sh("echo done"))).toMatchObject({ outcome: "replayed", value: "done" });
});

it("starts one job for two hosts that ask at once", async () => {
  const started = path.join(folder, "started");
  const input = sh(`echo x >> ${started}; sleep 1; echo done`);
  const both = await Promise.all([callFor("20s", "a.db")(input), callFor("20s", "b.db")(input)]);
  expect(both.map(({ value }) => value)).toEqual(["done", "done"]);
  expect(await readFile(started, "utf8")).toBe("x\n");
});

it("stops the command at the deadline, and knows that it has stopped", async () => {
  const ended = await callFor("1s").settle(sh("sleep 60"));
  expect(ended).toMatchObject({
    code: "timeout",
    effect: "unknown",
    message: `The call "detached" timed out after 1 s (limit of the whole call), and its job ${ended.externalRef} has stopped. If it needs longer, raise the timeout; otherwise find out what it waits for.`,
  });
});

it("does not start another while a command that ignores the stop goes on", async () => {
  const ended = await callFor("1s").settle(sh("trap '' TERM; for i in 1 2 3 4 5 6 7 8; do sleep 1; done"));
  expect(ended).toMatchObject({ code: "cancel_unconfirmed", effect: "unknown", retryable: false });
});

it("refuses another command under the id of one", async () => {
  await callFor("20s", "a.db")(sh("echo one"));
  const ended = await callFor("20s", "b.db").settle(sh("echo two"));
  expect(ended).toMatchObject({ code: "key_conflict", effect: "not_started" });
});

it("starts nothing without a shell, says so, and can start later", async () => {
  vi.stubEnv("PATH", folder);
  expect(await callFor("20s").settle(sh("echo done"))).toMatchObject({
    code: "unavailable",
    effect: "rejected",
  });
  vi.unstubAllEnvs();
  expect(await callFor("20s")(sh("echo done"))).toMatchObject({ outcome: "executed", value: "done" });
});

it("tells a command that failed from one that was stopped", async () => {
  const ended = await callFor("20s").settle(sh("exit 3"));
  expect(ended).toMatchObject({ code: "exit_nonzero", effect: "unknown" });
});
