import { cpSync, existsSync, symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fixture, linesIn, linesOf, PidFile, ROOT, tempFolder } from "../helpers/files.ts";
import { childrenOf, isAlive, killAll, survivorsAfter } from "../helpers/processes.ts";
import { start, startHost } from "../helpers/run.ts";

/** Items that say when they start; the second does not end by itself. */
function items() {
  const started = path.join(tempFolder(), "started");
  const item = (number: number, then: string) => `echo ${number} >> '${started}'; ${then}`;
  return { started, scripts: [item(1, "echo 1"), item(2, "sleep 60"), item(3, "echo 3"), item(4, "echo 4")] };
}

const CANCELLED = "cancelled unknown HostSignal: the process received SIGTERM";

const linesOfOutput = (stdout: Buffer) => stdout.toString().trimEnd().split("\n");

describe("a host that goes on with the next item when one fails", () => {
  test.each(["none", "signal-exit 3", "signal-exit 4", "both versions of signal-exit", "a child of execa"])(
    "and listens with %s: starts no call after the signal, and dies of it",
    async (listener) => {
      const { started, scripts } = items();
      const { child, finished } = startHost("goes-on.ts", [listener, ...scripts]);
      await linesIn(started, 2);
      child.kill("SIGTERM");
      const { signal, stdout, ms } = await finished;
      expect(linesOfOutput(stdout)).toEqual(["1 ok", `2 ${CANCELLED}`]);
      expect(signal).toBe("SIGTERM");
      expect(linesOf(started)).toEqual(["1", "2"]);
      expect(ms).toBeLessThan(30_000);
    },
  );

  test.each(["on", "once"])(
    "and has a handler (%s): decides for itself, and may make calls",
    async (listener) => {
      const { started, scripts } = items();
      const { child, finished } = startHost("goes-on.ts", [listener, ...scripts]);
      await linesIn(started, 2);
      child.kill("SIGTERM");
      const { exitCode, stdout } = await finished;
      expect(linesOfOutput(stdout)).toEqual(["1 ok", `2 ${CANCELLED}`, "3 ok", "4 ok"]);
      expect(exitCode).toBe(0);
    },
  );

  test.each(["signal-exit 4 that lives on", "on, from the first failure"])(
    "and decides only after the signal that it lives on (%s): may make calls from then on",
    async (listener) => {
      const { started, scripts } = items();
      const { child, finished } = startHost("goes-on.ts", [listener, ...scripts]);
      await linesIn(started, 2);
      child.kill("SIGTERM");
      const { exitCode, stdout } = await finished;
      expect(linesOfOutput(stdout)).toEqual([
        "1 ok",
        `2 ${CANCELLED}`,
        "3 cancelled not_started HostSignal: the process received SIGTERM",
        "4 ok",
      ]);
      expect(exitCode).toBe(0);
    },
  );

  test("and makes a call in its handler: that one is not cancelled", async () => {
    const { started, scripts } = items();
    const { child, finished } = startHost("goes-on.ts", ["cleans up", ...scripts.slice(0, 2)]);
    await linesIn(started, 2);
    child.kill("SIGTERM");
    const { exitCode, stdout } = await finished;
    expect(linesOfOutput(stdout)).toContain("cleaned up");
    expect(exitCode).toBe(3);
  });

  test("and calls process.exit in its handler while a call runs: exits so, and leaves nothing", async () => {
    const pids = new PidFile();
    const host = startHost("goes-on.ts", ["exits", fixture("three-sessions-deep.sh")], {
      env: { PIDS: pids.path },
    });
    const tree = await pids.reported(4);
    host.child.kill("SIGTERM");
    expect((await host.finished).exitCode).toBe(9);
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });

  test("as the first process of a container: exits with 143, as the kernel drops a signal without a handler", async () => {
    const { started, scripts } = items();
    const file = path.join(ROOT, "test/fixtures/hosts/goes-on.ts");
    const argv = ["--pid", "--fork", "--mount-proc", process.execPath, file, "none", ...scripts];
    const { pid, finished } = start("unshare", argv);
    await linesIn(started, 2);
    const [first] = childrenOf(pid, "goes-on");
    onTestFinished(() => killAll([first ?? 0]));
    process.kill(first as number, "SIGTERM");
    const { exitCode, stdout } = await finished;
    expect(linesOfOutput(stdout)).toEqual(["1 ok", `2 ${CANCELLED}`]);
    expect(exitCode).toBe(143);
  });
});

const CANCELLATION = /The call "sh" was cancelled when the process received SIGTERM/g;

/** Runs a host that ends itself when its call fails, which SIGTERM cancels. */
async function endOf(how: string, listener: string) {
  const started = path.join(tempFolder(), "started");
  const host = startHost("ends-with-its-call.ts", [how, listener, `echo > '${started}'; sleep 60`]);
  await linesIn(started, 1);
  host.child.kill("SIGTERM");
  return host.finished;
}

describe("a host that ends itself when its call is cancelled by a signal", () => {
  test.each([
    ["does not catch it", CANCELLATION],
    ["rejects without a catch", CANCELLATION],
    ["throws another error", /TypeError: of its own/g],
    ["has a listener for uncaught errors", CANCELLATION],
    ["calls process.exit", CANCELLATION],
  ])(
    "(%s) dies of the signal, or a shell would go on after Ctrl-C; its error is told once",
    async (how, told) => {
      const { signal, stderr } = await endOf(how, "none");
      expect(signal).toBe("SIGTERM");
      expect(stderr.match(told)).toHaveLength(1);
    },
  );

  test("and has loaded signal-exit: its callbacks run, each once, and it dies of the signal", async () => {
    const { signal, stdout } = await endOf("calls process.exit", "both versions of signal-exit");
    expect(signal).toBe("SIGTERM");
    expect(linesOfOutput(stdout)).toEqual(["cleaned up", "cleaned up"]);
  });

  test.each(["does not catch it", "calls process.exit"])(
    "(%s) and has a handler: exits as it says",
    async (how) => {
      const { exitCode, stderr } = await endOf(how, "a handler");
      expect(exitCode).toBe(1);
      expect(stderr.match(CANCELLATION)).toHaveLength(1);
    },
  );
});

test("no signal is lost among calls that take a moment each", async () => {
  const hosts = Array.from({ length: 8 }, () => startHost("short-calls.ts"));
  const ends = hosts.map(async ({ child, finished }, index) => {
    // Not all at the same place of a call.
    child.stdout?.once("data", () => setTimeout(() => child.kill("SIGTERM"), 100 + 7 * index));
    return (await finished).signal;
  });
  expect(await Promise.all(ends)).toEqual(hosts.map(() => "SIGTERM"));
});

test("a call started after the signal, while another still ends: cancelled, and nothing was started", async () => {
  const ready = path.join(tempFolder(), "ready");
  const started = `${ready}.started`;
  const { child, finished } = startHost(
    "starts-one-more.ts",
    [
      `trap '' TERM; echo > '${ready}'; sleep 60`,
      `until [ -e '${ready}' ]; do sleep 0.01; done; echo >> '${ready}.both'; sleep 60`,
    ],
    { env: { STARTED: started } },
  );
  await linesIn(`${ready}.both`, 1);
  child.kill("SIGTERM");
  const { signal, stdout } = await finished;
  const cause = "HostSignal: the process received SIGTERM";
  expect(linesOfOutput(stdout).map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { name: "quick", code: "cancelled", effect: "unknown", cause },
    {
      name: "next",
      code: "cancelled",
      effect: "not_started",
      cause,
      message: expect.stringMatching(
        /^The call "sh" was cancelled when the process received SIGTERM\./,
      ) as string,
    },
    { name: "slow", code: "cancelled", cause },
  ]);
  expect(signal).toBe("SIGTERM");
  expect(existsSync(started)).toBe(false);
});

test("two copies of the package wait for each other's calls, and not for each other's listeners", async () => {
  const folder = tempFolder();
  cpSync(path.join(ROOT, "src"), path.join(folder, "src"), { recursive: true });
  cpSync(path.join(ROOT, "package.json"), path.join(folder, "package.json"));
  symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
  const ready = path.join(folder, "ready");
  const { child, finished } = startHost("two-copies.ts", [
    folder,
    `echo >> '${ready}'; sleep 60`,
    // Its clean-up takes longer than the other copy's calls, however slow the machine is.
    `trap 'until [ -e ${folder}/copy-1-is-done ]; do sleep 0.1; done; echo > ${ready}.clean; exit 0' TERM
    echo >> '${ready}'; while :; do sleep 0.1; done`,
  ]);
  await linesIn(ready, 2);
  child.kill("SIGTERM");
  const { signal, stdout } = await finished;
  expect(linesOfOutput(stdout).toSorted()).toEqual([
    "1: cancelled not_started",
    "1: cancelled unknown",
    "2: cancelled unknown",
  ]);
  expect(signal).toBe("SIGTERM");
  expect(existsSync(`${ready}.clean`)).toBe(true);
});

test("a signal that is delivered twice at once is one: the host waits for its calls", async () => {
  const pids = new PidFile();
  const { child, finished } = startHost("told-twice.ts", [fixture("ignores-term.sh")], {
    env: { PIDS: pids.path },
  });
  const tree = await pids.reported(2);
  child.kill("SIGTERM");
  const { signal, stdout } = await finished;
  expect(linesOfOutput(stdout)).toEqual(["cancelled", "cancelled"]);
  expect(signal).toBe("SIGTERM");
  expect(tree.filter((pid) => isAlive(pid))).toEqual([]);
});

test("a call's line in the log is written before the host dies", async () => {
  const { started, scripts } = items();
  const host = startHost("goes-on.ts", ["none", ...scripts.slice(1)], {
    env: { HARDCALL_LOG_LEVEL: "info" },
  });
  await linesIn(started, 1);
  host.child.kill("SIGTERM");
  const { signal, stderr } = await host.finished;
  expect(signal).toBe("SIGTERM");
  expect(stderr).toMatch(/"code":"cancelled"/);
});

test("a host whose calls are in a worker thread, where signals do not arrive, dies at once and leaves nothing", async () => {
  const pids = new PidFile();
  const host = startHost("calls-in-a-worker.ts", [fixture("three-sessions-deep.sh")], {
    env: { PIDS: pids.path },
  });
  const tree = await pids.reported(4);
  host.child.kill("SIGTERM");
  expect((await host.finished).signal).toBe("SIGTERM");
  expect(await survivorsAfter(2000, tree)).toEqual([]);
});

test("a host whose terminal closes (SIGHUP) dies at once and leaves nothing", async () => {
  const pids = new PidFile();
  const host = startHost("waits-for-calls.ts", ["no-handler", fixture("ignores-term.sh"), "1"], {
    env: { PIDS: pids.path },
  });
  const tree = await pids.reported(2);
  host.child.kill("SIGHUP");
  expect((await host.finished).signal).toBe("SIGHUP");
  expect(await survivorsAfter(2000, tree)).toEqual([]);
});
