import { describe, expect, it } from "vitest";
import { nextStep, TURN_MS, type TurnView } from "../../../../src/database/sqlite/turns/queue.ts";

const me = { id: 1, since: 100 };
const earlier = { id: 2, since: 90 };
const evenEarlier = { id: 3, since: 80 };
const later = { id: 4, since: 110 };
const free = (since: number, ...waiters: TurnView["waiters"]): TurnView => ({
  holder: 0,
  until: since,
  waiters,
});
const held = (until: number, ...waiters: TurnView["waiters"]): TurnView => ({ holder: 9, until, waiters });

describe("a process tries for the lock", () => {
  it.each([
    ["when the ledger is free and it is alone", free(0), 120, []],
    ["before those that came later", free(119, me, later), 120, []],
    ["when the turn of another is over", held(119, me), 120, []],
    ["when the turn is its own", { ...held(121, me), holder: me.id }, 120, []],
    ["when the turn is one of another clock", held(120 + TURN_MS + 1), 120, []],
    ["when the one ahead has not come for 2 ms", free(118, earlier, me), 120, [earlier]],
    [
      "when two ahead have not come for 4 ms",
      free(116, earlier, evenEarlier, me),
      120,
      [earlier, evenEarlier],
    ],
    ["when what is said to be free is of another clock", free(1e9, earlier, me), 120, [earlier]],
  ] as const)("%s", (_, view, now, passed) => {
    expect(nextStep(view, me, now)).toEqual({ kind: "try", passed });
  });
});

describe("a process waits", () => {
  it.each([
    ["for the one ahead to take its turn", free(119, earlier, me), 120],
    ["for each of two ahead", free(117, earlier, evenEarlier, me), 120],
    ["while another has the turn", held(122), 120],
    ["while another has the turn that it has waited for longest", held(122, me, later), 120],
  ])("%s", (_, view, now) => {
    expect(nextStep(view, me, now).kind).toBe("wait");
  });

  it("for the one ahead, counted from when it met the lock itself: SQLite knows better than the file", () => {
    expect(nextStep(free(0, earlier, me), me, 120).kind).toBe("try");
    expect(nextStep(free(0, earlier, me), me, 120, 119).kind).toBe("wait");
  });

  it("by a short sleep only at the head of the queue and just before the turn ends", () => {
    expect(nextStep(held(122.5, me), me, 120)).toMatchObject({ ms: 1.5, near: false });
    expect(nextStep(held(120.3, me), me, 120)).toMatchObject({ near: true });
    expect(nextStep(held(120.3, earlier, me), me, 120)).toMatchObject({ near: false });
  });

  it("longer the more are ahead, so that many that wait look seldom", () => {
    const waits = [1, 2, 10, 100].map((ahead) => {
      const others = Array.from({ length: ahead }, (_, index) => ({ id: 1000 + index, since: index }));
      const step = nextStep(held(122, ...others), me, 120);
      return step.kind === "wait" ? step.ms : 0;
    });
    expect(waits).toEqual([2, 4, 20, 200]);
  });

  it("behind one that came at the same moment by their ids, so that one of them goes first", () => {
    const other = { id: 2, since: me.since };
    expect(nextStep(free(119, me, other), me, 120).kind).toBe("try");
    expect(nextStep(free(119, me, other), other, 120).kind).toBe("wait");
  });
});
