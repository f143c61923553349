import { describe, expect, test } from "vitest";
import type { CallDetail, Overview, Tails } from "../../src/dashboard/data.ts";
import { LEDGER_KINDS, newLedger } from "../helpers/ledger.ts";
import { goneOwner, History } from "./history.ts";
import { openDashboard, Visitor } from "./visitor.ts";

const visit = async (ledger: string) => await Visitor.at(await openDashboard({ ledger }));

describe.each(LEDGER_KINDS)("a ledger in %s", (kind) => {
  test("that is empty", async () => {
    const ledger = await newLedger(kind);
    await History.of(ledger);
    const overview = await (await visit(ledger)).get<Overview>("/api/overview");
    expect(overview).toMatchObject({
      ledger: { kind: kind === "a file" ? "sqlite" : "postgres" },
      counts: { succeeded: 0, failed: 0, costUsd: 0 },
      running: [],
      runningCount: 0,
      inDoubt: [],
      inDoubtCount: 0,
      resources: [],
      sentinels: [],
      passes: [],
    });
    expect(overview.ledger.problem).toBeUndefined();
    expect(Math.abs((overview.now ?? 0) - Date.now())).toBeLessThan(60_000);
    if (kind === "Postgres") expect(overview.ledger.name).not.toMatch(/:[^/@]+@/);
  });

  test("shows what runs, with what the journal adds, and each call once", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const keyed = await history.started({ name: "publish", key: "p/1" });
    const both = await history.started({ name: "render", key: "r/1" });
    await history.journal(
      {
        callId: both.request.callId,
        name: "render",
        key: "r/1",
        callee: "command",
        resource: "gpu",
        limitMs: 90_000,
        costUsd: 0.5,
      },
      {
        name: "draft",
        callee: "claude",
        attempt: 0,
        waiting: true,
        resource: "anthropic",
        requestedBy: "job 9",
      },
      { name: "over", outcome: "executed", endedAt: Date.now(), durationMs: 3 },
    );
    const gone = await History.of(ledger, { owner: goneOwner() });
    const lost = await gone.started({ name: "lost", key: "l/1" });
    await history.journal(
      { name: "lost-too", owner: goneOwner() },
      // History, not news.
      { name: "lost-long-ago", owner: goneOwner(), startedAt: Date.now() - 86_400_000 },
    );
    const { running, runningCount } = await (await visit(ledger)).get<Overview>("/api/overview");
    const found = Object.fromEntries(running.map((call) => [call.name, call]));
    expect(Object.keys(found).toSorted()).toEqual(["draft", "lost", "lost-too", "publish", "render"]);
    expect(runningCount).toBe(5);
    expect(found["publish"]).toMatchObject({
      callId: keyed.request.callId,
      key: "p/1",
      state: "running",
      attempt: 1,
      pid: process.pid,
    });
    expect(found["render"]).toMatchObject({
      state: "running",
      callee: "command",
      resource: "gpu",
      limitMs: 90_000,
      costUsd: 0.5,
    });
    expect(found["draft"]).toMatchObject({
      state: "waiting",
      callee: "claude",
      resource: "anthropic",
      attempt: 0,
      requestedBy: "job 9",
    });
    expect(found["lost"]).toMatchObject({ state: "lost", callId: lost.request.callId });
    expect(found["lost-too"]).toMatchObject({ state: "lost" });
  });

  test("shows what is in doubt, the longest first", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    for (const key of ["1", "2", "3"]) await history.doubtful({ key, effects: "verifiable" });
    await history.succeeded();
    const { inDoubt, inDoubtCount } = await (await visit(ledger)).get<Overview>("/api/overview");
    expect(inDoubtCount).toBe(3);
    expect(inDoubt.map(({ key }) => key)).toEqual(["1", "2", "3"]);
    expect(inDoubt[0]).toMatchObject({
      name: "publish",
      code: "timeout",
      effects: "verifiable",
      attempts: 1,
      probing: false,
    });
  });

  test("counts the day without counting a journalled key twice", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const { callId, key } = await history.succeeded();
    await history.succeeded();
    await history.failed();
    const ended = { endedAt: Date.now(), durationMs: 1 };
    await history.journal(
      { callId, key, name: "publish", outcome: "executed", costUsd: 0.25, ...ended },
      { outcome: "failed", code: "timeout", costUsd: 0.5, ...ended },
      { outcome: "replayed", ...ended },
      { outcome: "executed", costUsd: 1, ...ended, startedAt: Date.now() - 2 * 86_400_000 },
      {},
    );
    const { counts } = await (await visit(ledger)).get<Overview>("/api/overview");
    expect(counts).toMatchObject({ succeeded: 3, failed: 2, costUsd: 0.75 });
  });

  test("shows one call with its attempts, what operators said, its evidence, and tails only when asked", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const request = await history.doubtful({ key: "p/1" }, "CANARY of stderr");
    await history.store.resolve(request, { as: "absent", by: "ann", why: "it is not there" });
    const evidence = [{ kind: "file", path: "/a", bytes: 3 }];
    const again = await history.succeeded({ key: "p/1" }, JSON.stringify({ evidence, costUsd: 0.125 }));
    const visitor = await visit(ledger);
    const detail = await visitor.get<CallDetail>(`/api/calls/${again.callId}`);
    expect(detail).toMatchObject({
      call: { callId: again.callId, key: "p/1", outcome: "executed", attempts: 2, costUsd: 0.125 },
      effect: "completed",
      effects: "once",
      attempts: [
        {
          attempt: 1,
          callId: request.callId,
          code: "timeout",
          effect: "unknown",
          running: false,
          durationMs: 7,
          requestedBy: "job 7",
        },
        { attempt: 2, callId: again.callId, effect: "completed", running: false },
      ],
      resolutions: [{ by: "ann", why: "it is not there", answer: "absent" }],
      evidence,
      value: { kept: "value", bytes: 6 },
      hasTails: true,
    });
    expect(JSON.stringify(detail)).not.toContain("CANARY");
    expect(await visitor.get<Tails>(`/api/calls/${again.callId}/tails`)).toEqual({
      tails: [{ attempt: 1, text: "CANARY of stderr" }],
    });
    // The earlier call made an attempt of the same key.
    expect(await visitor.get<CallDetail>(`/api/calls/${request.callId}`)).toMatchObject({
      call: { key: "p/1" },
    });
    expect((await visitor.ask("/api/calls/unknown")).status).toBe(404);
    expect((await visitor.ask("/api/calls/unknown/tails")).status).toBe(404);
  });

  test("shows a call that only the journal knows, and what the journal adds to a key's", async () => {
    const ledger = await newLedger(kind);
    const history = await History.of(ledger);
    const attempt = {
      attempt: 1,
      startedAt: new Date(1_800_000_000_000).toISOString(),
      durationMs: 12,
      effect: "unknown",
      code: "timeout",
      message: "It took too long.",
      costUsd: 0.5,
      stdoutBytes: 0,
      stdoutSha256: "",
      stderrBytes: 3,
    };
    const end = {
      attempts: JSON.stringify([attempt]),
      stderrTail: "NUL \u0000 and \ud800",
      evidence: '[{"kind":"rows"}]',
    };
    const [keyless] = await history.journal({
      ...end,
      outcome: "failed",
      code: "timeout",
      effect: "unknown",
      endedAt: Date.now(),
      durationMs: 12,
      costUsd: 0.5,
    });
    const { callId, key } = await history.doubtful();
    await history.journal({ callId, key, name: "publish", ...end, stderrTail: "the last words" });
    const visitor = await visit(ledger);
    expect(await visitor.get<CallDetail>(`/api/calls/${keyless?.callId}`)).toMatchObject({
      call: {
        outcome: "failed",
        code: "timeout",
        callee: "claude",
        costUsd: 0.5,
        durationMs: 12,
        attempts: 1,
      },
      effect: "unknown",
      limitMs: 60_000,
      attempts: [
        {
          attempt: 1,
          code: "timeout",
          message: "It took too long.",
          startedAt: 1_800_000_000_000,
          costUsd: 0.5,
          running: false,
          late: false,
        },
      ],
      resolutions: [],
      evidence: [{ kind: "rows" }],
      hasTails: true,
    });
    expect((await visitor.get<Tails>(`/api/calls/${keyless?.callId}/tails`)).tails[0]?.text).toMatch(/^NUL/);
    expect(await visitor.get<CallDetail>(`/api/calls/${callId}`)).toMatchObject({
      call: { outcome: "in_doubt", code: "timeout", callee: "claude" },
      attempts: [
        {
          attempt: 1,
          code: "timeout",
          effect: "unknown",
          message: "It took too long.",
          costUsd: 0.5,
          requestedBy: "job 7",
        },
      ],
    });
    expect((await visitor.get<Tails>(`/api/calls/${callId}/tails`)).tails).toEqual([
      { attempt: 1, text: "the last words" },
    ]);
  });
});
