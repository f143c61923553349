import { describe, expect, it } from "vitest";
import type { Arrival } from "../call/guard/publish-server.ts";
import { faultsOf } from "./faults.ts";
import { judge } from "./judge.ts";
import type { HostAnswer } from "./processes/host.ts";
import type { Suspension } from "../helpers/suspensions.ts";
import type { CallRecord, Life } from "./records.ts";
import { replyTo, subjectOf, type Subject } from "./subject.ts";

const SUBJECT: Subject = { key: "k", effects: "once", callee: "task", totalMs: 4000, heeds: true };

const life = (contained: boolean, suspensions: Suspension[] = []): Life => ({
  host: 1,
  contained,
  pid: 2,
  dies: undefined,
  suspensions,
});

const post = (callId: string, publishedAt: number, delayMs = 0): Arrival => ({
  key: "k",
  manner: "ok",
  delayMs,
  body: JSON.stringify({ callId, attempt: 1 }),
  at: publishedAt - delayMs,
  publishedAt,
});

function call(callId: string, answer: Partial<HostAnswer>, of: Partial<CallRecord> = {}): CallRecord {
  const told = { id: 0, callId, attempts: 1, ms: 100, queuedMs: 0, outcome: "executed", ...answer } as const;
  return { subject: SUBJECT, life: life(false), begunAt: 0, endedAt: 60_000, answer: told, ...of };
}

const broken = (calls: readonly CallRecord[], arrivals: readonly Arrival[], wedged?: string) =>
  judge({ subject: SUBJECT, calls, arrivals, wedged }).broken;

describe("the plan of a run", () => {
  it("is the same for the same seed, another one for another, and has every kind of fault in a minute", () => {
    const plan = faultsOf("a", 60);
    expect(faultsOf("a", 60)).toEqual(plan);
    expect(faultsOf("b", 60)).not.toEqual(plan);
    const kinds = new Set(plan.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(["clock", "full-disk", "kill", "kill-writer", "lock", "suspend"]);
    const inputs = (seed: string) =>
      Array.from({ length: 50 }, (_, nth) => [subjectOf(seed, nth), replyTo(seed, "k", nth)]);
    expect(inputs("a")).toEqual(inputs("a"));
    expect(inputs("a")).not.toEqual(inputs("b"));
  });
});

describe("what a run is judged by", () => {
  it("one post and what is said of it is right", () => {
    const calls = [call("1", {}), call("2", { outcome: "replayed" }), call("3", { outcome: "in_doubt" })];
    expect(broken(calls, [post("1", 50)])).toEqual([]);
  });

  it("a second post is a fault", () => {
    expect(broken([call("1", {}), call("2", {})], [post("1", 50), post("2", 90)])).toEqual(["2 posts"]);
  });

  it.each([
    ["that comes later than `effectWithin`", [call("1", {})], post("1", 9000, 8000), []],
    ["of a host in a container that slept too long", [asleep(true, 40_000)], post("1", 50_000), []],
    [
      "of a host in a container that had slept too long before",
      [asleep(true, 40_000, 45_000)],
      post("1", 50_000),
      ["2 posts"],
    ],
    [
      "of a host in a container that slept not too long",
      [asleep(true, 20_000)],
      post("1", 50_000),
      ["2 posts"],
    ],
    [
      "of a host here that slept too long: others see it live",
      [asleep(false, 40_000)],
      post("1", 50_000),
      ["2 posts"],
    ],
  ] as const)("a second post %s", (_of, calls, second, expected) => {
    expect(broken([...calls, call("2", {})], [second, post("2", 55_000)])).toEqual(expected);
  });

  it("is excused where its maker could not see that the other one, suspended, lives", () => {
    const posts = [post("1", 45_000), post("2", 40_000)];
    const taker = (contained: boolean) => call("2", {}, { life: life(contained) });
    expect(broken([asleep(false, 42_000), taker(true)], posts)).toEqual([]);
    expect(broken([asleep(false, 42_000), taker(false)], posts)).toEqual(["2 posts"]);
  });

  function asleep(contained: boolean, ms: number, begunAt = 0): CallRecord {
    return call("1", {}, { begunAt, life: life(contained, [{ at: 1000, until: 1000 + ms }]) });
  }

  it("a success without a post is a fault, and so is one that came to be after the call had said so", () => {
    expect(broken([call("1", { outcome: "recovered" })], [])).toEqual(["recovered without a post"]);
    const early = call("1", {}, { endedAt: 10 });
    expect(broken([early], [post("1", 50)])).toEqual(["executed without a post"]);
  });

  it("a request of a call that began when the key was done is a fault, also where the service honours the key", () => {
    const again = call("2", {}, { begunAt: 70_000, endedAt: 71_000 });
    const { publishedAt: _, ...honoured } = { ...post("2", 0), at: 70_500 };
    expect(broken([call("1", {}), again], [post("1", 50), honoured])).toEqual([
      "asked for 1 times by calls that began when it was done",
    ]);
    expect(broken([call("1", {}), { ...again, begunAt: 59_000 }], [post("1", 50), honoured])).toEqual([]);
  });

  it("a failure that denies what it did is a fault", () => {
    const denies = call("1", { outcome: "failed", code: "invalid_request", effect: "rejected" });
    const told = "failed with invalid_request, rejected, and made 1 posts";
    expect(broken([denies], [post("1", 50)])).toEqual([told]);
    expect(broken([denies], [post("2", 50)])).toEqual([]);
  });

  it("a call that overran its time is a fault, what it was kept from running taken out", () => {
    expect(broken([call("1", { ms: 4800 })], [post("1", 50)])).toEqual([]);
    expect(broken([call("1", { ms: 5000 })], [post("1", 50)])).toEqual([
      "executed  after 5000 ms, bound 4850 ms (0 ms without a processor, 0 ms suspended)",
    ]);
    expect(broken([call("1", { ms: 5000, queuedMs: 200 })], [post("1", 50)])).toEqual([]);
    const suspended = { life: life(false, [{ at: 100, until: 300 }]) };
    expect(broken([call("1", { ms: 5000 }, suspended)], [post("1", 50)])).toEqual([]);
  });

  it("a call without an end is a fault, and one whose host died first is none", () => {
    const { answer: _, endedAt, ...running } = call("1", {});
    expect(broken([running], [])).toEqual(["a call that did not end"]);
    expect(broken([{ ...running, endedAt: endedAt ?? 0 }], [])).toEqual([]);
  });

  it("a key that comes to no end is a fault", () => {
    expect(broken([], [], "in_progress for 72000 ms")).toEqual(["came to no end: in_progress for 72000 ms"]);
  });
});
