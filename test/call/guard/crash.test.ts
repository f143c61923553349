import { beforeAll, describe, expect, it } from "vitest";
import type { FaultPoint } from "../../../src/core/fault-points.ts";
import type { Effects } from "../../../src/core/vocabulary.ts";
import type { LedgerStore, OperationHistory } from "../../../src/ledger/store/store.ts";
import { LEDGER_KINDS, newSuiteLedger } from "../../helpers/ledger.ts";
import { Host } from "./host.ts";
import { PublishServer, type Manner } from "./publish-server.ts";
import { openFrom, publish, type Ending, type Order } from "./publish.ts";

/** Where the process dies in its call; or several times over, where it takes one death to get to the next. */
interface Death {
  readonly at: FaultPoint | "the request";
  readonly manner: Manner;
}

const EFFECTS = ["none", "keyed", "verifiable", "once"] as const;
type Row = readonly [moment: string, deaths: readonly Death[], ends: Partial<Record<Effects, string>>];

const ends = (none: string, keyed: string, verifiable: string, once: string) => ({
  none,
  keyed,
  verifiable,
  once,
});
const same = (end: string) => ends(end, end, end, end);
/** The effect has happened, and the ledger does not have it. */
const UNKNOWN = ends("executed, 2", "executed, 1", "recovered, 1", "in_doubt, 1");

/** What the next call must come to, and how many posts exist after it. */
const ROWS: readonly Row[] = [
  ["beforeClaim", [{ at: "beforeClaim", manner: "ok" }], same("executed, 1")],
  ["afterClaim", [{ at: "afterClaim", manner: "ok" }], same("executed, 1")],
  [
    "afterStarted",
    [{ at: "afterStarted", manner: "ok" }],
    ends("executed, 1", "executed, 1", "executed, 1", "in_doubt, 0"),
  ],
  ["in the request", [{ at: "the request", manner: "kills" }], UNKNOWN],
  ["afterEffect", [{ at: "afterEffect", manner: "ok" }], UNKNOWN],
  ["beforeSucceeded", [{ at: "beforeSucceeded", manner: "ok" }], UNKNOWN],
  ["afterSucceeded", [{ at: "afterSucceeded", manner: "ok" }], same("replayed, 1")],
  ["beforeFailed, of a 500", [{ at: "beforeFailed", manner: "fails" }], UNKNOWN],
  ["afterFailed, of a 500", [{ at: "afterFailed", manner: "fails" }], UNKNOWN],
  [
    "beforeFailed, of a refusal",
    [{ at: "beforeFailed", manner: "refuses" }],
    ends("executed, 1", "executed, 1", "executed, 1", "in_doubt, 0"),
  ],
  ["afterFailed, of a refusal", [{ at: "afterFailed", manner: "refuses" }], same("executed, 1")],
  ...probing("beforeProbe"),
  ...probing("afterProbe"),
];

function probing(at: FaultPoint): Row[] {
  const dies = { at, manner: "ok" } as const;
  return [
    [`${at}, it is there`, [{ at: "afterEffect", manner: "ok" }, dies], { verifiable: "recovered, 1" }],
    [`${at}, it is not there`, [{ at: "afterStarted", manner: "ok" }, dies], { verifiable: "executed, 1" }],
  ];
}

/** A row for each moment, a cell for each kind of effects. */
type Table = readonly (readonly (string | undefined)[])[];
const EXPECTED: Table = ROWS.map(([, , expected]) => EFFECTS.map((effects) => expected[effects]));

let ledger: string;
let server: PublishServer;
/** The ledger as it is now, and as it will be when every lease of now has lapsed. */
let now: LedgerStore;
let later: LedgerStore;

describe.each(LEDGER_KINDS)(
  "SIGKILL at every point, for every kind of effects, with the ledger in %s",
  (kind) => {
    beforeAll(async () => {
      const made = await newSuiteLedger(kind);
      ledger = made.ledger;
      server = await PublishServer.begin();
      now = await openFrom({ path: ledger });
      later = await openFrom({ path: ledger, clockOffsetMs: 31_000 });
      return async () => {
        await now.close();
        await later.close();
        await server.end();
        await made.remove();
      };
    });

    it("next call at once: the owner is seen to be dead", async () => {
      const cells = await everyCell("at once", false, async (order) => {
        const { outcome } = await publish(order, now);
        return outcome;
      });
      expect(cells).toEqual(EXPECTED);
    });

    it("next call from another machine: nothing may start before the lease has lapsed", async () => {
      const cells = await everyCell("after the lease", true, async (order) => {
        await callTooEarly(order);
        const { outcome } = await publish(order, later);
        return outcome;
      });
      expect(cells).toEqual(EXPECTED);
    });

    it("next call from two hosts at the same moment", async () => {
      await using one = await Host.begin({ path: ledger });
      await using other = await Host.begin({ path: ledger });
      // A host makes one call after another.
      let turn: Promise<unknown> = Promise.resolve();
      const cells = await everyCell("from two hosts at once", false, async (order) => {
        const both = turn.then(() => Promise.all([one.publish(order), other.publish(order)]));
        turn = both;
        return oneOf(await both);
      });
      expect(cells).toEqual(EXPECTED);
    });
  },
);

/** What is held is in progress, and nothing is started. */
async function callTooEarly(order: Order): Promise<void> {
  const { state } = (await historyOf(order.key))?.record ?? {};
  if (state !== "reserved" && state !== "started") return;
  const before = server.requests(order.key);
  const early = await publish(order, now);
  expect(early).toMatchObject({ outcome: "in_progress", code: "in_progress" });
  expect(early.retryAfterMs).toBeGreaterThan(0);
  expect(server.requests(order.key)).toBe(before);
}

/** Of two calls at the same moment one may act; the other hears of it, or of its result. */
function oneOf(endings: readonly Ending[]): string {
  const outcomes = endings.map(({ outcome }) => outcome);
  const acted = outcomes.filter((outcome) => outcome === "executed" || outcome === "recovered");
  const [actor] = acted;
  // What a probe has found is `recovered` for the next call too.
  if (acted.length === 2 && acted.every((outcome) => outcome === "recovered")) return "recovered";
  if (actor === undefined) return [...new Set(outcomes)].join(" and ");
  const other = outcomes.find((outcome) => outcome !== actor);
  const heard = other === "in_progress" || other === "replayed";
  return acted.length === 1 && heard ? actor : outcomes.join(" and ");
}

async function everyCell(
  when: string,
  foreign: boolean,
  next: (order: Order) => Promise<string>,
): Promise<Table> {
  const cells = ROWS.flatMap(([moment, deaths, expected]) =>
    EFFECTS.filter((effects) => expected[effects] !== undefined).map((effects) => ({
      moment,
      deaths,
      effects,
    })),
  );
  const ended = new Map<string, string>();
  const queue = cells.values();
  await Promise.all(
    Array.from({ length: 3 }, async () => {
      for (const { moment, deaths, effects } of queue) {
        const key = `${when}/${moment}/${effects}`;
        const order = { url: server.url, key, effects, manner: "ok" } as const;
        const pids: number[] = [];
        for (const death of deaths) pids.push(await die(death, order, foreign && pids.length === 0));
        const outcome = await next(order);
        ended.set(key, `${outcome}, ${server.effects(key)}`);
        checkRecord(await historyOf(key), outcome, pids);
      }
    }),
  );
  const columns = ROWS.map(([moment]) => EFFECTS.map((effects) => ended.get(`${when}/${moment}/${effects}`)));
  print(when, columns);
  return columns;
}

/** @returns the pid of the dead */
async function die({ at, manner }: Death, order: Order, foreign: boolean): Promise<number> {
  // A later death needs the lease of an earlier one to be over.
  const host = await Host.begin(
    {
      path: ledger,
      foreign,
      ...(!foreign && order.key.startsWith("after the lease") && { clockOffsetMs: 31_000 }),
    },
    at === "the request" ? undefined : at,
  );
  expect(await host.dieOf({ ...order, manner, attempts: 2 })).toBe("SIGKILL");
  return host.pid;
}

/** An operation ends succeeded, or in doubt with what is known of the attempt that left it so. */
function checkRecord(history: OperationHistory | undefined, outcome: string, pids: readonly number[]): void {
  const { record, attempts = [] } = history ?? {};
  expect(record?.state).toBe(outcome === "in_doubt" ? "in_doubt" : "succeeded");
  expect(attempts.length).toBeGreaterThan(0);
  for (const attempt of attempts) expect(attempt.endedAt, "an attempt without an end").toBeDefined();
  if (outcome !== "in_doubt") return;
  expect(attempts).toHaveLength(1);
  expect(attempts[0]).toMatchObject({ effect: "unknown", owner: { pid: pids[0] } });
  expect(["owner_lost", "unavailable"]).toContain(attempts[0]?.code);
}

async function historyOf(key: string): Promise<OperationHistory | undefined> {
  return (await now.show({ callIdOrKey: key }))[0];
}

function print(when: string, columns: Table): void {
  const lines = ROWS.map(([moment], index) =>
    [moment.padEnd(30), ...(columns[index] ?? []).map((cell = "-") => cell.padEnd(13))].join(""),
  );
  const head = ["killed".padEnd(30), ...EFFECTS.map((effects) => effects.padEnd(13))].join("");
  console.log(
    `\nThe next call, ${when}: its outcome, and how many posts exist\n${head}\n${lines.join("\n")}\n`,
  );
}
