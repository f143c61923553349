import { beforeEach, describe, expect, it } from "vitest";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { failed, type Harness, proceed, request, start, succeeded, T0 } from "../harness.ts";
import { STORE_KINDS, twoOwnersOf } from "./kinds.ts";

describe.each(STORE_KINDS)("a resource's document in %s", (kind) => {
  let world: Harness;
  let ann: LedgerStore;
  let bob: LedgerStore;

  beforeEach(async () => {
    [world, ann, bob] = await twoOwnersOf(kind);
  });

  const append = (store: LedgerStore, word: string, name = "anthropic") =>
    store.changeResource({ name }, ({ text }) => ({ text: `${text ?? ""}${word} `, answer: text }));

  it("is what the change before it has written, by either owner; each name has its own", async () => {
    expect(await append(ann, "one")).toBeUndefined();
    expect(await append(bob, "two")).toBe("one ");
    expect(await append(ann, "three")).toBe("one two ");
    expect(await append(ann, "other", "bigquery")).toBeUndefined();
    world.now += 5;
    expect(await append(bob, "four")).toBe("one two three ");
    expect(await bob.resources()).toEqual([
      { name: "anthropic", text: "one two three four ", changedAt: T0 + 5 },
      { name: "bigquery", text: "other ", changedAt: T0 },
    ]);
  });

  it("stays as it is when a change decides nothing, and when its body throws", async () => {
    await append(ann, "one");
    expect(await bob.changeResource({ name: "anthropic" }, ({ text }) => ({ answer: text }))).toBe("one ");
    world.now += 5;
    await ann.changeResource({ name: "anthropic" }, ({ text }) => ({ text, answer: undefined }));
    const thrown = ann.changeResource({ name: "anthropic" }, () => {
      throw new RangeError("a body");
    });
    await expect(thrown).rejects.toThrow("a body");
    expect(await ann.changeResource({ name: "unknown" }, () => ({ answer: 7 }))).toBe(7);
    expect(await bob.resources()).toMatchObject([{ text: "one ", changedAt: T0 }]);
  });

  it("loses no change of many at once", async () => {
    const all = [ann, bob].flatMap((store) => Array.from({ length: 25 }, (_, n) => append(store, `${n}`)));
    await Promise.all(all);
    const [resource] = await ann.resources();
    expect(resource?.text.trim().split(" ")).toHaveLength(50);
  });

  it("keeps any text", async () => {
    const text = JSON.stringify({ name: "\0 ä 😀 \ud800", quote: `'"$1` }).repeat(200);
    await ann.changeResource({ name: "ä's" }, () => ({ text, answer: undefined }));
    expect(await bob.resources()).toEqual([{ name: "ä's", text, changedAt: T0 }]);
  });

  it("is decided on with the ledger's clock, its own process, and whether another one lives", async () => {
    world.liveness.set("bob", "dead");
    const seen = await ann.changeResource({ name: "anthropic" }, (view) => ({
      answer: { at: view.now.at, owner: view.owner.id, bob: view.liveness({ ...view.owner, id: "bob" }) },
    }));
    expect(seen).toEqual({ at: T0, owner: "ann", bob: "dead" });
    const moment = await ann.moment();
    expect([moment.now.at, moment.owner.id, moment.liveness({ ...moment.owner, id: "bob" })]).toEqual([
      T0,
      "ann",
      "dead",
    ]);
  });

  it("refuses a blank name, and a look that no claim could be", async () => {
    const refused = { code: "invalid_config" };
    const change = (name: string, key = "a key") =>
      ann.changeResource({ name, looks: [request("once", { key })] }, () => ({ text: "{}", answer: 1 }));
    await expect(change(" ")).rejects.toMatchObject(refused);
    await expect(change("anthropic", " ")).rejects.toMatchObject(refused);
    await expect(ann.look(request("once", { key: "" }))).rejects.toMatchObject(refused);
    expect(await ann.resources()).toEqual([]);
  });

  describe("a look", () => {
    /** What a claim would be answered, alone and beside a change of a document that is there or not. */
    async function looks(
      change: Parameters<typeof request>[1] = {},
      effects: Parameters<typeof request>[0] = "once",
    ) {
      const alone = (await bob.look(request(effects, change))).kind;
      for (const n of [1, 2]) {
        const beside = await bob.changeResource(
          {
            name: "anthropic",
            looks: [request(effects, { key: "an unknown key" }), request(effects, change)],
          },
          ({ text, looks: seen }) => ({ text: `${text}+`, answer: seen.map((one) => one.kind) }),
        );
        expect([n, ...beside]).toEqual([n, "proceed", alone]);
      }
      return alone;
    }

    it("says what a claim would be answered, and changes nothing", async () => {
      expect(await looks()).toBe("proceed");
      expect(await ann.list()).toEqual([]);
      const claim = await proceed(ann, "once");
      expect(await looks()).toBe("in_progress");
      await ann.started(claim);
      expect(await looks({ fingerprint: "v1:sha256:two" })).toBe("key_conflict");
      await ann.settle(claim, succeeded({ id: 7 }));
      expect(await looks()).toBe("replayed");
      await ann.settle(await start(ann, "once", { key: "lost" }), failed("unknown"));
      const [before] = await ann.show({ callIdOrKey: "lost" });
      expect(await looks({ key: "lost" })).toBe("in_doubt");
      expect(await looks({ key: "lost" }, "verifiable")).toBe("probe");
      expect(await ann.show({ callIdOrKey: "lost" })).toEqual([before]);
    });

    it("at an operation in doubt brings its newest attempt, and leaves that of a dead owner as it is", async () => {
      await start(ann, "once");
      world.liveness.set("ann", "dead");
      expect(await bob.look(request("once"))).toMatchObject({
        kind: "in_doubt",
        lastAttempt: { cookie: "cookie-1" },
      });
      expect((await bob.show({ callIdOrKey: "lodge/2026-11-20" }))[0]?.record.state).toBe("started");
    });

    it("sees what was written between two changes", async () => {
      const change = () =>
        bob.changeResource({ name: "anthropic", looks: [request("once")] }, ({ text, looks: [seen] }) => ({
          text: `${text}+`,
          answer: seen?.kind,
        }));
      expect(await change()).toBe("proceed");
      const claim = await start(ann, "once");
      expect(await change()).toBe("in_progress");
      await ann.settle(claim, failed("rejected"));
      expect(await change()).toBe("proceed");
    });
  });
});
