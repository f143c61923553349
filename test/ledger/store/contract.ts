import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Effects } from "../../../src/core/vocabulary.ts";
import type { Claim } from "../../../src/ledger/operation/state.ts";
import type { LedgerStore, Listing } from "../../../src/ledger/store/store.ts";
import {
  claimOf,
  failed,
  type Harness,
  harness,
  LEASE_MS,
  type OpenStore,
  proceed,
  request,
  start,
  succeeded,
  T0,
} from "../harness.ts";

const KEY = { name: "publish", key: "lodge/2026-11-20" } as const;
const DAY_MS = 86_400_000;

/** One owner's attempt with an unknown end, and the other owner's claim to probe it. */
async function doubted(ann: LedgerStore, bob: LedgerStore): Promise<Claim> {
  await ann.settle(await start(ann, "verifiable"), failed("unknown"));
  return claimOf(await bob.claim(request("verifiable")));
}

async function keysOf(store: LedgerStore, filter: Listing): Promise<string[]> {
  return (await store.list(filter)).map(({ key }) => key);
}

interface Prepared {
  readonly open: OpenStore;
  readonly dispose: () => void;
}

/** What every store has to do. `prepare` makes a new, empty ledger for each test. */
export function storeContract(label: string, prepare: () => Prepared | Promise<Prepared>): void {
  describe(`the ledger in ${label}`, () => {
    let world: Harness;
    let ann: LedgerStore;
    let bob: LedgerStore;
    let dispose: () => void;
    const opened: LedgerStore[] = [];

    beforeEach(async () => {
      const prepared = await prepare();
      dispose = prepared.dispose;
      world = harness(async (options) => {
        const store = await prepared.open(options);
        opened.push(store);
        return store;
      });
      ann = await world.as("ann");
      bob = await world.as("bob");
    });

    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      dispose();
    });

    const stateOf = async () => (await ann.show({ callIdOrKey: KEY.key }))[0]?.record.state;
    const attempts = async () => (await ann.show({ callIdOrKey: KEY.key }))[0]?.attempts ?? [];

    it("an owner whose lease ran out for those who cannot see it keeps its key for those who see it live", async () => {
      const change = { effectWithinMs: 5000 };
      const claim = await start(ann, "verifiable", change);
      // Suspended. In another container that cannot be seen, and the lease decides.
      world.liveness.set("ann", "unknown");
      world.now += LEASE_MS + 1;
      const lost = await bob.claim(request("verifiable", change));
      expect(lost.kind).toBe("probe");
      expect((await bob.probed(claimOf(lost), "absent")).kind).toBe("too_early");
      await bob.probed(claimOf(lost), "released");
      world.liveness.set("ann", "alive");
      world.now += 60_000;
      const beside = await bob.claim(request("verifiable", change));
      expect((await bob.probed(claimOf(beside), "absent")).kind).toBe("too_early");
      await bob.probed(claimOf(beside), "released");
      // It wakes, learns of the loss, and says how it ended.
      await expect(ann.heartbeat(claim)).rejects.toMatchObject({ code: "lease_lost" });
      expect(await ann.settle(claim, failed("unknown"))).toMatchObject({ kind: "late" });
      world.now += 5001;
      const next = await bob.claim(request("verifiable", change));
      expect((await bob.probed(claimOf(next), "absent")).kind).toBe("proceed");
    });

    it("an owner that was seen to live keeps its key for a lease, also for those who cannot see it", async () => {
      const change = { effectWithinMs: 5000 };
      await start(ann, "verifiable", change);
      const probedByBob = async () => {
        const { answer, claim } = await bob.claim(request("verifiable", change)).then(async (taken) => ({
          claim: claimOf(taken),
          answer: await bob.probed(claimOf(taken), "absent"),
        }));
        if (answer.kind === "too_early") await bob.probed(claim, "released");
        return answer.kind;
      };
      // Suspended. In another container that cannot be seen, and the lease decides.
      world.liveness.set("ann", "unknown");
      world.now += LEASE_MS + 1;
      expect(await probedByBob()).toBe("too_early");
      world.liveness.set("ann", "alive");
      world.now += 5001;
      expect(await probedByBob()).toBe("too_early");
      world.liveness.set("ann", "unknown");
      world.now += LEASE_MS - 1;
      expect(await probedByBob()).toBe("too_early");
      world.now += 2;
      expect(await probedByBob()).toBe("too_early");
      world.now += 5001;
      expect(await probedByBob()).toBe("proceed");
    });

    describe("a claim", () => {
      it("on an unknown key goes on with fence 1", async () => {
        const answer = await ann.claim(request("once"));
        expect(answer).toEqual({ kind: "proceed", claim: { ...KEY, fence: 1 }, attempt: 1 });
      });

      it("while another holds it is in progress, with the time its lease still has", async () => {
        await proceed(ann, "once");
        world.now += 10_000;
        const answer = await bob.claim(request("once"));
        expect(answer).toMatchObject({
          kind: "in_progress",
          retryAfterMs: LEASE_MS - 10_000,
          owner: { id: "ann" },
        });
      });

      it("after a success is replayed with the value and the caller's details", async () => {
        const claim = await start(ann, "once");
        await ann.settle(claim, succeeded({ id: 7 }, { details: '{"cost":1}' }));
        const answer = await bob.claim(request("once"));
        expect(answer).toMatchObject({
          kind: "replayed",
          record: {
            value: { kept: "value", json: '{"id":7}', bytes: 8 },
            details: '{"cost":1}',
            settledAt: T0,
          },
        });
      });

      it("with another fingerprint conflicts, before and after the end", async () => {
        const claim = await start(ann, "once");
        const other = request("once", { fingerprint: "v1:sha256:two" });
        expect((await bob.claim(other)).kind).toBe("key_conflict");
        await ann.settle(claim, succeeded(1));
        expect((await bob.claim(other)).kind).toBe("key_conflict");
        expect((await bob.claim(request("once"))).kind).toBe("replayed");
      });

      it("may correct the input of a key under which nothing has happened", async () => {
        const claim = await start(ann, "once");
        await ann.settle(claim, failed("rejected", "invalid_request"));
        const answer = await bob.claim(request("once", { fingerprint: "v1:sha256:two" }));
        expect(answer).toMatchObject({ kind: "proceed", attempt: 2, previous: { code: "invalid_request" } });
      });

      it("keeps the keys of two calls apart", async () => {
        await start(ann, "once");
        expect((await bob.claim(request("once", { name: "mail" }))).kind).toBe("proceed");
      });

      it.each([
        ["a blank key", { key: " \u200b" }],
        ["the hash of nothing", { key: "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855" }],
        ["no lease", { leaseMs: 0 }],
        ["a lease without end", { leaseMs: Infinity }],
        ["a blank name", { name: "" }],
      ])("with %s is refused", async (_case, change) => {
        await expect(ann.claim(request("once", change))).rejects.toMatchObject({ code: "invalid_config" });
        expect(await ann.list()).toEqual([]);
      });

      it("let in by a reservation whose lease lapsed takes a new fence, and the old owner cannot start", async () => {
        const old = await proceed(ann, "once");
        world.now += LEASE_MS;
        expect((await bob.claim(request("once"))).kind).toBe("proceed");
        await expect(ann.started(old)).rejects.toMatchObject({
          code: "lease_lost",
          message:
            'The claim on publish "lodge/2026-11-20" (fence 1) is lost: process 100 on here took it over (fence 2). Stop the attempt and write no further result under it.',
        });
        expect(await attempts()).toEqual([]);
      });

      it("takes a reservation from a dead owner at once", async () => {
        await proceed(ann, "once");
        world.liveness.set("ann", "dead");
        expect((await bob.claim(request("once"))).kind).toBe("proceed");
      });
    });

    describe("when an owner is lost after the start", () => {
      const lost: readonly [Effects, string][] = [
        ["none", "proceed"],
        ["keyed", "proceed"],
        ["verifiable", "probe"],
        ["once", "in_doubt"],
      ];

      it.each(lost)("effects %s: %s", async (effects, kind) => {
        await start(ann, effects);
        world.liveness.set("ann", "dead");
        const answer = await bob.claim(request(effects));
        expect(answer).toMatchObject({
          kind,
          lastAttempt: { fence: 1, code: "owner_lost", effect: "unknown", cookie: "cookie-1", late: false },
        });
      });

      it.each(lost)(
        "effects %s on an owner that cannot be seen: waits for the lease, then %s",
        async (effects, kind) => {
          await start(ann, effects);
          world.liveness.set("ann", "unknown");
          world.now += LEASE_MS - 1;
          expect((await bob.claim(request(effects))).kind).toBe("in_progress");
          world.now += 1;
          expect((await bob.claim(request(effects))).kind).toBe(kind);
        },
      );

      it.each(lost)(
        "effects %s: a clock an hour ahead or behind takes nothing from a living owner",
        async (effects) => {
          await start(ann, effects);
          for (const jump of [3_600_000, -7_200_000]) {
            world.now += jump;
            const answer = await bob.claim(request(effects));
            expect(answer.kind).toBe("in_progress");
            expect("retryAfterMs" in answer && answer.retryAfterMs).toBeLessThanOrEqual(LEASE_MS);
          }
        },
      );

      it("a heartbeat moves the lease", async () => {
        const claim = await start(ann, "once");
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS - 1;
        await ann.heartbeat(claim, { pid: 4242, pidStart: "99" });
        world.now += LEASE_MS - 1;
        expect((await bob.claim(request("once"))).kind).toBe("in_progress");
        expect(await attempts()).toMatchObject([{ pid: 4242, pidStart: "99", cookie: "cookie-1" }]);
      });

      it("what asked for a call stands in its attempt, and in the late row of it", async () => {
        const claim = await proceed(ann, "keyed");
        const requestedBy = "job 6f1c of the queue publish, retry 2 (pg-boss)";
        await ann.started(claim, { cookie: "cookie-1", requestedBy });
        await ann.heartbeat(claim, { pid: 4242 });
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS;
        await bob.settle(await start(bob, "keyed"), succeeded("second"));
        await ann.settle(claim, succeeded("first"));
        expect(await attempts()).toMatchObject([
          { fence: 1, late: false, requestedBy },
          { fence: 2, late: false },
          { fence: 1, late: true, requestedBy },
        ]);
      });

      it("its attempts are listed with what finds their processes, until the boot that held them is over", async () => {
        await start(ann, "once");
        world.liveness.set("ann", "dead");
        const place = { host: "here", bootId: "boot-of-here" };
        expect(await bob.unfinished(place)).toMatchObject([
          { ...KEY, ownerAlive: "dead", attempt: { cookie: "cookie-1", owner: { id: "ann" } } },
        ]);
        await bob.claim(request("once"));
        expect(await bob.unfinished(place)).toHaveLength(1);
        expect(await bob.unfinished({ ...place, bootId: "the next boot" })).toEqual([]);
      });
    });

    describe("after a failure", () => {
      const again = "proceed";
      it.each([
        ["none", { not_started: again, rejected: again, completed: again, unknown: again }],
        ["keyed", { not_started: again, rejected: again, completed: again, unknown: again }],
        ["verifiable", { not_started: again, rejected: again, completed: "probe", unknown: "probe" }],
        ["once", { not_started: again, rejected: again, completed: "in_doubt", unknown: "in_doubt" }],
      ] as const)("with effects %s the next call gets %j", async (effects, expected) => {
        const got: Record<string, string> = {};
        for (const effect of ["not_started", "rejected", "completed", "unknown"] as const) {
          const key = `after/${effect}`;
          await ann.settle(await start(ann, effects, { key }), failed(effect));
          got[effect] = (await bob.claim(request(effects, { key }))).kind;
        }
        expect(got).toEqual(expected);
      });

      it("in one step with the next claim leaves no gap for another owner", async () => {
        const claim = await start(ann, "none");
        const { settled, next } = await ann.settleAndClaim(claim, failed("unknown"), request("none"));
        expect([settled.kind, next.kind]).toEqual(["settled", "proceed"]);
        expect((await bob.claim(request("none"))).kind).toBe("in_progress");
        await ann.started(claimOf(next));
        expect((await attempts()).map(({ fence, code }) => [fence, code])).toEqual([
          [1, "timeout"],
          [2, undefined],
        ]);
      });

      it("loosened effects do not run over the doubt that stricter ones left", async () => {
        await ann.settle(await start(ann, "once"), failed("unknown"));
        expect((await bob.claim(request("none"))).kind).toBe("in_doubt");
        expect((await bob.claim(request("verifiable"))).kind).toBe("probe");
      });

      it("stricter effects see the doubt that looser ones left", async () => {
        await ann.settle(await start(ann, "none"), failed("unknown"));
        expect((await bob.claim(request("once"))).kind).toBe("in_doubt");
        expect(await stateOf()).toBe("in_doubt");
      });
    });

    describe("a probe", () => {
      it("that finds the effect recovers the operation", async () => {
        const answer = await bob.probed(await doubted(ann, bob), "present");
        expect(answer).toMatchObject({
          kind: "recovered",
          record: { settledBy: "probe", value: { kept: "none" } },
        });
        expect((await ann.claim(request("verifiable"))).kind).toBe("replayed");
      });

      it("that finds nothing lets one attempt begin; the next call has to look again", async () => {
        const answer = await bob.probed(await doubted(ann, bob), "absent");
        expect(answer).toMatchObject({ kind: "proceed", attempt: 2, claim: { fence: 2 } });
        await bob.started({ ...KEY, fence: 2 });
        await bob.settle({ ...KEY, fence: 2 }, failed("rejected"));
        expect((await ann.claim(request("verifiable"))).kind).toBe("probe");
      });

      it("that cannot tell leaves it in doubt, and says so to the history", async () => {
        expect((await bob.probed(await doubted(ann, bob), "unknown")).kind).toBe("in_doubt");
        const [history] = await ann.show({ callIdOrKey: KEY.key });
        expect(history?.resolutions).toMatchObject([{ answer: "unknown", by: "probe", fence: 2, at: T0 }]);
        expect(history?.record).toMatchObject({ state: "in_doubt", probing: false });
      });

      it("is made by one call at a time, and by another once the first is gone", async () => {
        const first = await doubted(ann, bob);
        expect((await ann.claim(request("verifiable"))).kind).toBe("in_progress");
        world.liveness.set("bob", "dead");
        expect((await ann.claim(request("verifiable"))).kind).toBe("probe");
        await expect(bob.probed(first, "absent")).rejects.toMatchObject({ code: "lease_lost" });
      });
    });

    describe("a late result", () => {
      it("under the newest fence settles the doubt", async () => {
        const claim = await start(ann, "once");
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS;
        expect((await bob.claim(request("once"))).kind).toBe("in_doubt");
        expect((await ann.settle(claim, succeeded("done"))).kind).toBe("settled_late");
        expect(await stateOf()).toBe("succeeded");
        expect((await attempts()).map(({ late, code }) => [late, code])).toEqual([
          [false, "owner_lost"],
          [true, undefined],
        ]);
      });

      it("that nothing happened clears its own doubt, not an older one", async () => {
        const first = await start(ann, "verifiable");
        await ann.settle(first, failed("unknown"));
        await ann.settle(first, failed("rejected"));
        expect(await stateOf()).toBe("failed");
        const second = await start(ann, "verifiable");
        await ann.settle(second, failed("unknown"));
        await bob.probed(claimOf(await bob.claim(request("verifiable"))), "absent");
        const third = { ...KEY, fence: 3 };
        await bob.started(third);
        await bob.settle(third, failed("unknown"));
        await bob.settle(third, failed("rejected"));
        expect(await stateOf()).toBe("in_doubt");
      });

      it("takes a reservation back, so that the effect is not repeated", async () => {
        const claim = await start(ann, "verifiable");
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS;
        const next = claimOf(await bob.claim(request("verifiable")));
        await bob.probed(next, "absent");
        expect((await ann.settle(claim, succeeded("done"))).kind).toBe("settled_late");
        await expect(bob.started(next)).rejects.toMatchObject({ code: "lease_lost" });
        expect((await bob.claim(request("verifiable"))).kind).toBe("replayed");
      });

      it("of an attempt that was overtaken is kept and reported as a double effect", async () => {
        const claim = await start(ann, "keyed");
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS;
        const next = await start(bob, "keyed");
        await bob.settle(next, succeeded("second"));
        const answer = await ann.settle(claim, succeeded("first"));
        expect(answer).toMatchObject({
          kind: "late",
          doubleEffect: true,
          record: { value: { json: '"second"' } },
        });
        expect(await attempts()).toMatchObject([
          { fence: 1, late: false, code: "owner_lost" },
          { fence: 2, late: false },
          { fence: 1, late: true, effect: "completed" },
        ]);
      });

      it("of an overtaken attempt keeps a clean failure of the newer one from opening the key", async () => {
        const claim = await start(ann, "verifiable");
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS;
        const next = claimOf(await bob.claim(request("verifiable")));
        await bob.probed(next, "absent");
        await bob.started(next);
        await ann.settle(claim, succeeded("first"));
        await bob.settle(next, failed("rejected"));
        expect((await bob.claim(request("verifiable"))).kind).toBe("probe");
      });

      it("brings the value to a success that a probe had found", async () => {
        const claim = await start(ann, "verifiable");
        world.liveness.set("ann", "unknown");
        world.now += LEASE_MS;
        await bob.probed(claimOf(await bob.claim(request("verifiable"))), "present");
        const answer = await ann.settle(claim, succeeded("done"));
        expect(answer).toMatchObject({
          kind: "late",
          doubleEffect: false,
          record: { value: { json: '"done"' } },
        });
      });

      it("contradicts an operator who said that nothing happened", async () => {
        const claim = await start(ann, "once");
        world.liveness.set("ann", "dead");
        await bob.resolve(KEY, { as: "absent", by: "ada", why: "not on the page" });
        expect((await ann.settle(claim, succeeded("done"))).kind).toBe("settled_late");
        expect((await bob.claim(request("once"))).kind).toBe("replayed");
      });
    });

    describe("an operator", () => {
      it.each([
        ["done", "replayed"],
        ["absent", "proceed"],
      ] as const)("who says %s: the next call gets %s", async (as, kind) => {
        await ann.settle(await start(ann, "once"), failed("unknown"));
        const answer = await bob.resolve(KEY, { as, by: "ada", why: "looked at the page" });
        expect(answer).toMatchObject({ kind: "resolved", record: { settledBy: "operator" } });
        const [history] = await ann.show({ callIdOrKey: KEY.key });
        expect(history?.resolutions).toMatchObject([{ by: "ada", why: "looked at the page" }]);
        expect((await bob.claim(request("once"))).kind).toBe(kind);
      });

      it("has to give a name and a reason", async () => {
        await ann.settle(await start(ann, "once"), failed("unknown"));
        const nameless = bob.resolve(KEY, { as: "done", by: " ", why: "seen" });
        await expect(nameless).rejects.toMatchObject({ code: "invalid_config" });
        const reasonless = bob.resolve(KEY, { as: "done", by: "ada", why: "" });
        await expect(reasonless).rejects.toMatchObject({ code: "invalid_config" });
      });

      it("is told when there is nothing to resolve, or an owner is still at work", async () => {
        const verdict = { as: "done", by: "ada", why: "seen" } as const;
        expect(await bob.resolve(KEY, verdict)).toBeUndefined();
        const claim = await start(ann, "once");
        expect((await bob.resolve(KEY, verdict))?.kind).toBe("in_progress");
        await ann.settle(claim, succeeded(1));
        expect((await bob.resolve(KEY, verdict))?.kind).toBe("not_in_doubt");
      });
    });

    describe("a value", () => {
      it.each([
        [
          "kept as it is",
          { a: [1, "é\ud83d\ude00", null] },
          {},
          { kept: "value", json: '{"a":[1,"é😀",null]}' },
        ],
        ["undefined", undefined, {}, { kept: "value", json: undefined, bytes: 0 }],
        ["kept as its hash", "secret", { store: "hash" as const }, { kept: "hash", bytes: 8 }],
        ["too large", "x".repeat(2000), {}, { kept: "too_large", bytes: 2002 }],
        ["a date", { at: new Date(0) }, {}, { kept: "not_json", reason: "value.at is an instance of Date" }],
        ["not a number", [Number.NaN], {}, { kept: "not_json", reason: "value[0] is NaN" }],
      ])("%s", async (_case, value, options, expected) => {
        const store = await world.as("cyd", { maxValueBytes: 1000 });
        await store.settle(await start(store, "once"), succeeded(value, options));
        const answer = await bob.claim(request("once"));
        expect(answer).toMatchObject({ kind: "replayed", record: { value: expected } });
      });
    });

    describe("what is kept", () => {
      it("is listed by state, name and age, newest change first", async () => {
        await ann.settle(await start(ann, "once", { key: "a" }), failed("unknown"));
        world.now += 1000;
        await ann.settle(await start(ann, "once", { key: "b", name: "mail" }), succeeded(1));
        world.now += 1000;
        await proceed(ann, "once", { key: "c" });
        expect(await keysOf(bob, {})).toEqual(["c", "b", "a"]);
        expect(await keysOf(bob, { limit: 1 })).toEqual(["c"]);
        expect(await keysOf(bob, { state: "in_doubt" })).toEqual(["a"]);
        expect(await keysOf(bob, { name: "mail" })).toEqual(["b"]);
        expect(await keysOf(bob, { olderThanMs: 1000 })).toEqual(["b", "a"]);
        // "d" changed at the same moment as "c": a page may end between the two.
        await proceed(ann, "once", { key: "d" });
        const [first] = await bob.list({ limit: 1 });
        expect(first?.key).toBe("c");
        expect(await keysOf(bob, { limit: 1, after: first })).toEqual(["d"]);
        expect(await keysOf(bob, { limit: 9, after: first })).toEqual(["d", "b", "a"]);
        await expect(bob.list({ limit: 0 })).rejects.toMatchObject({ code: "invalid_config" });
      });

      it("is shown by key or by any call that had an attempt", async () => {
        const claim = await start(ann, "none", { callId: "first" });
        await ann.settle(claim, failed("unknown"));
        await start(ann, "none", { callId: "second" });
        await start(ann, "none", { name: "mail" });
        expect(await bob.show({ callIdOrKey: "first" })).toMatchObject([
          { record: KEY, attempts: [{ exitCode: 1, code: "timeout", durationMs: 12.5 }, {}] },
        ]);
        expect(await bob.show({ callIdOrKey: KEY.key })).toHaveLength(2);
        expect(await bob.show({ callIdOrKey: KEY.key, name: "mail" })).toHaveLength(1);
        expect(await bob.show({ callIdOrKey: "unknown" })).toEqual([]);
      });

      it("is pruned to a tombstone, then forgotten; what is in doubt or running stays for good", async () => {
        await ann.settle(await start(ann, "once", { key: "good" }), succeeded("v", { details: "{}" }));
        await ann.settle(await start(ann, "once", { key: "no" }), failed("rejected"));
        await ann.settle(await start(ann, "once", { key: "doubt" }), failed("unknown"));
        await start(ann, "once", { key: "running" });
        await proceed(ann, "once", { key: "reserved" });
        const limits = { retentionMs: 30 * DAY_MS, tombstoneMs: 60 * DAY_MS };
        expect(await bob.prune(limits)).toEqual({ tombstoned: 0, deleted: 0, journal: 0 });
        world.now += 31 * DAY_MS;
        expect(await bob.prune(limits)).toEqual({ tombstoned: 1, deleted: 2, journal: 0 });
        expect(await bob.prune(limits)).toEqual({ tombstoned: 0, deleted: 0, journal: 0 });
        expect(await bob.claim(request("once", { key: "good" }))).toMatchObject({
          kind: "replayed",
          record: { value: { kept: "pruned" }, details: undefined },
        });
        world.now += 60 * DAY_MS;
        expect(await bob.prune(limits)).toEqual({ tombstoned: 0, deleted: 1, journal: 0 });
        expect((await bob.list()).map(({ key }) => key).toSorted()).toEqual(["doubt", "running"]);
      });

      it("never gives a fence out again, even for a key it has forgotten", async () => {
        const old = await start(ann, "once");
        await ann.settle(old, failed("rejected"));
        world.now += 2 * DAY_MS;
        await bob.prune({ retentionMs: DAY_MS, tombstoneMs: DAY_MS });
        const next = await proceed(bob, "once");
        expect(next.fence).toBeGreaterThan(old.fence);
      });

      it("keeps what an operator said when the operation is forgotten", async () => {
        await ann.settle(await start(ann, "once"), failed("unknown"));
        await ann.resolve(KEY, { as: "absent", by: "ada", why: "not there" });
        world.now += 2 * DAY_MS;
        expect(await bob.prune({ retentionMs: DAY_MS, tombstoneMs: DAY_MS })).toEqual({
          tombstoned: 0,
          deleted: 1,
          journal: 0,
        });
        await start(bob, "once");
        expect((await bob.show({ callIdOrKey: KEY.key }))[0]?.resolutions).toMatchObject([{ by: "ada" }]);
      });
    });

    it("refuses a result for an operation it does not know", async () => {
      const claim = { ...KEY, fence: 1 };
      await expect(ann.settle(claim, succeeded(1))).rejects.toMatchObject({ code: "lease_lost" });
      await expect(ann.heartbeat(claim)).rejects.toMatchObject({ code: "lease_lost" });
      const both = ann.settleAndClaim(claim, failed("rejected"), request("once"));
      await expect(both).rejects.toMatchObject({ code: "lease_lost" });
      expect(await ann.list()).toEqual([]);
    });

    it("lets a call give up before it has started", async () => {
      const claim = await proceed(ann, "once");
      await ann.settle(claim, failed("not_started", "cancelled"));
      expect((await bob.claim(request("once"))).kind).toBe("proceed");
    });
  });
}
