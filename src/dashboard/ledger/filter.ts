import type { Column } from "../../database/sql.ts";
import type { CallOutcome } from "../data.ts";
import type { CallsFilter } from "./source.ts";

export interface Conditions {
  readonly where: readonly string[];
  readonly values: readonly Column[];
}

/** The condition of an index of operations, word for word, or SQLite does not use it. */
const UNSUCCESSFUL = "state <> 'succeeded'";
const HELD = `state IN ('reserved', 'started') AND ${UNSUCCESSFUL}`;
/** That of an index of the journal. */
const UNUSUAL = "outcome <> 'executed'";
const NO_END = "ended_at IS NULL";
const NONE = "1 = 0";

/** What the rows of each table must be like that may have an outcome. `lost` is not written anywhere: a process that is gone writes nothing. */
const OUTCOMES: Readonly<Record<CallOutcome, { readonly operations: string; readonly journal: string }>> = {
  running: { operations: HELD, journal: NO_END },
  waiting: { operations: HELD, journal: NO_END },
  lost: { operations: HELD, journal: NO_END },
  executed: { operations: "state = 'succeeded' AND settled_by = 'attempt'", journal: "outcome = 'executed'" },
  recovered: {
    operations: "state = 'succeeded' AND settled_by <> 'attempt'",
    journal: `outcome = 'recovered' AND ${UNUSUAL}`,
  },
  failed: {
    operations: `state = 'failed' AND ${UNSUCCESSFUL}`,
    journal: `outcome = 'failed' AND ${UNUSUAL}`,
  },
  in_doubt: {
    operations: `state = 'in_doubt' AND ${UNSUCCESSFUL}`,
    journal: `outcome = 'in_doubt' AND ${UNUSUAL}`,
  },
  replayed: { operations: NONE, journal: `outcome = 'replayed' AND ${UNUSUAL}` },
  in_progress: { operations: NONE, journal: `outcome = 'in_progress' AND ${UNUSUAL}` },
};

const NOTHING = { operations: NONE, journal: NONE };

const isOutcome = (word: string): word is CallOutcome => Object.hasOwn(OUTCOMES, word);

/** What to look for in each table, without the position of a page. A word that is no outcome finds nothing. */
export function conditionsFor({ name, outcome, code }: CallsFilter): {
  readonly operations: Conditions;
  readonly journal: Conditions;
} {
  const known = outcome === undefined ? undefined : isOutcome(outcome) ? OUTCOMES[outcome] : NOTHING;
  const shared = [
    ...(name === undefined ? [] : [["name = ?", name] as const]),
    ...(code === undefined ? [] : [["code = ?", code] as const]),
  ];
  const values = shared.map(([, value]) => value);
  const conditions = shared.map(([condition]) => condition);
  const operations = [
    ...conditions,
    ...(known ? [known.operations] : code === undefined ? [] : [UNSUCCESSFUL]),
  ];
  return {
    operations: { where: operations, values },
    journal: { where: [...conditions, ...(known ? [known.journal] : [])], values },
  };
}
