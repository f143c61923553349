import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  nat,
  oneof,
  record,
  type Arbitrary,
} from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import type { Effects } from "../../../src/core/vocabulary.ts";
import type { Claim } from "../../../src/ledger/operation/state.ts";
import { createMemoryStore, emptyMemory } from "../../../src/ledger/store/memory.ts";
import type { LedgerStore, StoreOptions } from "../../../src/ledger/store/store.ts";
import { LEDGER_KINDS, newLedger } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import { fakeOwner } from "../owners.ts";
import { failed, harness, type Harness, LEASE_MS, request, succeeded } from "../harness.ts";

const OWNERS = ["ann", "bob"] as const;
/** In the order of their code points, which is neither a dictionary's nor JavaScript's. */
const KEYS = ["Z", "a", "b c", "ä", "\uffee", "😀"] as const;
const EFFECTS: readonly Effects[] = ["none", "keyed", "verifiable", "once"];
const CONTENTS = ["a".repeat(64), "b".repeat(64)] as const;

/** One step of one owner. `claim` counts back from its newest. */
type Step = (host: Host, world: Harness) => Promise<unknown>;

/** An owner of a ledger, and what it was allowed to do in it. */
interface Host {
  readonly store: LedgerStore;
  readonly name: string;
  readonly claims: Claim[];
}

const keep = (host: Host, answer: unknown): unknown => {
  if (typeof answer === "object" && answer !== null && "claim" in answer)
    host.claims.push(answer.claim as Claim);
  return answer;
};

/** A database keeps the end of a lease and its length, of which its beginning is made; once the lease is ended early, that is another one. */
const asKept = (answer: unknown): unknown => {
  if (Array.isArray(answer)) return answer.map(asKept);
  // What was printed may contain NUL, which a database does not keep.
  if (typeof answer === "string") return answer.replaceAll("\0", "\u2400");
  if (typeof answer !== "object" || answer === null) return answer;
  const { leaseFrom: _, ...rest } = answer as { leaseFrom?: unknown };
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, asKept(value)]));
};

/** Answers and errors are compared alike. */
const said = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return { error: (error as Error).message };
  }
};

const claimed = (act: (host: Host, claim: Claim) => Promise<unknown>): Arbitrary<Step> =>
  nat({ max: 2 }).map((back) => async (host) => {
    const claim = host.claims.at(-1 - back);
    return claim === undefined ? "no claim" : await said(() => act(host, claim));
  });

let callIds = 0;

function steps(): Arbitrary<{ readonly owner: (typeof OWNERS)[number]; readonly step: Step }> {
  const key = constantFrom(...KEYS);
  const effects = constantFrom(...EFFECTS);
  const effect = constantFrom("not_started", "rejected", "unknown" as const);
  const claim = record({ key, effects, effectWithinMs: constantFrom(0, 5000) }).map((change): Step => {
    const callId = `model-${(callIds += 1)}`;
    return async (host) =>
      keep(
        host,
        await said(() => host.store.claim(request(change.effects, { ...change, callId, name: host.name }))),
      );
  });
  const content = record({ sha256: constantFrom(...CONTENTS), token: constantFrom("one", "two") });
  const step: Arbitrary<Step> = oneof(
    { weight: 6, arbitrary: claim },
    { weight: 6, arbitrary: claimed((host, of) => host.store.started(of, { cookie: "a cookie" })) },
    { weight: 2, arbitrary: claimed((host, of) => host.store.heartbeat(of, { pid: 7 })) },
    {
      weight: 4,
      arbitrary: effect.chain((how) => claimed((host, of) => host.store.settle(of, failed(how)))),
    },
    { weight: 3, arbitrary: claimed((host, of) => host.store.settle(of, succeeded({ id: 7 }))) },
    {
      weight: 2,
      arbitrary: claimed(async (host, of) => {
        const again = request("keyed", { key: of.key, name: of.name, callId: `again-${of.fence}` });
        const answer = await host.store.settleAndClaim(of, failed("unknown"), again);
        return { ...answer, next: keep(host, answer.next) };
      }),
    },
    {
      weight: 4,
      arbitrary: constantFrom("present", "absent", "unknown", "join", "released" as const).chain((seen) =>
        claimed(async (host, of) => keep(host, await host.store.probed(of, seen))),
      ),
    },
    {
      weight: 1,
      arbitrary: record({ key, as: constantFrom("done", "absent"), force: constantFrom(true, false) }).map(
        ({ key: of, as, force }): Step =>
          (host) =>
            said(() =>
              host.store.resolve({ name: host.name, key: of }, { as, by: "ada", why: "looked", force }),
            ),
      ),
    },
    {
      weight: 3,
      arbitrary: content.map((of): Step => (host) => {
        const check = { ...of, scope: host.name, bytes: 4, holdMs: LEASE_MS };
        return said(() => host.store.checkContent(check));
      }),
    },
    {
      weight: 2,
      arbitrary: content.map(
        (of): Step =>
          (host) =>
            said(() => host.store.commitContent({ ...of, scope: host.name, bytes: 4 })),
      ),
    },
    {
      weight: 1,
      arbitrary: content.map(
        (of): Step =>
          (host) =>
            said(() => host.store.releaseContent({ ...of, scope: host.name })),
      ),
    },
    {
      weight: 1,
      arbitrary: content.map(
        (of): Step =>
          (host) =>
            said(() => host.store.forget({ ...of, scope: host.name })),
      ),
    },
    {
      weight: 2,
      arbitrary: record({ key, effects }).map(
        ({ key: of, effects: how }): Step =>
          (host) =>
            said(() => host.store.look(request(how, { key: of, name: host.name, callId: "look" }))),
      ),
    },
    {
      weight: 3,
      arbitrary: record({ key, word: constantFrom("", "a", "b") }).map(
        ({ key: of, word }): Step =>
          (host) =>
            host.store.changeResource(
              {
                name: `of ${host.name}`,
                looks: [request("once", { key: of, name: host.name, callId: "look" })],
              },
              ({ text = "", now, owner, looks }) => ({
                text: `${text}${word}`,
                answer: [text, now.at, owner.id, ...looks.map(({ kind }) => kind)],
              }),
            ),
      ),
    },
    {
      weight: 3,
      arbitrary: record({
        call: constantFrom("one", "ä", "Z"),
        outcome: constantFrom("executed", "failed", undefined),
        agoMs: constantFrom(0, 30_000),
      }).map(({ call, outcome, agoMs }): Step => async (host, { now }) => {
        const entry = {
          callId: `${host.name}/${call}`,
          name: host.name,
          callee: "task",
          owner: fakeOwner("bob"),
          startedAt: now - agoMs,
          limitMs: 50_000,
          attempt: 1,
          costUsd: 0.1,
        } as const;
        await host.store.writeJournal([outcome ? { ...entry, outcome, endedAt: now } : entry]);
        const listed = await host.store.journal({ name: host.name });
        return listed.map((one) => JSON.parse(JSON.stringify(one)) as unknown);
      }),
    },
    {
      weight: 1,
      arbitrary: constant<Step>((host) =>
        said(() => host.store.prune({ retentionMs: 60_000, tombstoneMs: 60_000 })),
      ),
    },
  );
  return record({ owner: constantFrom(...OWNERS), step });
}

const passing = oneof(
  { weight: 6, arbitrary: constant(1) },
  { weight: 2, arbitrary: constantFrom(5001, LEASE_MS + 1) },
  { weight: 1, arbitrary: constant(61_000) },
);
const liveness = oneof(
  { weight: 4, arbitrary: constant("alive" as const) },
  { weight: 1, arbitrary: constantFrom("dead" as const, "unknown" as const) },
);

it.each(LEDGER_KINDS)(
  "the ledger in %s answers as the one in memory, for any steps of two owners",
  async (kind) => {
    const place = await newLedger(kind);
    const memory = emptyMemory();
    const opened: LedgerStore[] = [];
    onTestFinished(async () => {
      for (const store of opened) await store.close();
    });
    const openDatabase = async (options: StoreOptions) => {
      const store = await openLedgerAt(place, options);
      opened.push(store);
      return store;
    };
    const worlds = [
      harness(async (options) => createMemoryStore({ ...options, memory })),
      harness(openDatabase),
    ] as const;
    let run = 0;
    const turns = array(record({ turn: steps(), passing, liveness }), { maxLength: 40, size: "max" });
    await assert(
      asyncProperty(turns, async (all) => {
        run += 1;
        const name = `run-${run}`;
        const hostIn = async (world: Harness, owner: string): Promise<Host> => ({
          store: await world.as(owner),
          name,
          claims: [],
        });
        const both = await Promise.all(
          worlds.map(async (world) => ({
            world,
            hosts: { ann: await hostIn(world, "ann"), bob: await hostIn(world, "bob") },
          })),
        );
        for (const { turn, passing: ms, liveness: seen } of all) {
          const answers: unknown[] = [];
          for (const { world, hosts } of both) {
            world.now += ms;
            world.liveness.set(turn.owner === "ann" ? "bob" : "ann", seen);
            world.liveness.set(turn.owner, "alive");
            answers.push(asKept(await turn.step(hosts[turn.owner], world)));
          }
          expect(answers[1]).toEqual(answers[0]);
        }
        const lists = await Promise.all(
          both.map(async ({ hosts }) => {
            const { store } = hosts.ann;
            const pages = [await store.list({ name, limit: 3 })];
            pages.push(await store.list({ name, limit: 3, after: pages[0]?.at(-1) }));
            const histories = await Promise.all(KEYS.map((callIdOrKey) => store.show({ callIdOrKey, name })));
            return asKept({ pages, histories });
          }),
        );
        expect(lists[1]).toEqual(lists[0]);
      }),
      { numRuns: 60 },
    );
  },
  120_000,
);
