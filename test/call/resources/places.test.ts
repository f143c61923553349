import { describe, expect, it } from "vitest";
import { defineCall, defineResource, rejected, task, type Resource } from "../../../src/index.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { watchedLedger, Works } from "./busy.ts";

const places = (concurrency: number) => defineResource({ name: "printer", concurrency });

function printing(concurrency: number, more: object = {}) {
  const works = new Works();
  const ledger = ledgerPath();
  const print = defineCall({
    name: "print",
    callee: works.callee(),
    timeout: "20s",
    effects: "none",
    journal: false,
    resource: places(concurrency),
    ledger,
    ...more,
  });
  return { works, ledger, print };
}

/** Says that it ran, when it has got the place that another call left. */
const otherCall = (resource: Resource, ledger: string, seen: string[]) =>
  defineCall({
    name: "other",
    callee: task(async () => seen.push("other")),
    timeout: "20s",
    effects: "none",
    journal: false,
    resource,
    ledger,
  });

describe("a call with a resource", () => {
  it("has a place while it runs: never more at once than the resource has, in order of arrival", async () => {
    const { works, print } = printing(3);
    const names = Array.from({ length: 10 }, (_, index) => `job ${index}`);
    const settling = names.map((name) => print.settle(name));
    await works.endAll(10);
    const settled = await Promise.all(settling);
    expect(settled.map(({ outcome }) => outcome)).toEqual(names.map(() => "executed"));
    expect(works.most).toBe(3);
    expect(works.started).toEqual(names);
    expect(settled.map(({ resource }) => resource)).toEqual(names.map(() => "printer"));
    expect(settled[9]?.waitedMs).toBeGreaterThan(0);
    expect(settled[9]?.waitedMs).toBeLessThanOrEqual(settled[9]?.durationMs ?? 0);
  });

  it('with onBusy: "fail" it fails at once with busy, has started nothing, and may be repeated', async () => {
    const { works, ledger, print } = printing(1);
    const first = print.settle("a");
    await works.haveStarted(1);
    const impatient = defineCall({
      name: "impatient",
      callee: works.callee(),
      timeout: "20s",
      effects: "once",
      journal: false,
      resource: places(1),
      onBusy: "fail",
      ledger,
    });
    const refused = await impatient.settle("b");
    expect(refused).toMatchObject({
      code: "busy",
      outcome: "failed",
      effect: "not_started",
      retryable: true,
      attempts: [],
      resource: "printer",
    });
    expect((refused as Error).message).toMatch(/^The call "impatient" .*"printer"/);
    works.end("a");
    await first;
    expect(works.started).toEqual(["a"]);
  });

  it("waits no longer than its own time, and ends with busy", async () => {
    const { works, ledger, print } = printing(1);
    const first = print.settle("a");
    await works.haveStarted(1);
    const short = defineCall({
      name: "short",
      callee: works.callee(),
      timeout: "400ms",
      effects: "once",
      journal: false,
      resource: places(1),
      ledger,
    });
    const refused = await short.settle("b");
    expect(refused).toMatchObject({ code: "busy", effect: "not_started", attempts: [] });
    expect(refused.waitedMs).toBeGreaterThan(300);
    works.end("a");
    await first;
  });

  it("stops to wait when it is cancelled", async () => {
    const watched = await watchedLedger();
    const { works, print } = printing(1, { ledger: watched.store });
    const first = print.settle("a");
    await works.haveStarted(1);
    const abort = new AbortController();
    const asked = watched.nextChange();
    const second = print.settle("b", { signal: abort.signal });
    await asked;
    const third = print.settle("c");
    abort.abort();
    expect(await second).toMatchObject({
      code: "cancelled",
      effect: "not_started",
      message: expect.stringContaining('while it waited for a place of the resource "printer"') as string,
    });
    works.end("a");
    await works.haveStarted(2);
    works.end("c");
    expect([(await first).outcome, (await third).outcome]).toEqual(["executed", "executed"]);
  });

  it("inside of another call on a resource with one place ends with busy, as that call has the place", async () => {
    const ledger = ledgerPath();
    const resource = places(1);
    const common = { effects: "once", journal: false, resource, ledger } as const;
    const inner = defineCall({ name: "inner", callee: task(async () => 1), timeout: "300ms", ...common });
    const outer = defineCall({ name: "outer", callee: task(async () => inner()), timeout: "10s", ...common });
    const failed = await outer.settle();
    expect(failed).toMatchObject({ code: "busy", effect: "unknown", cause: { code: "busy", name: "inner" } });
  });

  it("gives its place back between two attempts, and holds its key", async () => {
    const ledger = ledgerPath();
    const resource = places(1);
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const flaky = defineCall({
      name: "flaky",
      callee: task(async (_: void, { attempt }) => {
        seen.push(`flaky ${attempt}`);
        first.resolve();
        if (attempt === 1) throw rejected("no", { status: 503, retryAfterMs: 500 });
        return attempt;
      }),
      timeout: "20s",
      effects: "keyed",
      journal: false,
      key: () => "a",
      retry: { attempts: 2, minAttempt: 1 },
      resource,
      ledger,
    });
    const other = otherCall(resource, ledger, seen);
    const retried = flaky.settle();
    await first.promise;
    expect(await other.settle()).toMatchObject({ outcome: "executed" });
    expect(await flaky.settle()).toMatchObject({ code: "in_progress" });
    expect(await retried).toMatchObject({ outcome: "executed", value: 2 });
    expect(seen).toEqual(["flaky 1", "other", "flaky 2"]);
  });

  it("gives its place back while its probe waits until absent counts", async () => {
    const ledger = ledgerPath();
    const resource = places(1);
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const publish = defineCall({
      name: "publish",
      callee: task(async (_: void, { attempt }) => {
        seen.push(`publish ${attempt}`);
        first.resolve();
        if (attempt === 1) throw new Error("reset");
        return attempt;
      }),
      timeout: "30s",
      effects: "verifiable",
      journal: false,
      key: () => "a",
      probe: async () => "absent",
      effectWithin: "1500ms",
      retry: { attempts: 2, baseDelay: 1, minAttempt: 1 },
      resource,
      ledger,
    });
    const other = otherCall(resource, ledger, seen);
    const published = publish.settle();
    await first.promise;
    expect(await other.settle()).toMatchObject({ outcome: "executed" });
    expect(await published).toMatchObject({ outcome: "executed", value: 2 });
    expect(seen).toEqual(["publish 1", "other", "publish 2"]);
  });

  it("that waits for its key to be free elsewhere has no place", async () => {
    const { works, print } = printing(2, { key: (name: string) => name, onInProgress: "wait" });
    const first = print.settle("a");
    await works.haveStarted(1);
    const same = print.settle("a");
    const other = print.settle("b");
    await works.haveStarted(2);
    expect(works.started).toEqual(["a", "b"]);
    works.end("b");
    works.end("a");
    expect((await Promise.all([first, same, other])).map(({ outcome }) => outcome)).toEqual([
      "executed",
      "replayed",
      "executed",
    ]);
  });
});
