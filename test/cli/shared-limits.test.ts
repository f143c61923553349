import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, test } from "vitest";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import { describeResource } from "../../src/resources/describe-resource.ts";
import { linesIn, linesOf, untilFile } from "../helpers/files.ts";
import { folderWithResources, RUN } from "./folder-with-resources.ts";

/** Waits until its folder has a file "go", and says in "started" that it is there. */
const HOLD = "echo $$ >> started; while [ ! -e go ]; do sleep 0.05; done; echo held";

/** How many calls wait for a place, as the ledger has it now. */
function waitingIn(ledger: string, name: string): number {
  const database = new DatabaseSync(ledger, { readOnly: true });
  const row = database.prepare("SELECT document FROM resources WHERE name = ?").get(name);
  database.close();
  const now = { at: Date.now(), boot: "", ticks: 0 };
  const moment = { now, owner: currentOwner(), liveness: () => "alive" as const };
  return describeResource(name, row?.["document"] as string | undefined, moment).waiting.count;
}

describe("hardcall run --resource", () => {
  test("waits for the place of another process, and fails at once with --on-busy fail", async () => {
    const { hardcall, start, file } = folderWithResources({ blog: { concurrency: 1 } });
    const first = start([...RUN, "--name", "first", "--", "sh", "-c", HOLD]);
    await linesIn(file("started"), 1);
    const busy = await hardcall([...RUN, "--on-busy", "fail", "--", "touch", "ran"]);
    expect(busy).toMatchObject({ exitCode: 75, stdout: "" });
    expect(busy.stderr).toBe(
      'hardcall: The call "touch" was not started: the only place of the resource "blog" is taken. ' +
        'Retry later, or let it wait for a place: --on-busy "wait".\n',
    );
    const second = start([...RUN, "--", "sh", "-c", "cat go"]);
    writeFileSync(file("go"), "after the first\n");
    expect((await first.finished).stdout.toString()).toBe("held\n");
    expect(await second.finished).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await second.finished).stdout.toString()).toBe("after the first\n");
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("takes the place of a process that was killed", async () => {
    const { hardcall, start, file } = folderWithResources({ blog: { concurrency: 1 } });
    const first = start([...RUN, "--", "sh", "-c", HOLD]);
    await linesIn(file("started"), 1);
    first.child.kill("SIGKILL");
    await first.finished;
    expect(await hardcall([...RUN, "--", "echo", "next"])).toEqual({
      exitCode: 0,
      stdout: "next\n",
      stderr: "",
    });
  });

  test("ends busy when its time is over while it waits", async () => {
    const { hardcall, start, file } = folderWithResources({ blog: { concurrency: 1 } });
    const first = start([...RUN, "--", "sh", "-c", HOLD]);
    await linesIn(file("started"), 1);
    const late = await hardcall(["run", "--timeout", "3s", "--resource", "blog", "--", "touch", "ran"]);
    expect(late).toMatchObject({ exitCode: 75, stdout: "" });
    expect(late.stderr).toMatch(/waited/);
    writeFileSync(file("go"), "");
    expect(await first.finished).toMatchObject({ exitCode: 0 });
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("ends at once at a signal while it waits", async () => {
    const { start, file } = folderWithResources({ blog: { concurrency: 1 } });
    const first = start([...RUN, "--", "sh", "-c", HOLD]);
    await linesIn(file("started"), 1);
    const second = start([...RUN, "--", "touch", "ran"]);
    await untilFile(file("ledger.db-wal"), () => waitingIn(file("ledger.db"), "blog") === 1);
    const before = performance.now();
    second.child.kill("SIGINT");
    expect(await second.finished).toMatchObject({ exitCode: 130 });
    expect(performance.now() - before).toBeLessThan(5000);
    writeFileSync(file("go"), "");
    expect(await first.finished).toMatchObject({ exitCode: 0 });
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("is over the rate, with the time after which the next may start", async () => {
    const { hardcall } = folderWithResources({ blog: { rate: { starts: 1, per: "1h" } } });
    expect(await hardcall([...RUN, "--", "echo", "one"])).toMatchObject({ exitCode: 0, stdout: "one\n" });
    const over = await hardcall([...RUN, "--outcome-file", "outcome.json", "--", "echo", "two"]);
    expect(over).toMatchObject({ exitCode: 75, stdout: "" });
    expect(over.stderr).toMatch(/1 .* 1 h/);
  });

  test("is over the budget of what its attempts cost", async () => {
    const { hardcall, file } = folderWithResources({ blog: { budget: { usd: 0.5, per: "1h" }, cost: 0.3 } });
    const first = await hardcall([...RUN, "--name", "post", "--", "echo", "one"]);
    expect(first).toMatchObject({ exitCode: 0, stdout: "one\n", stderr: "" });
    const over = await hardcall([
      ...RUN,
      "--name",
      "post",
      "--outcome-file",
      "outcome.json",
      "--",
      "touch",
      "ran",
    ]);
    expect(over).toMatchObject({ exitCode: 75, stdout: "" });
    expect(over.stderr).toMatch(
      /"blog" has spent \$0\.30 of its budget of \$0\.50 per 1 h, and this call may cost \$0\.30/,
    );
    const outcome = JSON.parse(readFileSync(file("outcome.json"), "utf8")) as object;
    expect(outcome).toMatchObject({ code: "over_budget", effect: "not_started", attempts: [] });
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("starts nothing when the ledger cannot be had", async () => {
    const { hardcall, file } = folderWithResources({ blog: { concurrency: 1 } });
    mkdirSync(file("folder"));
    const end = await hardcall([...RUN, "--ledger", file("folder"), "--", "touch", "ran"]);
    expect(end).toMatchObject({ exitCode: 74, stdout: "" });
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("shares the limits with calls that have a key, and replays without a place", async () => {
    const { hardcall, start, file } = folderWithResources({ blog: { concurrency: 1 } });
    const keyed = [...RUN, "--key", "post/1", "--name", "post", "--", "echo", "posted"];
    expect(await hardcall(keyed)).toMatchObject({ exitCode: 0, stdout: "posted\n" });
    const holder = start([...RUN, "--", "sh", "-c", HOLD]);
    await linesIn(file("started"), 1);
    expect(await hardcall(keyed)).toMatchObject({ exitCode: 0, stdout: "posted\n" });
    writeFileSync(file("go"), "");
    await holder.finished;
  });
});

describe("hardcall claude --resource", () => {
  test("a revoked key: one call learns it, the next start nothing until an operator closes the breaker", async () => {
    const { hardcall, file } = folderWithResources({ blog: { concurrency: 3, circuitBreaker: true } });
    /** How often the fake claude was started. */
    const asked = () => linesOf(file("claude.log")).filter((line) => line.includes('"event":"start"')).length;
    const ask = ["claude", "--timeout", "60s", "--resource", "blog", "--name", "draft", "hi"];
    const env = { FAKE_CLAUDE_MODE: "auth" };
    expect(await hardcall(ask, { env })).toMatchObject({ exitCode: 77, stdout: "" });
    const shut = await hardcall([...ask.slice(0, -1), "--outcome-file", "outcome.json", "hi"], { env });
    expect(shut).toMatchObject({ exitCode: 77, stdout: "" });
    expect(shut.stderr).toMatch(
      /^hardcall: The call "draft" was not started: the circuit breaker of the resource "blog" is open since the call "draft" failed with auth /,
    );
    expect(shut.stderr).toContain("hardcall resource close blog --by");
    expect(asked()).toBe(1);
    const outcome = JSON.parse(readFileSync(file("outcome.json"), "utf8")) as object;
    expect(outcome).toMatchObject({
      code: "circuit_open",
      effect: "not_started",
      circuit: { code: "auth", name: "draft" },
    });
    const close = await hardcall(["resource", "close", "blog", "--by", "ann", "--why", "a new key"]);
    expect(close).toEqual({ exitCode: 0, stdout: "blog: closed; calls start again\n", stderr: "" });
    expect(await hardcall(ask, { env: { FAKE_CLAUDE_MODE: "ok" } })).toMatchObject({ exitCode: 0 });
    expect(asked()).toBe(2);
  });
});
