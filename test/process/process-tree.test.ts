import { once } from "node:events";
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { command, defineCall, runCommand } from "../../src/index.ts";
import { endTree } from "../../src/process/end-tree.ts";
import { readStat } from "../../src/process/table/proc.ts";
import { ProcessTree } from "../../src/process/process-tree.ts";
import { scanCounts } from "../../src/process/scan.ts";
import { fixture, linesOf, PidFile, ROOT, tempFolder } from "../helpers/files.ts";
import { lead, newCookie } from "../helpers/lead.ts";
import { onProc } from "../helpers/process-table.ts";
import { isAlive, survivorsAfter } from "../helpers/processes.ts";
import { OPEN, start, startHardcall } from "../helpers/run.ts";

const sorted = (pids: readonly number[]) => pids.toSorted((a, b) => a - b);

test("finds every session of a tree", async () => {
  const { tree, pids } = lead("three-sessions-deep.sh", newCookie());
  const all = await pids.reported(4);
  const found = await tree.look();
  for (const pid of all) expect(found).toContain(pid);
  expect(await endTree(tree, 300)).toBe(0);
  expect(await survivorsAfter(0, all)).toEqual([]);
});

test("finds by its cookie what left its group and lost its parent", async () => {
  const { tree, pids, child } = lead("double-forked-daemon.sh", newCookie());
  await once(child, "exit");
  tree.leaderExited();
  const [leader, daemon] = await pids.reported(2);
  expect(await tree.look()).toEqual([daemon]);
  expect(isAlive(leader!)).toBe(false);
  expect(await endTree(tree, 300)).toBe(0);
  expect(isAlive(daemon!)).toBe(false);
});

test("finds by its parents what left its group and emptied its environment", async () => {
  const { tree, pids } = lead("empties-its-environment.sh", newCookie());
  const all = await pids.reported(2);
  await untilNot(() => readStat(all[1]!)?.group === readStat(all[0]!)?.group);
  expect(sorted(await tree.look())).toEqual(sorted(all));
  expect(await endTree(tree, 300)).toBe(0);
});

test.runIf(onProc)(
  "finds in its session what left its group, emptied its environment and lost its parent",
  async () => {
    const { tree, pids, child } = lead("empties-its-environment-in-its-session.sh", newCookie());
    await once(child, "exit");
    tree.leaderExited();
    const [, orphan] = await pids.reported(2);
    expect(await tree.look()).toEqual([orphan]);
    expect(await endTree(tree, 300)).toBe(0);
    expect(isAlive(orphan!)).toBe(false);
  },
);

test("what was seen once is still known when its parent has gone", async () => {
  const { tree, pids, child } = lead("empties-its-environment.sh", newCookie());
  const [leader, orphan] = await pids.reported(2);
  await untilNot(() => readStat(orphan!)?.group === readStat(leader!)?.group);
  expect(await tree.look()).toContain(orphan);
  child.kill("SIGKILL");
  await once(child, "exit");
  tree.leaderExited();
  expect(await tree.look()).toEqual([orphan]);
  expect(await endTree(tree, 300)).toBe(0);
  expect(isAlive(orphan!)).toBe(false);
});

test("a process that starts threads all the time is one process", async () => {
  const { tree, leader, pids } = lead("starts-threads.py", newCookie());
  await pids.reported(1);
  for (let looks = 0; looks < 30; looks++) expect(await tree.look()).toEqual([leader.pid]);
  expect(await endTree(tree, 300)).toBe(0);
});

test.each(["in its group", ...(onProc ? ["that has left it"] : [])])(
  "a process whose first thread has ended goes on until it is ended: %s",
  async (which) => {
    const program = fixture("goes-on-without-its-first-thread.py");
    const [name, env] =
      which === "in its group"
        ? (["goes-on-without-its-first-thread.py", {}] as const)
        : (["runs-in-a-session-of-its-own.sh", { PROGRAM: program }] as const);
    const { tree, pids } = lead(name, newCookie(), env);
    const [pid] = await pids.reported(1);
    expect(readStat(pid!)).toMatchObject({ state: "Z" });
    expect(await tree.look()).toContain(pid);
    expect(await endTree(tree, 300)).toBe(0);
    // Its end is that of its last thread. The first one stays until it is collected.
    expect(threadsOf(pid!)).toBeLessThan(2);
  },
);

test("another call's processes are not touched, nor is the host", async () => {
  const one = lead("holds-stdout-setsid.sh", newCookie());
  const other = lead("holds-stdout-setsid.sh", newCookie());
  const mine = await one.pids.reported(2);
  const theirs = await other.pids.reported(2);
  expect(await one.tree.look()).not.toContain(process.pid);
  await endTree(one.tree, 300);
  expect(await survivorsAfter(0, mine)).toEqual([]);
  expect(theirs.filter((pid) => !isAlive(pid))).toEqual([]);
  await endTree(other.tree, 300);
});

test("a pid that was given to a stranger is left alone", async () => {
  // The stranger has the leader's pid, but is older or younger than the leader.
  const stranger = lead("holds-stdout.sh", newCookie());
  const all = await stranger.pids.reported(2);
  const startTime = stranger.leader.startTime!;
  for (const wrong of [startTime - 1000, startTime + 1000]) {
    const tree = new ProcessTree({ pid: stranger.leader.pid, startTime: wrong }, newCookie());
    tree.leaderExited();
    // The group is not empty, so its number cannot have been given away; only the pid alone may have been.
    const strangerTree = new ProcessTree({ pid: all[1]!, startTime: wrong }, newCookie());
    strangerTree.signal("SIGKILL");
    expect(strangerTree.anyKnownAlive()).toBe(false);
  }
  expect(all.filter((pid) => !isAlive(pid))).toEqual([]);
  await endTree(stranger.tree, 300);
});

test("a group whose last member has gone is never signalled again", async () => {
  const { tree, child } = lead("leaves-a-mark.sh", newCookie(), {});
  await once(child, "exit");
  tree.leaderExited();
  expect(await tree.look()).toEqual([]);
  expect(tree.anyKnownAlive()).toBe(false);
  tree.signal("SIGKILL");
  expect(await endTree(tree, 300)).toBe(0);
});

test("a tree whose leader is no process sends no signal", async () => {
  for (const pid of [0, 1, -1, Number.NaN]) {
    const tree = new ProcessTree({ pid, startTime: undefined }, newCookie());
    tree.signal("SIGKILL");
    tree.leaderExited();
    expect(await tree.look()).toEqual([]);
  }
});

test.runIf(onProc).each([
  ["its group is ended", 'trap "" TERM; sleep 60 & echo $! >>"$PIDS"'],
  ["what has left it is ended once there are descriptors", 'setsid sleep 60 & echo $! >>"$PIDS"'],
])("a host without a descriptor when the time is over: %s", async (_, script) => {
  const pids = new PidFile();
  const file = path.join(ROOT, "test/fixtures/hosts/loses-its-descriptors.ts");
  const args = ["-c", 'ulimit -n 60; exec "$@"', "sh", process.execPath, file];
  const options = { env: { PIDS: pids.path }, stdin: OPEN } as const;
  const { child } = start("sh", [...args, `${script}; wait`], options);
  await pids.reported(1);
  child.stdin?.write("now");
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  expect(JSON.parse(line.toString())).toEqual({
    code: "timeout",
    survivors: 0,
    // With the group its pipes are gone, and their descriptors are enough for a look.
    notes: script.startsWith("setsid")
      ? [
          "hardcall could not look for processes left running: it had no file descriptor or memory to read /proc",
          expect.stringMatching(/^another process held the output open /),
        ]
      : [],
    usedUp: true,
  });
  expect(pids.pids()).toHaveLength(1);
  expect(await survivorsAfter(3000, pids.pids())).toEqual([]);
});

test("what cannot be ended is counted", async () => {
  const unkillable = {
    look: async () => [4, 5],
    signal: () => undefined,
    killOnSight: () => undefined,
    anyKnownAlive: () => true,
    certain: true,
    unread: 0,
  };
  expect(await endTree(unkillable as unknown as ProcessTree, 20)).toBe(2);
});

const hardcallRun = (...options: string[]) => [
  process.execPath,
  path.join(ROOT, "src/cli.ts"),
  "run",
  ...options,
];

test("hardcall inside hardcall: the outer timeout ends both, and the inner child", async () => {
  const pids = new PidFile();
  const inner = hardcallRun("--timeout", "60s", "--kill-grace", "300");
  const { finished } = startHardcall(
    ["run", "--timeout", "6s", "--kill-grace", "1s", "--", ...inner, "--", fixture("three-sessions-deep.sh")],
    { env: { PIDS: pids.path } },
  );
  const all = await pids.reported(4);
  expect((await finished).exitCode).toBe(124);
  expect(await survivorsAfter(0, all)).toEqual([]);
});

test.runIf(onProc)(
  "hardcall inside hardcall: a daemon that the inner call may leave is ended by the outer one",
  async () => {
    const pids = new PidFile();
    const inner = hardcallRun("--timeout", "20s", "--leave-running");
    const result = await runCommand(
      inner[0]!,
      [...inner.slice(1), "--", fixture("double-forked-daemon.sh")],
      {
        timeout: "30s",
        env: { PIDS: pids.path },
      },
    );
    expect(result.value).toBe("started");
    expect(result.attempts[0]?.notes).toEqual([
      "hardcall ended 1 process that was still running after the exit",
    ]);
    expect(await survivorsAfter(0, pids.pids())).toEqual([]);
  },
);

test("hardcall inside hardcall: the inner guardian is not taken for something left behind", async () => {
  const inner = [path.join(ROOT, "src/cli.ts"), "run", "--timeout", "20s", "--", "echo", "inner"];
  const result = await runCommand(process.execPath, inner, { timeout: "30s" });
  expect(result.value).toBe("inner");
  expect(result.attempts[0]?.notes).toBeUndefined();
});

test("a command that is cancelled before it starts has started nothing, 40 times of 40", async () => {
  const mark = path.join(tempFolder(), "mark");
  const codes = await Promise.all(
    Array.from({ length: 40 }, () =>
      runCommand(fixture("leaves-a-mark.sh"), [mark], { timeout: "20s", signal: AbortSignal.abort() }).catch(
        (error: { code: string; effect: string }) => `${error.code} ${error.effect}`,
      ),
    ),
  );
  expect(codes).toEqual(Array.from({ length: 40 }, () => "cancelled not_started"));
  expect(linesOf(mark)).toEqual([]);
});

test("trees that end at the same time share the reading of /proc", async () => {
  const led = Array.from({ length: 30 }, () => lead("ignores-term.sh", newCookie()));
  for (const { pids } of led) await pids.reported(2);
  const before = scanCounts.scans;
  await Promise.all(led.map(({ tree }) => tree.look()));
  expect(scanCounts.scans - before).toBe(1);
  // A tree that asks while a scan runs is served by the next one: what was started meanwhile is not missed.
  const first = led[0]!.tree.look();
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([first, ...led.map(({ tree }) => tree.look())]);
  expect(scanCounts.scans - before).toBeLessThanOrEqual(3);
  expect(await Promise.all(led.map(({ tree }) => endTree(tree, 100)))).toEqual(led.map(() => 0));
  expect(
    await survivorsAfter(
      0,
      led.flatMap(({ pids }) => pids.pids()),
    ),
  ).toEqual([]);
});

test.runIf(onProc)(
  "what forks and exits faster than processes are listed is ended all the same",
  async () => {
    const call = defineCall({
      name: "hopper",
      callee: command(fixture("forks-and-exits-in-turn.pl"), [], { allowEmpty: true }),
      timeout: "20s",
      effects: "none",
    });
    const { attempts } = await call.settle();
    expect(attempts[0]?.survivors).toBeUndefined();
    // It holds stdout: had it lived on, there were a second note.
    expect(attempts[0]?.notes).toEqual([
      expect.stringMatching(
        /^hardcall ended \d+ process(es that were| that was) still running after the exit$/,
      ),
    ]);
  },
);

function threadsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).length;
  } catch {
    // It was collected, at the latest while it was read.
    return 0;
  }
}

async function untilNot(is: () => boolean): Promise<void> {
  const until = performance.now() + 10_000;
  while (is() && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 5));
}
