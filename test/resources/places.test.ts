import { describe, expect, test } from "vitest";
import { kinds, ownerOf, SUCCESS, World } from "./harness.ts";

const granted = (trial = false) => ({
  kind: "granted",
  reserved: { microUsd: 0, basis: "none" },
  trial,
});

describe("places", () => {
  test("go to the first, up to the limit; the others wait", () => {
    const world = new World({ concurrency: 2 });
    const heads = [world.waiting(), world.waiting(), world.waiting()];
    const changed = world.ask(1, heads);
    expect(kinds(changed)).toEqual(["granted", "granted", "waits"]);
    expect(changed).toMatchObject({ nextLookMs: 1000, leaseMs: 30_000 });
    expect(world.view()).toMatchObject({ waiting: { count: 1 }, limits: { concurrency: 2 } });
    expect(world.view().places).toHaveLength(2);
  });

  test("are handed to the next of the same process with the leave", () => {
    const world = new World({ concurrency: 1 });
    const [one, two] = [world.waiting(), world.waiting()];
    world.ask(1, [one, two]);
    const next = world.ask(1, [two], [{ ticket: one.ticket, ...SUCCESS }]);
    expect(next.answers.get(two.ticket)).toEqual(granted());
    expect(next.nextLookMs).toBe(10_000);
  });

  test("an impatient call is refused at once, and says why", () => {
    const world = new World({ concurrency: 3 });
    world.ask(1, [world.waiting(), world.waiting(), world.waiting(), world.waiting()]);
    expect(world.enter(2, { patient: false }).answer).toEqual({
      kind: "refused",
      code: "busy",
      message: 'was not started: all 3 places of the resource "anthropic" are taken (1 call waits)',
      advice: 'Retry later, or let it wait for a place: onBusy "wait".',
    });
  });

  test("an answer that was lost is given again", () => {
    const world = new World({ concurrency: 1 });
    const head = world.waiting();
    world.ask(1, [head]);
    expect(world.ask(1, [head]).answers.get(head.ticket)).toEqual(granted());
    expect(world.view().places).toHaveLength(1);
  });

  test("a leave without a place changes nothing", () => {
    const world = new World({ concurrency: 1 });
    const { ticket } = world.enter(1);
    world.leave(2, ticket);
    world.leave(1, "unknown");
    expect(world.view().places).toHaveLength(1);
    world.leave(1, ticket);
    expect(world.leave(1, ticket).text).toBeUndefined();
    expect(world.view().places).toEqual([]);
  });

  test("more than 64 wait: the next look comes at once while places are free", () => {
    const world = new World({ concurrency: 100 });
    const heads = Array.from({ length: 64 }, () => world.waiting());
    expect(world.ask(1, heads, [], 80).nextLookMs).toBe(0);
    const rest = Array.from({ length: 16 }, () => world.waiting());
    expect(new Set(kinds(world.ask(1, rest)))).toEqual(new Set(["granted"]));
    expect(world.view().places).toHaveLength(80);
  });
});

describe("the places of a process that is gone", () => {
  const stopped = (liveness: "dead" | "unknown" | "alive") => {
    const world = new World({ concurrency: 1 });
    world.enter(1);
    world.liveness.set(ownerOf(1).id, liveness);
    return world;
  };

  test("are free at once when it is dead", () => {
    expect(stopped("dead").enter(2).answer).toEqual(granted());
  });

  test("are free after the lease when that cannot be told", () => {
    const world = stopped("unknown");
    world.ms += 30_000;
    expect(world.enter(2).answer).toEqual({ kind: "waits" });
    world.ms += 1;
    expect(world.enter(2).answer).toEqual(granted());
  });

  test("stay its own while it lives, however long it is silent", () => {
    const world = stopped("alive");
    world.ms += 3_600_000;
    expect(world.enter(2).answer).toEqual({ kind: "waits" });
  });

  test("stay its own as long as it is heard of", () => {
    const world = stopped("unknown");
    for (let beat = 0; beat < 6; beat++) {
      world.ms += 10_000;
      world.ask(1, []);
    }
    expect(world.enter(2).answer).toEqual({ kind: "waits" });
  });
});

describe("the order over processes", () => {
  /** Process 1 has the only place and two who wait; process 2 has one who came between them. */
  const crowded = () => {
    const world = new World({ concurrency: 1 });
    const first = world.waiting();
    world.ask(1, [first]);
    world.ms += 10;
    const second = world.waiting();
    world.ask(1, [second]);
    world.ms += 10;
    const other = world.waiting();
    world.ask(2, [other]);
    world.ms += 10;
    const third = world.waiting();
    world.ask(1, [second, third]);
    return { world, first, second, third, other };
  };

  test("a place stays in its process for a second, then goes to who waits longest", () => {
    const { world, first, second, third, other } = crowded();
    expect(kinds(world.ask(1, [second, third], [{ ticket: first.ticket, ...SUCCESS }]))).toEqual([
      "granted",
      "waits",
    ]);
    world.ms += 500;
    // Process 2 waits longer than the third, but the place has been here for less than a second.
    expect(kinds(world.ask(1, [third], [{ ticket: second.ticket, ...SUCCESS }]))).toEqual(["granted"]);
    const fourth = world.waiting();
    world.ask(2, [other]);
    world.ms += 600;
    expect(kinds(world.ask(1, [fourth], [{ ticket: third.ticket, ...SUCCESS }]))).toEqual(["waits"]);
    expect(world.view().places).toMatchObject([{ ticket: other.ticket, assigned: true, pid: 1002 }]);
    expect(world.ask(2, [other]).answers.get(other.ticket)).toEqual(granted());
    expect(world.view().places).toMatchObject([{ ticket: other.ticket, assigned: false }]);
  });

  test("for up to another second it stays while it would idle for longer than a call runs", () => {
    const { world, first, second, third, other } = crowded();
    let running = first.ticket;
    const next = (ms: number, head: typeof first) => {
      world.ms += ms;
      const [kind] = kinds(world.ask(1, [head], [{ ticket: running, ...SUCCESS }]));
      running = head.ticket;
      return kind;
    };
    expect(next(600, second)).toBe("granted");
    expect(next(300, third)).toBe("granted");
    world.ask(2, [other]);
    // Process 2 looks in 800 ms, and a call runs for 200 ms.
    expect(next(200, world.waiting())).toBe("granted");
    expect(next(700, world.waiting())).toBe("waits");
  });

  test("a free place goes to who waits longest, also in another process", () => {
    const { world, first, second, other } = crowded();
    world.ms += 2000;
    world.ask(2, [other]);
    world.ask(1, [second]);
    world.leave(1, first.ticket);
    const late = world.enter(3);
    expect(late.answer).toEqual({ kind: "waits" });
    expect(world.view().places).toMatchObject([{ ticket: second.ticket, assigned: true }]);
  });

  const assigned = () => {
    const { world, first, other } = crowded();
    world.ms += 2000;
    world.ask(2, [other]);
    world.ask(1, []);
    const waits = world.waiting();
    world.ask(1, [waits], [{ ticket: first.ticket, ...SUCCESS }]);
    expect(world.view().places).toMatchObject([{ ticket: other.ticket, assigned: true }]);
    return { world, other, waits };
  };

  test("an assigned place goes on when its process is dead", () => {
    const { world, waits } = assigned();
    world.liveness.set(ownerOf(2).id, "dead");
    expect(world.ask(1, [waits]).answers.get(waits.ticket)).toEqual(granted());
  });

  test("an assigned place goes on when its process sleeps, which then waits again", () => {
    const { world, waits, other } = assigned();
    world.ms += 2500;
    expect(world.ask(1, [waits]).answers.get(waits.ticket)).toEqual({ kind: "waits" });
    world.ms += 600;
    expect(world.ask(1, [waits]).answers.get(waits.ticket)).toEqual(granted());
    expect(world.ask(2, [other]).answers.get(other.ticket)).toEqual({ kind: "waits" });
  });

  test("an assigned place goes on when its call was cancelled", () => {
    const { world, waits } = assigned();
    world.ask(2, []);
    expect(world.view().places).toMatchObject([{ ticket: waits.ticket, assigned: true }]);
    expect(world.ask(1, [waits]).answers.get(waits.ticket)).toEqual(granted());
  });

  test("the line of a process that sleeps does not count", () => {
    const { world, first } = crowded();
    world.ms += 3500;
    const late = world.waiting();
    expect(world.ask(3, [late]).answers.get(late.ticket)).toEqual({ kind: "waits" });
    world.leave(1, first.ticket);
    expect(world.ask(3, [late]).answers.get(late.ticket)).toEqual(granted());
  });
});
