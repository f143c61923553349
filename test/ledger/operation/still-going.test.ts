import { expect, it } from "vitest";
import type { FailedSettlement } from "../../../src/ledger/operation/events.ts";
import { createMemoryStore, emptyMemory } from "../../../src/ledger/store/memory.ts";
import { claimOf, failed, harness, LEASE_MS, request, start } from "../harness.ts";

/** Two hosts: neither sees whether the other's owner lives. Ann's lease has run out, and Bob asks his probe. */
async function takenOver() {
  const memory = emptyMemory();
  const world = harness(async (options) =>
    createMemoryStore({ ...options, liveness: () => "unknown", memory }),
  );
  const [ann, bob] = [await world.as("ann"), await world.as("bob")];
  const hers = await start(ann, "verifiable");
  world.now += LEASE_MS + 1;
  const his = claimOf(await bob.claim(request("verifiable")));
  const absent = async () => (await bob.probed(his, "absent")).kind;
  const operator = async () => {
    const verdict = { as: "absent", by: "ada", why: "looked" } as const;
    return (await bob.resolve(his, verdict))?.kind;
  };
  return { world, ann, bob, hers, his, absent, operator };
}

const givenUp: FailedSettlement = {
  ...(failed("unknown", "lease_lost") as FailedSettlement),
  lingering: true,
};
const lost = { code: "lease_lost" };

it("an owner that is silent has lost its work: absent counts", async () => {
  const { absent } = await takenOver();
  expect(await absent()).toBe("proceed");
});

it("an owner that reports after its lease is told that it is lost, and its work is known to go on", async () => {
  const { world, ann, hers, absent } = await takenOver();
  for (let time = 0; time < 3; time++) {
    await expect(ann.heartbeat(hers)).rejects.toMatchObject(lost);
    expect(await absent()).toBe("too_early");
    world.now += LEASE_MS - 1;
    expect(await absent()).toBe("too_early");
  }
  world.now += 2;
  expect(await absent()).toBe("proceed");
});

it("work that goes on after its attempt was given up under a lost lease is waited for, until it ends", async () => {
  const { world, ann, hers, absent, operator } = await takenOver();
  expect(await ann.settle(hers, givenUp)).toMatchObject({ kind: "late" });
  world.now += LEASE_MS - 1;
  expect(await absent()).toBe("too_early");
  await expect(ann.heartbeat(hers)).rejects.toMatchObject(lost);
  world.now += LEASE_MS - 1;
  expect(await absent()).toBe("too_early");
  expect(await operator()).toBe("in_progress");
  await ann.settle(hers, failed("unknown", "late"));
  expect(await absent()).toBe("proceed");
});

it("its success is what the next call is given", async () => {
  const { ann, bob, hers, absent } = await takenOver();
  await ann.settle(hers, givenUp);
  expect(await absent()).toBe("too_early");
  const done = { state: "succeeded", end: {}, value: "done" } as const;
  expect(await ann.settle(hers, done)).toMatchObject({ kind: "settled_late" });
  await expect(absent()).rejects.toMatchObject(lost);
  expect(await bob.claim(request("verifiable"))).toMatchObject({ kind: "replayed" });
});

it("a report that comes when the next attempt has started keeps a third from starting beside the work", async () => {
  const { ann, bob, hers, his, absent } = await takenOver();
  expect(await absent()).toBe("proceed");
  await bob.started(his);
  await expect(ann.heartbeat(hers)).rejects.toMatchObject(lost);
  await bob.settle(his, failed("unknown"));
  const third = claimOf(await bob.claim(request("verifiable")));
  expect((await bob.probed(third, "absent")).kind).toBe("too_early");
  await ann.settle(hers, failed("unknown"));
  // Its end has taken the right to probe back: what it did may appear only now.
  const fourth = claimOf(await bob.claim(request("verifiable")));
  expect((await bob.probed(fourth, "absent")).kind).toBe("proceed");
});
