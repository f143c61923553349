import { spawnSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { fixture, PidFile, tempFolder } from "../../helpers/files.ts";
import { childrenOf, killAll, processesWith, survivorsAfter } from "../../helpers/processes.ts";
import { OPEN, start, startHost } from "../../helpers/run.ts";
import { inMode, type Mode } from "./calls.ts";

const copyOf = (name: string): string => {
  const copy = path.join(tempFolder(), name);
  copyFileSync(fixture(name), copy);
  return copy;
};

/** It needs Python, and a file system that has leases. */
const canHoldBack =
  spawnSync(
    "python3",
    ["-c", "import fcntl, tempfile; fcntl.fcntl(tempfile.TemporaryFile(), fcntl.F_SETLEASE, fcntl.F_WRLCK)"],
    { timeout: 20_000 },
  ).status === 0;

async function holdBack(program: string) {
  const { child } = start("python3", [fixture("holds-back-exec.py"), program], { stdin: OPEN });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  return { isHeld: (await next()) === "held", asked: next, letGo: () => void child.stdin!.end() };
}

/** A host with one call, whose process has been forked and does not run the command yet. */
async function begin(mode: Mode) {
  const value = `${process.pid}-${performance.now()}`;
  const all = () => processesWith(`MARKED_BY_TEST=${value}`);
  onTestFinished(() => killAll(all()));
  const program = copyOf("ignores-term.sh");
  const pids = new PidFile();
  const held = await holdBack(program);
  expect(held.isHeld).toBe(true);
  const env = { ...inMode(mode), PIDS: pids.path, MARKED_BY_TEST: value };
  const { child, pid, finished } = startHost("waits-for-calls.ts", ["exits", program, "1"], { env });
  expect(await held.asked()).toBe("asked");
  const kill = () => void child.kill("SIGKILL");
  return { ...held, all, kill, child, pid, finished, pids };
}

/** The same by the helper. A host whose helper is late starts the process itself, and another host has to be taken. */
async function beginByHelper() {
  for (let hosts = 1; hosts <= 5; hosts++) {
    const host = await begin("on");
    const [helper = 0] = childrenOf(host.pid, "hardcall-helper");
    const [fork] = childrenOf(helper, "hardcall-helper");
    if (fork !== undefined) return { ...host, helper, fork };
    host.kill();
    host.letGo();
  }
  throw new Error("no helper was in time");
}

describe.skipIf(!canHoldBack)("a process that does not run its command yet", () => {
  test("a host that is killed while its helper starts a process leaves nothing", async () => {
    const { kill, all, fork } = await beginByHelper();
    kill();
    expect(await survivorsAfter(2000, [fork, ...all()])).toEqual([]);
  });

  test.each(["host", "helper"] as const)(
    "a host and its helper that are killed during a start, the %s first, leave nothing",
    async (first) => {
      const { kill, all, helper, fork } = await beginByHelper();
      const both = [kill, () => killAll([helper])];
      for (const end of first === "host" ? both : both.toReversed()) end();
      expect(await survivorsAfter(2000, [fork, ...all()])).toEqual([]);
    },
  );

  test("a helper that is killed while it starts a process: the call fails, and the command never runs", async () => {
    const { helper, fork, finished, pids } = await beginByHelper();
    killAll([helper]);
    expect(JSON.parse((await finished).stdout.toString())).toEqual([expect.stringMatching(/^killed: /)]);
    // The program is held back still.
    expect(await survivorsAfter(0, [fork])).toEqual([]);
    expect(pids.pids()).toEqual([]);
  });

  test("a host that ends by itself while its helper starts a process leaves nothing", async () => {
    const { child, all, fork, finished } = await beginByHelper();
    child.kill("SIGUSR2");
    expect((await finished).exitCode).toBe(7);
    expect(await survivorsAfter(2000, [fork, ...all()])).toEqual([]);
  });

  test("a host that is killed while it starts a process itself: the process ends once it runs", async () => {
    const { kill, all, letGo } = await begin("off");
    kill();
    letGo();
    expect(await survivorsAfter(2000, all())).toEqual([]);
    expect(all()).toEqual([]);
  });
});
