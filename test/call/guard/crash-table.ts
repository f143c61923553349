import type { FaultPoint } from "../../../src/core/fault-points.ts";
import type { Effects } from "../../../src/core/vocabulary.ts";
import type { Manner } from "./publish-server.ts";

/** Where the process dies in its call; or several times over, where it takes one death to get to the next. */
export interface Death {
  readonly at: FaultPoint | "the request";
  readonly manner: Manner;
}

export const EFFECTS = ["none", "keyed", "verifiable", "once"] as const;
export type Row = readonly [moment: string, deaths: readonly Death[], ends: Partial<Record<Effects, string>>];

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
export const ROWS: readonly Row[] = [
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
export type Table = readonly (readonly (string | undefined)[])[];
export const EXPECTED: Table = expectedOf(ROWS);

export function expectedOf(rows: readonly Row[]): Table {
  return rows.map(([, , expected]) => EFFECTS.map((effects) => expected[effects]));
}
