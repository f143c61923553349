import { describe, expect, test } from "vitest";
import { BREAKER, failed, run, state, world } from "./breaker-world.ts";
import { kinds, minutes, sliding, START, SUCCESS, World } from "./harness.ts";

describe("what opens the breaker", () => {
  test.each(["auth", "billing"] as const)("%s, at once", (code) => {
    const one = world();
    run(one, failed(code));
    expect(one.view().breaker).toEqual({
      state: "open",
      code,
      since: START,
      until: START + minutes(5),
      callId: "c1",
      name: "draft",
      failuresInRow: 0,
    });
    one.ms += minutes(2);
    expect(one.enter(2).answer).toMatchObject({
      kind: "refused",
      code: "circuit_open",
      retryAfterMs: minutes(3),
      circuit: { code, since: START, until: START + minutes(5), callId: "c1", name: "draft" },
    });
  });

  test.each(["overloaded", "unavailable"] as const)("%s, five times in a row over all processes", (code) => {
    const one = world();
    for (let process = 1; process < 5; process++) run(one, failed(code), process);
    expect(state(one)).toBe("closed");
    run(one, failed(code), 9);
    expect(one.view().breaker).toMatchObject({ state: "open", code, failuresInRow: 5 });
  });

  test.each([undefined, "invalid_output", "refused", "rate_limited"] as const)(
    "an answer of the callee (%s) begins the row anew",
    (code) => {
      const one = world();
      for (let time = 0; time < 4; time++) run(one, failed("overloaded"));
      run(one, code === undefined ? SUCCESS : failed(code));
      for (let time = 0; time < 4; time++) run(one, failed("overloaded"));
      expect(state(one)).toBe("closed");
    },
  );

  test.each(["timeout", "cancelled", "killed", "exit_nonzero"] as const)(
    "%s tells nothing, so the row goes on",
    (code) => {
      const one = world();
      for (let time = 0; time < 4; time++) run(one, failed("overloaded"));
      run(one, failed(code));
      run(one, failed("overloaded"));
      expect(state(one)).toBe("open");
    },
  );

  test("a rate limit with a known end, until then; then it closes by itself", () => {
    const one = world();
    run(one, failed("rate_limited", { retryAfterMs: minutes(60) }));
    one.ms += minutes(60) - 1;
    expect(one.enter(1).answer).toMatchObject({ code: "circuit_open", retryAfterMs: 1 });
    one.ms += 1;
    const heads = [one.waiting(), one.waiting()];
    expect(kinds(one.ask(1, heads))).toEqual(["granted", "granted"]);
    expect(one.view().history).toMatchObject([
      { to: "closed", because: "end", at: START + minutes(60) },
      { to: "open", because: "rate_limited", until: START + minutes(60) },
    ]);
  });

  test("a longer known end replaces a shorter one, and not the other way round", () => {
    const one = world();
    const heads = [one.waiting(), one.waiting(), one.waiting()];
    one.ask(1, heads);
    for (const [index, after] of [10, 30, 20].entries()) {
      one.leave(1, heads[index]?.ticket ?? "", failed("rate_limited", { retryAfterMs: minutes(after) }));
    }
    expect(one.view().breaker.until).toBe(START + minutes(30));
  });

  test.each([
    ["rate_limited without an end", failed("rate_limited")],
    ["what a task threw without a status", failed("auth", { opens: false })],
    ["what did not start", failed("auth", { started: false })],
    ["a success", SUCCESS],
    ["invalid_request", failed("invalid_request")],
  ])("not %s", (_, end) => {
    const one = world();
    for (let time = 0; time < 6; time++) run(one, end);
    expect(state(one)).toBe("closed");
  });

  test("nothing, without circuitBreaker", () => {
    const one = new World({ concurrency: 1 });
    run(one, failed("auth"));
    expect(run(one, SUCCESS)).toMatchObject({ kind: "granted" });
  });

  test("waiting calls are refused when it opens, in every process", () => {
    const one = new World({ concurrency: 1, breaker: BREAKER });
    const first = one.waiting();
    const [mine, other] = [one.waiting(), one.waiting()];
    one.ask(1, [first, mine]);
    one.ask(2, [other]);
    const changed = one.ask(1, [mine], [{ ticket: first.ticket, ...failed("auth") }], 500);
    expect(kinds(changed)).toEqual(["circuit_open"]);
    expect(changed.shut).toMatchObject({ code: "circuit_open" });
    expect(kinds(one.ask(2, [other]))).toEqual(["circuit_open"]);
    expect(one.view().waiting.count).toBe(0);
  });

  test("an assigned place is taken back when it opens before its process knows", () => {
    const rate = { starts: 9, window: sliding(minutes(60)) };
    const one = new World({ concurrency: 1, breaker: BREAKER, rate });
    const first = one.waiting();
    const other = one.waiting();
    one.ask(1, [first]);
    one.ask(2, [other]);
    one.ms += 1500;
    one.ask(2, [other]);
    one.leave(1, first.ticket);
    expect(one.view().places).toMatchObject([{ ticket: other.ticket, assigned: true }]);
    one.change(9, { operator: { kind: "open", by: "ann", why: "maintenance" } });
    expect(kinds(one.ask(2, [other]))).toEqual(["circuit_open"]);
    expect(one.view()).toMatchObject({ places: [], rate: { used: 1 } });
  });
});

describe("an operator", () => {
  test("opens it until it is closed, also without circuitBreaker", () => {
    const one = new World({ concurrency: 1 });
    one.change(9, { operator: { kind: "open", by: "ann", why: "the API is down" } });
    one.ms += minutes(600);
    const { answer } = one.enter(1);
    expect(answer).toMatchObject({ code: "circuit_open", circuit: { code: "operator", since: START } });
    expect(answer).not.toHaveProperty("circuit.until");
    one.change(9, { operator: { kind: "close", by: "bob", why: "it is up" } });
    expect(one.enter(1).answer).toMatchObject({ kind: "granted" });
    expect(one.view().history).toMatchObject([
      { to: "closed", because: "operator", by: "bob", why: "it is up" },
      { to: "open", because: "operator", by: "ann", why: "the API is down" },
    ]);
  });

  test("opens it for a time", () => {
    const one = world();
    one.change(9, { operator: { kind: "open", by: "ann", why: "maintenance", forMs: minutes(10) } });
    expect(one.enter(1).answer).toMatchObject({ retryAfterMs: minutes(10) });
    one.ms += minutes(10);
    expect(one.enter(1).answer).toMatchObject({ kind: "granted", trial: false });
  });

  test("is not overruled by a call that ends", () => {
    const one = world();
    const { ticket } = one.enter(1);
    one.change(9, { operator: { kind: "open", by: "ann", why: "maintenance" } });
    one.leave(1, ticket, SUCCESS);
    one.leave(1, ticket, failed("auth"));
    expect(one.view().breaker).toMatchObject({ state: "open", code: "operator" });
  });

  test("a close during the trial lets every call through", () => {
    const one = world();
    run(one, failed("auth"));
    one.ms += minutes(5);
    const trial = one.enter(1);
    one.ms += 1000;
    one.change(9, { operator: { kind: "close", by: "ann", why: "the key is replaced" } });
    expect(one.enter(2).answer).toMatchObject({ kind: "granted", trial: false });
    one.leave(1, trial.ticket, failed("auth"));
    expect(state(one)).toBe("closed");
  });
});

test("a revoked key for 40 minutes: 1,988 calls, of which the trials at 5, 15 and 35 min run", () => {
  const one = new World({ concurrency: 3, breaker: BREAKER });
  const ran: number[] = [];
  for (let call = 0; call < 1988; call++) {
    one.ms = Math.round((call * minutes(40)) / 1988);
    if (run(one, failed("auth"), call % 7)?.kind === "granted") ran.push(Math.floor(one.ms / 60_000));
  }
  expect(ran).toEqual([0, 5, 15, 35]);
});

test.each(["rate_limited", "auth"] as const)(
  "%s with an end that no date can tell leaves a record that can be read",
  (code) => {
    for (const retryAfterMs of [1e300, Infinity, 8.64e15]) {
      const bad = new World({ breaker: { failures: 5, cooldownMs: 1000, maxCooldownMs: 1000 } });
      const { ticket } = bad.enter(1);
      bad.leave(1, ticket, { code, retryAfterMs });
      expect(bad.enter(1).answer).toMatchObject({ code: "circuit_open" });
      expect(bad.view().breaker.state).toBe("open");
    }
  },
);
