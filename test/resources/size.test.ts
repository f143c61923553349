import { expect, test } from "vitest";
import { change } from "../../src/resources/change.ts";
import { decode, encode } from "../../src/resources/codec.ts";
import { kinds, minutes, ownerOf, sliding, SUCCESS, World } from "./harness.ts";

const LIMITS = {
  concurrency: 3,
  rate: { starts: 1_000_000, window: sliding(minutes(60)) },
  budget: { microUsd: 1e12, window: sliding(minutes(60)) },
  breaker: { failures: 5, cooldownMs: minutes(5), maxCooldownMs: minutes(60) },
};

/** Eight processes with a thousand calls behind them and 10,000 each in front. */
function busy(): World {
  const world = new World(LIMITS);
  for (let call = 0; call < 1000; call++) {
    world.ms += 700;
    const { ticket } = world.enter(1, { name: `call-${call % 40}` });
    world.leave(1, ticket, { microUsd: call % 5 === 0 ? undefined : 1_234_567 + call });
  }
  for (let process = 1; process <= 8; process++) {
    const heads = Array.from({ length: 64 }, () => world.waiting({ callId: crypto.randomUUID() }));
    world.ask(process, heads, [], 10_000);
  }
  return world;
}

test("the document stays small, however many calls there were and wait", () => {
  const world = busy();
  expect(world.view().waiting.count).toBe(10_000 - 3);
  expect(world.text?.length).toBeLessThan(16_000);
});

test("a hundred processes that wait: those who wait longest are known, and all are served in turn", () => {
  const world = new World({ concurrency: 2 });
  const waiting = Array.from({ length: 100 }, (_, process) => {
    world.ms += 1;
    return { process, head: world.waiting() };
  });
  const served: number[] = [];
  let running: { process: number; ticket: string }[] = [];
  for (let round = 0; served.length < waiting.length; round++) {
    expect(round).toBeLessThan(120);
    for (const { process, ticket } of running) world.leave(process, ticket);
    running = [];
    for (const { process, head } of waiting) {
      if (served.includes(process)) continue;
      if (kinds(world.ask(process, [head]))[0] !== "granted") continue;
      served.push(process);
      running.push({ process, ticket: head.ticket });
    }
    expect(world.text?.length).toBeLessThan(16_000);
    world.ms += 1000;
  }
  expect(served).toEqual(waiting.map(({ process }) => process));
});

test("what is written is read as it was", () => {
  const world = busy();
  const written = decode("anthropic", world.text);
  // Others are read meanwhile, so that the next reading is one of the text.
  for (let other = 1; other <= 4; other++)
    encode(decode("x", new World({ concurrency: other }).enter(1).changed.text));
  const read = decode("anthropic", world.text);
  expect(read).not.toBe(written);
  expect(encode(read)).toBe(world.text);
  expect(read).toEqual(written);
});

test.each([
  ["of a later hardcall", '{"v":2}', "was written by a later hardcall (form 2; this one reads 1)"],
  [
    "that is no JSON",
    "{",
    "is damaged. Delete it, and its limits begin anew: DELETE FROM resources WHERE name = 'anthropic'",
  ],
  ["of another shape", '{"v":1,"owners":5}', "is damaged"],
  ["null", "null", "is damaged"],
])("a record %s is refused, and nothing starts", (_, text, message) => {
  const moment = new World({}).moment(1);
  expect(() => change("anthropic", text, {}, moment)).toThrow(
    expect.objectContaining({
      code: "ledger_unavailable",
      message: expect.stringContaining(message) as string,
    }) as Error,
  );
});

test.each<readonly [string, (document: { [field: string]: unknown }) => void]>([
  ["a breaker of null", (document) => (document["breaker"] = null)],
  ["a time that is a text", (document) => (document["clock"] = { t: "x", at: 0, anchors: [] })],
  ["an amount that is a text", (document) => (document["spent"] = [1, "5"])],
  ["a place of an owner that it does not name", (document) => (document["owners"] = [])],
  [
    "a limit that is a text",
    (document) => (document["limits"] = [{ seen: 1, limits: { concurrency: "3" } }]),
  ],
])("a record with %s is damaged, and nothing starts", (_, damage) => {
  const world = new World(LIMITS);
  world.enter(1);
  const document = JSON.parse(world.text ?? "") as { [field: string]: unknown };
  damage(document);
  world.text = JSON.stringify(document);
  expect(() => world.enter(2)).toThrow("is damaged");
  expect(() => world.view()).toThrow("is damaged");
});

test("a look that changes nothing writes nothing", () => {
  const world = new World(LIMITS);
  const { ticket } = world.enter(1);
  world.ms += 10;
  expect(world.change(2, {}).text).toBeUndefined();
  world.leave(1, ticket, { started: true, opens: true, code: "auth" });
  // As one of 1,988 calls that a scheduler makes while the breaker is open.
  expect(world.enter(2).changed.text).toBeUndefined();
});

test("an owner that holds and waits for nothing is forgotten", () => {
  const world = new World({ concurrency: 1 });
  for (let process = 0; process < 50; process++) world.leave(process, world.enter(process).ticket);
  expect(decode("anthropic", world.text).owners.size).toBe(0);
  world.liveness.set(ownerOf(1).id, "dead");
  expect(world.ask(1, [], [{ ticket: "none", ...SUCCESS }]).answers.size).toBe(0);
});
