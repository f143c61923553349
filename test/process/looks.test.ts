import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { giveWayToStop } from "../../src/core/give-way.ts";
import { endTree } from "../../src/process/end-tree.ts";
import { scanCounts } from "../../src/process/scan.ts";
import { lead, newCookie } from "../helpers/lead.ts";
import { onProc } from "../helpers/process-table.ts";
import { isAlive, survivorsAfter } from "../helpers/processes.ts";

const sorted = (pids: readonly number[]) => pids.toSorted((a, b) => a - b);

describe.runIf(onProc)("a look goes on where the last one of the tree has come to", () => {
  test("and does not read all processes again", async () => {
    const { tree, pids } = lead("three-sessions-deep.sh", newCookie());
    const all = await pids.reported(4);
    const first = sorted(await tree.look());
    for (const pid of all) expect(first).toContain(pid);
    const { scans } = scanCounts;
    for (let looks = 0; looks < 20; looks++) expect(sorted(await tree.look())).toEqual(first);
    // Some do all the same: if much else is started meanwhile, or just then something is.
    expect(scanCounts.scans - scans).toBeLessThan(20);
    expect(await endTree(tree, 300)).toBe(0);
    expect(await survivorsAfter(0, all)).toEqual([]);
  });

  test("and finds what was started since", async () => {
    const { tree, pids } = lead("starts-more-when-told.sh", newCookie());
    const [leader] = await pids.reported(1);
    expect(await tree.look()).toContain(leader);
    writeFileSync(`${pids.path}.go`, "");
    const all = await pids.reported(3);
    const found = await tree.look();
    for (const pid of all) expect(found).toContain(pid);
    expect(await endTree(tree, 300)).toBe(0);
    expect(await survivorsAfter(0, all)).toEqual([]);
  });

  test("and finds what had no parent left in between", async () => {
    const { tree, pids, child } = lead("starts-more-when-told.sh", newCookie());
    await pids.reported(1);
    writeFileSync(`${pids.path}.go`, "");
    const [, daemon, orphan] = await pids.reported(3);
    await tree.look();
    child.kill("SIGKILL");
    await once(child, "exit");
    tree.leaderExited();
    for (let looks = 0; looks < 3; looks++)
      expect(sorted(await tree.look())).toEqual(sorted([daemon!, orphan!]));
    expect(await endTree(tree, 300)).toBe(0);
    expect([daemon!, orphan!].filter(isAlive)).toEqual([]);
  });

  test("and knows that only a zombie is left in the group", async () => {
    const { tree, pids, child } = lead("leaves-a-zombie-in-its-group.pl", newCookie());
    await once(child, "exit");
    tree.leaderExited();
    const [parent] = await pids.reported(1);
    for (let looks = 0; looks < 5; looks++) expect(await tree.look()).toEqual([parent]);
    expect(await endTree(tree, 300)).toBe(0);
  });
});

test("trees whose turn to be told comes later share the reading of all processes", async () => {
  const led = Array.from({ length: 10 }, () => lead("ignores-term.sh", newCookie()));
  for (const { pids } of led) await pids.reported(2);
  const { scans } = scanCounts;
  const looks = led.map(async ({ tree }) => {
    await giveWayToStop();
    const look = tree.look();
    // Longer than calls that are stopped may hold one turn of the event loop.
    for (const until = performance.now() + 15; performance.now() < until;);
    return await look;
  });
  await Promise.all(looks);
  expect(scanCounts.scans - scans).toBe(1);
  await Promise.all(led.map(({ tree }) => endTree(tree, 100)));
});

test("of trees that look together, the one with the most processes is told first", async () => {
  const one = lead("leaves-a-mark.sh", newCookie());
  const few = lead("ignores-term.sh", newCookie());
  const many = lead("three-sessions-deep.sh", newCookie());
  await few.pids.reported(2);
  await many.pids.reported(4);
  const told: string[] = [];
  const look = async (name: string, { tree }: typeof one) => {
    await tree.look();
    told.push(name);
  };
  await Promise.all([look("one", one), look("few", few), look("many", many)]);
  expect(told).toEqual(["many", "few", "one"]);
  for (const { tree } of [few, many]) expect(await endTree(tree, 300)).toBe(0);
});
