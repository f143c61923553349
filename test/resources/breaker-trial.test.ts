import { describe, expect, test } from "vitest";
import { failed, run, state, world } from "./breaker-world.ts";
import { kinds, minutes, ownerOf, START, SUCCESS } from "./harness.ts";

describe("half-open", () => {
  /** Opened by `auth`, and the cooldown is over. */
  const due = () => {
    const one = world();
    run(one, failed("auth"));
    one.ms += minutes(5);
    return one;
  };

  test("lets exactly one trial through, over all processes", () => {
    const one = due();
    const heads = [one.waiting(), one.waiting()];
    expect(kinds(one.ask(1, heads))).toEqual(["granted", "circuit_open"]);
    expect(one.enter(2).answer).toMatchObject({ code: "circuit_open" });
    expect(one.view()).toMatchObject({
      breaker: { state: "half_open" },
      places: [{ ticket: heads[0]?.ticket, trial: true }],
    });
  });

  test("a success of the trial closes it", () => {
    const one = due();
    expect(run(one, SUCCESS)).toMatchObject({ kind: "granted", trial: true });
    expect(state(one)).toBe("closed");
    expect(run(one, SUCCESS)).toMatchObject({ kind: "granted", trial: false });
  });

  test.each(["invalid_output", "refused", "turn_limit", "rate_limited"] as const)(
    "%s of the trial closes it too: the callee answered",
    (code) => {
      const one = due();
      run(one, failed(code));
      expect(state(one)).toBe("closed");
    },
  );

  test("a trial that fails doubles the cooldown, up to the longest", () => {
    const one = due();
    const waits: number[] = [];
    for (let trial = 0; trial < 6; trial++) {
      expect(run(one, failed("auth"))).toMatchObject({ trial: true });
      const { until = 0, since } = one.view().breaker;
      expect(since).toBe(START);
      waits.push((until - START - one.ms) / 60_000);
      one.ms = until - START;
    }
    expect(waits).toEqual([10, 20, 40, 60, 60, 60]);
  });

  test.each(["cancelled", "timeout", "idle_timeout", "killed", "exit_nonzero"] as const)(
    "%s of the trial is no news: the next call is the trial",
    (code) => {
      const one = due();
      run(one, failed(code));
      expect(state(one)).toBe("half_open");
      expect(run(one, SUCCESS)).toMatchObject({ kind: "granted", trial: true });
    },
  );

  test("a trial that is lost with its process is no news", () => {
    const one = due();
    one.enter(1);
    one.liveness.set(ownerOf(1).id, "dead");
    expect(one.enter(2).answer).toMatchObject({ kind: "granted", trial: true });
  });

  test("a trial that did not start is no news", () => {
    const one = due();
    run(one, { started: false });
    expect(one.enter(2).answer).toMatchObject({ kind: "granted", trial: true });
  });

  test("a rate limit of the trial opens it until its end", () => {
    const one = due();
    run(one, failed("rate_limited", { retryAfterMs: minutes(30) }));
    one.ms += minutes(30);
    expect(run(one, SUCCESS)).toMatchObject({ kind: "granted", trial: false });
  });

  test("with all places taken, the first that gets one is the trial", () => {
    const one = world();
    const old = [one.waiting(), one.waiting(), one.waiting()];
    one.ask(1, old);
    one.leave(1, old[0]?.ticket ?? "", failed("auth"));
    one.ms += minutes(5);
    const trial = one.enter(1);
    expect(trial.answer).toMatchObject({ trial: true });
    one.leave(1, trial.ticket, failed("auth"));
    expect(one.view().places).toHaveLength(2);
  });
});

describe("calls that began before", () => {
  test("its opening do not double the cooldown", () => {
    const one = world();
    const heads = [one.waiting(), one.waiting(), one.waiting()];
    one.ask(1, heads);
    for (const { ticket } of heads) {
      one.leave(1, ticket, failed("auth"));
      one.ms += 1000;
    }
    expect(one.view().breaker).toMatchObject({ since: START, until: START + minutes(5), callId: "c1" });
  });

  test("its close do not open it again", () => {
    const one = world();
    const [slow, bad] = [one.waiting(), one.waiting()];
    one.ask(1, [slow, bad]);
    one.leave(1, bad.ticket, failed("auth"));
    one.ms += minutes(1);
    one.change(9, { operator: { kind: "close", by: "ann", why: "the key is replaced" } });
    one.leave(1, slow.ticket, failed("auth"));
    expect(state(one)).toBe("closed");
    run(one, failed("auth"));
    expect(state(one)).toBe("open");
  });

  test("its half-open state do not end the trial", () => {
    const one = world();
    const [slow, bad] = [one.waiting(), one.waiting()];
    one.ask(1, [slow, bad]);
    one.leave(1, bad.ticket, failed("auth"));
    one.ms += minutes(5);
    one.enter(2);
    one.leave(1, slow.ticket, SUCCESS);
    expect(state(one)).toBe("half_open");
    expect(one.enter(2).answer).toMatchObject({ code: "circuit_open" });
  });
});
