import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkSentinels, sentinelStatus, type SentinelOptions } from "../../src/sentinel/index.ts";
import { sourceOf } from "../../src/sentinel/source.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { feed, HOUR, START, World } from "./world.ts";

/** Checks each hour for so many hours; the verdicts, each when it first came. */
async function hourly(world: World, hours: number, options: (hour: number) => Partial<SentinelOptions>) {
  const verdicts = new Set<string>();
  for (let hour = 0; hour < hours; hour += 6) {
    verdicts.add((await world.check(options(hour))).verdict);
    world.wait(6 * HOUR);
  }
  return [...verdicts];
}

const kinds = async (world: World) => (await world.alerts()).map(({ kind, verdict }) => `${kind} ${verdict}`);

describe.each(LEDGER_KINDS)("a definition that changes at each run, the ledger in %s", (kind) => {
  it.each([
    ["a token in a header", (run: number) => ({ headers: { authorization: `Bearer ${run}` } })],
    ["a signed address", (run: number) => ({ query: `?signature=${run}` })],
  ])("by %s alerts for a list without new items, and is ok with them", async (_, change) => {
    using world = await World.with(kind);
    await using list = await feed(["a", "b"]);
    const options = (run: number): Partial<SentinelOptions> => {
      const { query = "", headers }: { query?: string; headers?: Record<string, string> } = change(run);
      return { count: { http: { url: `http://127.0.0.1:${list.port}/${query}`, headers } } };
    };
    expect(await hourly(world, 8 * 24, options)).toEqual(["ok", "late", "silent"]);
    expect(await kinds(world)).toEqual(["alert silent"]);
    list.items.push("c");
    expect(await world.check(options(900))).toMatchObject({ verdict: "ok", found: 1 });
    expect(await kinds(world)).toEqual(["alert silent", "recovered ok"]);
  });

  it("by what it looks for alerts too, as its baseline is never old", async () => {
    using world = await World.with(kind);
    const count = (run: number) => ({
      rows: {
        client: { query: async () => [{ id: `old of ${run}` }] },
        query: `SELECT id FROM posts_${run}`,
      },
    });
    expect(await hourly(world, 8 * 24, (run) => ({ count: count(run) }))).toEqual(["ok", "late", "silent"]);
    expect(await kinds(world)).toEqual(["alert silent"]);
  });

  it("by a folder of each release keeps its baseline", async () => {
    using world = await World.with(kind);
    const count = (database: string) => ({ rows: { database, query: "SELECT id FROM posts" } });
    const one = world.sentinel({ count: count("/releases/1/blog.db") });
    const other = world.sentinel({
      count: { rows: { query: "SELECT id\n FROM posts", database: "/2/blog.db" } },
    });
    expect(other.countHash).toBe(one.countHash);
  });
});

describe.each(LEDGER_KINDS)("a definition that is changed once, the ledger in %s", (kind) => {
  it("has the rest of its window: what was due is due, and what the new list began with is old", async () => {
    using world = await World.with(kind);
    const rows: { id: string }[] = [{ id: "p1" }];
    const count = (query: string) => ({ rows: { client: { query: async () => rows }, query } });
    await world.check({ count: count("SELECT 1") });
    world.wait(HOUR);
    rows.push({ id: "p2" });
    expect(await world.check({ count: count("SELECT 1") })).toMatchObject({ found: 1 });
    world.wait(40 * HOUR);
    rows.splice(0, 2, { id: "q1" }, { id: "q2" });
    const changed = await world.check({ count: count("SELECT 2") });
    expect(changed).toMatchObject({ verdict: "ok", found: 0, dueAt: START + 49 * HOUR });
    world.wait(10 * HOUR);
    expect(await world.check({ count: count("SELECT 2") })).toMatchObject({ verdict: "silent" });
    rows.push({ id: "q3" });
    expect(await world.check({ count: count("SELECT 2") })).toMatchObject({ verdict: "ok", found: 1 });
  });
});

it.each(LEDGER_KINDS)(
  "two programs that share a set take turns, and neither is forgiven what is due, the ledger in %s",
  async (kind) => {
    using world = await World.with(kind);
    const [one, other] = [world.sentinel(), world.sentinel({ name: "other" })];
    for (let hour = 0; hour < 60; hour += 3) {
      await world.pass([one]);
      await world.pass([other]);
      world.wait(3 * HOUR);
    }
    expect((await kinds(world)).toSorted()).toEqual(["alert silent", "alert silent"]);
  },
);

describe.each(LEDGER_KINDS)("two sets with one name in one ledger, the ledger in %s:", (kind) => {
  const check = (world: World, source: string) => {
    const { ledger, clock } = world;
    return checkSentinels([world.sentinel({ every: "1h" })], {
      ledger,
      clock,
      source,
      print: () => undefined,
    });
  };
  const file = (world: World, name: string) => {
    writeFileSync(path.join(world.folder, name), "{}");
    return path.join(world.folder, name);
  };

  it("the second is refused, and the end of the first shows", async () => {
    using world = await World.with(kind);
    const [one, other] = [file(world, "a.json"), file(world, "b.json")];
    await check(world, one);
    world.wait(3 * HOUR);
    await expect(check(world, other)).rejects.toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining(
        `the name "posts" is taken in this ledger by ${one} (last checked 3 h ago)`,
      ) as string,
    });
    await expect(check(world, "code")).rejects.toMatchObject({ code: "invalid_config" });
    expect(await sentinelStatus(world)).toMatchObject({
      isAlive: false,
      passes: [{ source: one, isOverdue: true }],
    });
  });

  it("a file that moved keeps its names, at once under another path, and when it is gone after twice its interval", async () => {
    using world = await World.with(kind);
    const old = file(world, "old.json");
    await check(world, old);
    const link = path.join(world.folder, "link.json");
    symlinkSync(old, link);
    await check(world, link);
    rmSync(old);
    const moved = file(world, "moved.json");
    await expect(check(world, moved)).rejects.toMatchObject({ code: "invalid_config" });
    world.wait(3 * HOUR);
    expect(await check(world, moved)).toMatchObject({ complete: true });
    expect((await sentinelStatus(world)).passes).toMatchObject([{ source: moved }]);
  });

  it("a set that is emptied gives its names back", async () => {
    using world = await World.with(kind);
    await check(world, "one program");
    await expect(check(world, "another")).rejects.toThrow('taken in this ledger by the set "one program"');
    await checkSentinels([], { ledger: world.ledger, clock: world.clock, source: "one program" });
    expect(await check(world, "another")).toMatchObject({ complete: true });
  });
});

it("a configuration is known by the path that it was given", () => {
  expect(sourceOf("/srv/current/sentinels.json")).toBe("/srv/current/sentinels.json");
  expect(sourceOf("sentinels.json")).toBe(path.join(process.env["PWD"] ?? "", "sentinels.json"));
});
