import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ProcessSearch } from "../../src/process/process-search.ts";
import type { ProcessTree } from "../../src/process/process-tree.ts";
import { Strangers } from "../../src/process/strangers.ts";
import { listPids, procReader, readStat } from "../../src/process/table/proc.ts";
import { lead, newCookie } from "../helpers/lead.ts";
import { onProc } from "../helpers/process-table.ts";
import { killAll, survivorsAfter } from "../helpers/processes.ts";

/** Looks for these trees without a pause, and counts what it reads. */
function search(trees: readonly ProcessTree[], strangers: Strangers) {
  const read: number[] = [];
  const environments: number[] = [];
  const reader = {
    ...procReader,
    lookUp: (pid: number) => {
      read.push(pid);
      return procReader.lookUp(pid);
    },
    readEnvironment: (stat: Parameters<typeof procReader.readEnvironment>[0]) => {
      environments.push(stat.pid);
      return procReader.readEnvironment(stat);
    },
  };
  const one = new ProcessSearch(trees, reader, strangers);
  for (const pid of listPids()) one.see(pid);
  one.close();
  const found = trees.map((tree) => sorted(one.of(tree).members.map(({ pid }) => pid)));
  return { found, read, environments };
}

const sorted = (pids: readonly number[]) => pids.toSorted((a, b) => a - b);

async function untilNot(holds: () => boolean): Promise<void> {
  while (holds()) await wait(5);
}

describe.runIf(onProc)("searches that follow each other", () => {
  test("read a stranger once, whether it is older than the tree or younger", async () => {
    const older = lead("holds-stdout.sh", newCookie());
    const old = await older.pids.reported(2);
    // The clock of start times counts in steps of 10 ms.
    await wait(20);
    const one = lead("holds-stdout.sh", newCookie());
    const younger = lead("holds-stdout.sh", newCookie());
    const mine = await one.pids.reported(2);
    const young = await younger.pids.reported(2);
    const strangers = new Strangers();
    const first = search([one.tree], strangers);
    const second = search([one.tree], strangers);
    expect(first.found).toEqual([sorted(mine)]);
    for (const pid of [...old, ...young]) expect(first.read).toContain(pid);
    expect(second.found).toEqual(first.found);
    for (const pid of [...old, ...young]) expect(second.read).not.toContain(pid);
    for (const pid of mine) expect(second.read).toContain(pid);
    // Of what is older than a tree not even the environment is read.
    for (const pid of old) expect(first.environments).not.toContain(pid);
    // A tree that is older than they are has them read after all.
    expect(search([older.tree], strangers).found).toEqual([sorted(old)]);
  });

  test.each([
    ["three-sessions-deep.sh", "stays"],
    ["empties-its-environment.sh", "stays"],
    ["double-forked-daemon.sh", "exits"],
    ["empties-its-environment-in-its-session.sh", "exits"],
  ])("find all of a tree that another search has read as strangers: %s", async (name, leader) => {
    const one = lead("holds-stdout.sh", newCookie());
    await one.pids.reported(2);
    const other = lead(name, newCookie());
    await other.pids.reported(name === "three-sessions-deep.sh" ? 4 : 2);
    if (leader === "exits") {
      await once(other.child, "exit");
      other.tree.leaderExited();
    }
    const all = await settled(other.tree);
    const strangers = new Strangers();
    search([one.tree], strangers);
    expect(search([other.tree, one.tree], strangers).found[0]).toEqual(all);
    expect(search([one.tree, other.tree], strangers).found[1]).toEqual(all);
  });

  test("take for alive only what is", async () => {
    const one = lead("holds-stdout.sh", newCookie());
    const other = lead("empties-its-environment.sh", newCookie());
    const [leader, child] = await other.pids.reported(2);
    await one.pids.reported(2);
    await untilNot(() => readStat(child!)?.group === readStat(leader!)?.group);
    const strangers = new Strangers();
    search([one.tree], strangers);
    killAll([child!]);
    expect(await survivorsAfter(5000, [child!])).toEqual([]);
    expect(search([other.tree], strangers).found[0]).not.toContain(child);
  });

  test("find what was started between them", async () => {
    const one = lead("holds-stdout.sh", newCookie());
    await one.pids.reported(2);
    const strangers = new Strangers();
    search([one.tree], strangers);
    const other = lead("three-sessions-deep.sh", newCookie());
    const all = await other.pids.reported(4);
    const [found] = search([other.tree], strangers).found;
    for (const pid of all) expect(found).toContain(pid);
  });
});

/** The members of a tree, once two looks show the same. */
async function settled(tree: ProcessTree): Promise<readonly number[]> {
  for (let last = "", now: number[] = []; ; last = now.join()) {
    now = sorted(await tree.look());
    if (now.join() === last) return now;
  }
}
