import { describe, expect, it } from "vitest";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import type { Arrival } from "../call/guard/publish-server.ts";
import { judge, type Events } from "./judge.ts";
import { faultsOf, WORKERS } from "./plan/faults.ts";
import { jobsOf, replyTo } from "./plan/jobs.ts";
import type { HostSuspension, JobRecord, Life } from "./records.ts";
import { ticks, timeOf, type Sent } from "./sent.ts";

const NOW = timeOf(ticks());
const JOB = { key: "k", kind: "verifiable-task", startAfterMs: 0 } as const;
const COMPLETED = { state: "completed", retryCount: 0, output: "post" } as const;

const life = (...suspensions: HostSuspension[]): Life => ({
  id: "worker-1.1",
  worker: 0,
  begunAt: NOW,
  endedAt: Infinity,
  suspensions,
});
const asleep = (from: number, to: number, whole = false): HostSuspension => ({
  at: NOW + from,
  until: NOW + to,
  whole,
});

/** Times are milliseconds from the start of the test. */
function effect(begun: number, sent: number, published: number, of: Partial<Sent> = {}): Arrival {
  const ofTicks = (ms: number) => ticks() + NOW + ms - timeOf(ticks());
  const body = { life: "worker-1.1", callId: "c", attempt: 1, begunTicks: ofTicks(begun), ...of };
  return {
    key: "k",
    manner: "ok",
    delayMs: 0,
    body: JSON.stringify({ ...body, sentTicks: ofTicks(sent) }),
    at: NOW + published,
    publishedAt: NOW + published,
  };
}

const nothing: Events = { lives: [life()], faults: [] };
const judged = (of: Partial<JobRecord>, events = nothing) =>
  judge({ job: JOB, arrivals: [], queue: COMPLETED, dead: [], ledger: undefined, ...of }, events);
const broken = (...args: Parameters<typeof judged>) => judged(...args).broken;

describe("the plan of a run", () => {
  it("is the same for the same seed, another one for another, and has every kind of fault", () => {
    const plan = faultsOf("a", 45_000);
    expect(faultsOf("a", 45_000)).toEqual(plan);
    expect(faultsOf("b", 45_000)).not.toEqual(plan);
    const kinds = new Set(plan.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(["clock", "cut", "kill", "restart", "suspend"]);
    const all = (seed: string) => [jobsOf(seed, 50, 1000), replyTo(seed, "k", 1), replyTo(seed, "k", 2)];
    expect(all("a")).toEqual(all("a"));
    expect(all("a")).not.toEqual(all("b"));
  });

  it("never kills a worker that sleeps, nor does two things of a kind to it at once", () => {
    for (let seed = 0; seed < 100; seed++) {
      for (let worker = 0; worker < WORKERS; worker++) {
        const mine = faultsOf(String(seed), 45_000).filter((one) => "worker" in one && one.worker === worker);
        for (const kind of ["suspend", "cut"]) {
          const spans = mine.filter(
            (one) => one.kind === kind || (kind === "suspend" && one.kind === "kill"),
          );
          const ends = spans.map((one) => one.atMs + ("forMs" in one ? one.forMs : 0));
          for (const [nth, one] of spans.slice(1).entries()) expect(one.atMs).toBeGreaterThan(ends[nth] ?? 0);
        }
      }
    }
  });
});

describe("what a run is judged by", () => {
  it("one effect, and a job that says so", () => {
    expect(judged({ arrivals: [effect(0, 100, 150)] })).toEqual({
      end: "completed",
      effects: 1,
      beyond: [],
      inDoubt: false,
      broken: [],
    });
  });

  it.each([
    ["of a worker that nothing happened to", life(), effect(5000, 5100, 5200), ["2 effects"]],
    ["that came later than effectWithin", life(), effect(5000, 5100, 12_000), []],
    [
      "of a worker that slept for long before it sent",
      life(asleep(5050, 45_000)),
      effect(5000, 45_100, 45_200),
      [],
    ],
    [
      "of one that slept while its request was half sent",
      life(asleep(5110, 45_000)),
      effect(5000, 5100, 45_200),
      [],
    ],
    ["of one that slept for 20 s", life(asleep(5050, 25_000)), effect(5000, 25_100, 25_200), ["2 effects"]],
    [
      "of a child, which goes on while its worker sleeps",
      life(asleep(5050, 45_000)),
      effect(5000, 45_100, 45_200, { isCommand: true }),
      ["2 effects"],
    ],
    [
      "of a child that slept with all of its host",
      life(asleep(5050, 45_000, true)),
      effect(5000, 45_100, 45_200, { isCommand: true }),
      [],
    ],
    [
      "of one that had slept for long before",
      life(asleep(-200_000, -130_000)),
      effect(0, 10, 20),
      ["2 effects"],
    ],
  ] as const)("a second effect %s", (_of, of, second, expected) => {
    expect(broken({ arrivals: [effect(0, 10, 20), second] }, { lives: [of], faults: [] })).toEqual(expected);
  });

  it("a job that came to no end, or says what is not so", () => {
    expect(broken({ queue: { ...COMPLETED, state: "active" } })).toEqual(["the job is still active"]);
    expect(broken({ queue: undefined })).toEqual(["the job is still unknown"]);
    expect(broken({})).toEqual(["completed without an effect"]);
    const failed = { state: "failed", retryCount: 3 } as const;
    expect(broken({ queue: { ...failed, output: null } })).toEqual(["failed without a reason"]);
    expect(broken({ queue: { ...failed, output: { code: "timeout" } } })).toEqual([]);
    const reason = { code: "in_doubt", effect: "unknown", callId: "c" };
    const letter = (output: unknown) => judged({ queue: { ...failed, output }, dead: [output] });
    expect(letter(reason)).toMatchObject({ end: "dead letter", broken: [] });
    expect(letter({ code: "in_doubt" }).broken).toEqual(["a dead letter without code, effect and call id"]);
  });
});

describe("a doubt", () => {
  const startedAt = NOW;
  const doubt = (endedAt?: number) =>
    ({
      record: { state: "in_doubt" },
      attempts: [{ startedAt, endedAt, callId: "c", owner: { host: "worker-1" } }],
      resolutions: [],
    }) as unknown as OperationHistory;
  const UNEXPLAINED = ["in doubt, and nothing had happened to it"];
  const dead = [{ code: "in_doubt", effect: "unknown", callId: "c" }];
  const inDoubt = (of: Partial<JobRecord>, events?: Events) =>
    broken(
      {
        queue: { ...COMPLETED, state: "failed" },
        dead,
        ledger: doubt(NOW + 300),
        ...of,
      },
      events,
    );
  const fault = (worker: number, at: number, until: number, kind: "cut" | "clock" = "cut") => ({
    lives: [life()],
    faults: [{ at: NOW + at, until: NOW + until, what: kind, worker, kind }],
  });

  it("that nothing explains is a fault", () => {
    expect(inDoubt({ arrivals: [effect(0, 100, 200)] })).toEqual(UNEXPLAINED);
    expect(inDoubt({ arrivals: [effect(0, 100, 200)] }, fault(1, 0, 300))).toEqual(UNEXPLAINED);
    expect(inDoubt({ arrivals: [effect(0, 100, 200)] }, fault(0, 0, 300, "clock"))).toEqual(UNEXPLAINED);
    expect(inDoubt({ arrivals: [effect(0, 100, 200)] }, fault(0, -9000, -8000))).toEqual(UNEXPLAINED);
    // It was answered in time, and took all of its time all the same.
    expect(inDoubt({ arrivals: [effect(0, 100, 200)], ledger: doubt(NOW + 3100) })).toEqual(UNEXPLAINED);
  });

  it.each([
    ["its worker was cut off", { arrivals: [effect(0, 100, 200)] }, fault(0, 100, 5000)],
    ["its worker ended", { ledger: doubt() }, { lives: [{ ...life(), endedAt: NOW + 200 }], faults: [] }],
    [
      "the service broke the connection",
      { arrivals: [{ ...effect(0, 100, 200), manner: "resets" }] },
      nothing,
    ],
    ["the answer came too late", { arrivals: [effect(0, 100, 2900)] }, nothing],
    ["no request came in its time", { ledger: doubt(NOW + 3100) }, nothing],
  ] as const)("that is explained: %s", (_why, of, events) => {
    expect(inDoubt(of, events)).toEqual([]);
  });
});
