import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, onTestFinished, test } from "vitest";
import { fixture, PidFile, ROOT, tempFolder } from "../helpers/files.ts";
import { countWaits } from "../helpers/machine.ts";
import {
  appears,
  calledBy,
  childrenOf,
  commandLineOf,
  isAlive,
  killAll,
  processesWith,
  survivorsAfter,
} from "../helpers/processes.ts";
import { host, start, startHost } from "../helpers/run.ts";
import { asUser, canBeAnotherUser } from "../helpers/users.ts";

/** A variable that only one host and its descendants have, the guardian included. */
function markedEnv() {
  const [name, value] = ["MARKED_BY_TEST", `${process.pid}-${performance.now()}`];
  const mark = `${name}=${value}`;
  onTestFinished(() => killAll(processesWith(mark)));
  return { mark, env: { [name]: value } };
}

test("200 calls at once all settle as they should, and their host exits at once", async () => {
  const waited = countWaits();
  const { ends, at } = await host<{ ends: unknown; at: number }>("many-at-once.ts");
  expect(Date.now() - at).toBeLessThan(1000 + waited());
  expect(ends).toEqual({
    ok: { "value fine": 40 },
    fail: { exit_nonzero: 40 },
    blank: { empty_output: 40 },
    killed: { killed: 40 },
    hang: { timeout: 40 },
  });
});

test(
  "1,000 calls in a row leave no process, descriptor, timer or listener",
  { timeout: 240_000 },
  async () => {
    const { before, after } = await host<{ before: unknown; after: unknown }>("many-in-a-row.ts");
    expect(after).toEqual(before);
    // One guardian, and the spawning helper of a host that has one.
    const children = process.env["HARDCALL_SPAWN_HELPER"] === "on" ? 2 : 1;
    expect(after).toMatchObject({ timers: 0, children, zombies: 0, onCallerSignal: 0 });
  },
);

test("a host that has finished its calls exits by itself at once, and so does the guardian", async () => {
  const { mark, env } = markedEnv();
  const waited = countWaits();
  const { stdout, exitCode } = await startHost("ends-by-itself.ts", [], { env }).finished;
  const exitedAt = Date.now();
  expect(exitCode).toBe(0);
  const { at } = JSON.parse(stdout.toString()) as { at: number };
  expect(exitedAt - at).toBeLessThan(1000 + waited());
  expect(await survivorsAfter(1000, processesWith(mark))).toEqual([]);
});

test("a daemon that may live on outlives its host; the guardian does not", async () => {
  const { mark, env } = markedEnv();
  const pids = new PidFile();
  await startHost("leaves-a-daemon.ts", [fixture("double-forked-daemon.sh")], {
    env: { ...env, PIDS: pids.path },
  }).finished;
  const [, daemon] = pids.pids();
  const others = processesWith(mark).filter((pid) => pid !== daemon);
  expect(await survivorsAfter(1000, others)).toEqual([]);
  expect(isAlive(daemon!)).toBe(true);
});

/** Waits until a host has a guardian that runs. */
const guardiansOf = (parent: number) => appears(() => childrenOf(parent, "guardian"));

test.skipIf(!canBeAnotherUser)(
  "a guardian that could not start for want of a process is a shell all the same, once there is one",
  async () => {
    // A user who has no other process, so that the limit counts those of the host alone. Root has no such limit.
    const file = path.join(ROOT, "test/fixtures/hosts/calls-when-told.ts");
    const { child, pid } = start(asUser[0], [...asUser.slice(1), process.execPath, file, "sleep", "60"]);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe("ready");
    const limit = (to: string) =>
      execFileSync(asUser[0], [...asUser.slice(1), "prlimit", "--pid", String(pid), `--nproc=${to}`], {
        timeout: 20_000,
      });
    limit("1:1000");
    child.kill("SIGUSR2");
    expect((await lines.next()).value).toBe("spawn_failed");
    limit("1000:1000");
    child.kill("SIGUSR2");
    const [guardian] = await guardiansOf(pid);
    expect(commandLineOf(guardian!)).toMatch(/^\/bin\/sh /);
    const [sleeping] = calledBy(pid, "sleep 60");
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, [guardian!, sleeping!])).toEqual([]);
  },
);

/** An image without `/bin/sh`, for a command that follows. */
const WITHOUT_SHELL = [
  "unshare",
  "-m",
  "sh",
  "-ec",
  `bin=$(readlink -f /bin); mount -t tmpfs none /mnt; mkdir /mnt/u /mnt/w
mount -t overlay none -o "lowerdir=$bin,upperdir=/mnt/u,workdir=/mnt/w" "$bin"; rm "$bin/sh"; exec "$@"`,
  "sh",
] as const;
const canLackShell =
  spawnSync(WITHOUT_SHELL[0], [...WITHOUT_SHELL.slice(1), process.execPath, "-e", ""], { timeout: 20_000 })
    .status === 0;

/** A host, started by these words, with a call under way that runs a process in a session of its own. */
async function hostOf(node: readonly string[], beforeCall = () => {}) {
  const { mark, env } = markedEnv();
  const file = path.join(ROOT, "test/fixtures/hosts/calls-when-told.ts");
  const args = [...node.slice(1), file, "setsid", "--wait", "sleep", "60"];
  const { child, pid } = start(node[0]!, args, { env });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("ready");
  beforeCall();
  child.kill("SIGUSR2");
  const [guardian] = await guardiansOf(pid);
  const [called] = await appears(() => calledBy(pid, "setsid"));
  await appears(() => childrenOf(called!, "sleep 60"));
  return { guardian: guardian!, kill: () => child.kill("SIGKILL"), all: () => processesWith(mark) };
}

test.skipIf(!canLackShell)(
  "where there is no /bin/sh the guardian is Node, and ends what is left",
  async () => {
    const { guardian, kill, all } = await hostOf([...WITHOUT_SHELL, process.execPath]);
    expect(commandLineOf(guardian)).toContain(process.execPath);
    kill();
    expect(await survivorsAfter(2000, all())).toEqual([]);
  },
);

test("a host whose Node was removed: killed by SIGKILL, nothing is alive 2 s later", async () => {
  const node = path.join(tempFolder(), "node");
  copyFileSync(process.execPath, node);
  const { kill, all } = await hostOf([node]);
  rmSync(node);
  kill();
  expect(await survivorsAfter(2000, all())).toEqual([]);
});

test("a host whose Node was removed before its first call: the same", async () => {
  const node = path.join(tempFolder(), "node");
  copyFileSync(process.execPath, node);
  const { kill, all } = await hostOf([node], () => rmSync(node));
  kill();
  expect(await survivorsAfter(2000, all())).toEqual([]);
});

test("a host that may not read the file of Node (its permission model): the same", async () => {
  const readable = ["/proc/", ROOT].map((folder) => `--allow-fs-read=${folder}`);
  const flags = ["--no-warnings", "--permission", "--allow-child-process", ...readable];
  const node = path.join(tempFolder(), "node");
  copyFileSync(process.execPath, node);
  const { kill, all } = await hostOf([node, ...flags]);
  kill();
  expect(await survivorsAfter(2000, all())).toEqual([]);
});

describe("a host with five calls under way", () => {
  const begin = async (how: string, name = "three-sessions-deep.sh", perCall = 4) => {
    const { mark, env } = markedEnv();
    const pids = new PidFile();
    const started = startHost("waits-for-calls.ts", [how, fixture(name), "5"], {
      env: { ...env, PIDS: pids.path },
    });
    return { ...started, mark, tree: await pids.reported(5 * perCall) };
  };

  test("has one guardian, a shell that costs little", async () => {
    const { mark, tree, pid } = await begin("no-handler");
    const others = processesWith(mark).filter((other) => other !== pid && !tree.includes(other));
    const guardians = others.filter((other) => commandLineOf(other).includes("guardian"));
    expect(guardians).toHaveLength(1);
    expect(commandLineOf(guardians[0]!)).toMatch(/^\/bin\/sh /);
  });

  test("whose guardian was killed gets another; then killed itself, nothing is alive 2 s later", async () => {
    const { child, pid, tree } = await begin("no-handler");
    for (let kills = 0; kills < 2; kills++) {
      const [guardian] = await guardiansOf(pid);
      process.kill(guardian!, "SIGKILL");
      expect(await survivorsAfter(1000, [guardian!])).toEqual([]);
    }
    await guardiansOf(pid);
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });

  test("killed by SIGKILL: nothing is alive 2 s later", async () => {
    const { child, tree, mark } = await begin("no-handler");
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, tree)).toEqual([]);
    expect(await survivorsAfter(1000, processesWith(mark))).toEqual([]);
  });

  test("killed by SIGKILL while its commands ignore SIGTERM: the same", async () => {
    const { child, tree } = await begin("no-handler", "ignores-term.sh", 2);
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });

  test("killed by SIGKILL when no Node can be started: the shell ends the groups, also of what ignores SIGTERM", async () => {
    const { child, tree, pid } = await begin("no-handler", "ignores-term.sh", 2);
    const [guardian] = await guardiansOf(pid);
    // Node takes more memory than that before it does anything.
    const limit = ["--pid", String(guardian), "--as=50000000"];
    execFileSync("prlimit", limit, { timeout: 20_000 });
    child.kill("SIGKILL");
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });

  test("that calls process.exit: the same", async () => {
    const { child, tree, finished } = await begin("exits");
    child.kill("SIGUSR2");
    expect((await finished).exitCode).toBe(7);
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });

  test("that dies of an exception: the same", async () => {
    const { child, tree, finished } = await begin("throws");
    child.kill("SIGUSR2");
    expect((await finished).exitCode).toBe(1);
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`without a handler of its own dies of ${signal}, after its calls have ended`, async () => {
      const { child, tree, finished } = await begin("no-handler");
      child.kill(signal);
      const end = await finished;
      expect(end).toMatchObject({ signal, exitCode: null });
      expect(tree.filter((pid) => isAlive(pid))).toEqual([]);
    });
  }

  test("with a handler of its own lives on, and hears that its calls were cancelled", async () => {
    const { child, tree, finished } = await begin("own-handler");
    child.kill("SIGTERM");
    const { exitCode, stdout } = await finished;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.toString())).toEqual(
      Array.from({ length: 5 }, () => "cancelled: HostSignal: the process received SIGTERM"),
    );
    expect(tree.filter((pid) => isAlive(pid))).toEqual([]);
  });

  test("does not wait after a second signal; the guardian ends what is left", async () => {
    const { child, tree, finished } = await begin("no-handler", "ignores-term.sh", 2);
    child.kill("SIGTERM");
    child.kill("SIGINT");
    const end = await finished;
    expect(end.exitCode).toBe(null);
    expect(["SIGTERM", "SIGINT"]).toContain(end.signal);
    expect(await survivorsAfter(2000, tree)).toEqual([]);
  });
});
