import assert from "node:assert/strict";
import type { LedgerStore, OperationHistory } from "../../../src/ledger/store/store.ts";
import { type Death, EFFECTS, type Row, ROWS, type Table } from "./crash-table.ts";
import { Host } from "./host.ts";
import type { PublishServer } from "./publish-server.ts";
import type { Ending, Order } from "./publish.ts";

export interface CrashMatrixOptions {
  /** A path or a URL. */
  readonly ledger: string;
  readonly store: LedgerStore;
  readonly server: PublishServer;
  /** How a process ends that kills itself: the signal, or the exit code. */
  readonly deathOf: string;
}

/** When the next call comes. "after the lease": from another machine, which cannot see whether the owner lives. */
export type When = "at once" | "after the lease" | "from two hosts at once";

/** Kills a process at every point of a call, for every kind of effects, and makes the next call. It serves vitest, and node:test on Windows. */
export class CrashMatrix {
  readonly #options: CrashMatrixOptions;

  constructor(options: CrashMatrixOptions) {
    this.#options = options;
  }

  /**
   * @param next makes the next call, and gives its outcome
   * @param rows those of the table that are tried
   */
  async everyCell(
    when: When,
    next: (order: Order) => Promise<string>,
    rows: readonly Row[] = ROWS,
  ): Promise<Table> {
    const { server } = this.#options;
    const cells = rows.flatMap(([moment, deaths, expected]) =>
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
          for (const death of deaths) pids.push(await this.#die(death, order, when, pids.length === 0));
          const outcome = await next(order);
          ended.set(key, `${outcome}, ${server.effects(key)}`);
          checkRecord(await this.historyOf(key), outcome, pids);
        }
      }),
    );
    const columns = rows.map(([moment]) =>
      EFFECTS.map((effects) => ended.get(`${when}/${moment}/${effects}`)),
    );
    print(when, rows, columns);
    return columns;
  }

  async historyOf(key: string): Promise<OperationHistory | undefined> {
    return (await this.#options.store.show({ callIdOrKey: key }))[0];
  }

  /** @returns the pid of the dead */
  async #die({ at, manner }: Death, order: Order, when: When, isFirst: boolean): Promise<number> {
    const afterLease = when === "after the lease";
    const host = await Host.begin(
      {
        path: this.#options.ledger,
        foreign: afterLease && isFirst,
        // A later death needs the lease of an earlier one to be over.
        ...(afterLease && !isFirst && { clockOffsetMs: 31_000 }),
      },
      at === "the request" ? undefined : at,
    );
    assert.equal(await host.dieOf({ ...order, manner, attempts: 2 }), this.#options.deathOf);
    return host.pid;
  }
}

/** An operation ends succeeded, or in doubt with what is known of the attempt that left it so. */
function checkRecord(history: OperationHistory | undefined, outcome: string, pids: readonly number[]): void {
  const { record, attempts = [] } = history ?? {};
  assert.equal(record?.state, outcome === "in_doubt" ? "in_doubt" : "succeeded");
  assert.ok(attempts.length > 0);
  for (const attempt of attempts) assert.notEqual(attempt.endedAt, undefined, "an attempt without an end");
  if (outcome !== "in_doubt") return;
  const [attempt, ...others] = attempts;
  assert.deepEqual(others, []);
  assert.deepEqual([attempt?.effect, attempt?.owner.pid], ["unknown", pids[0]]);
  assert.ok(["owner_lost", "unavailable"].includes(attempt?.code ?? ""), attempt?.code);
}

/** Of two calls at the same moment one may act; the other hears of it, or of its result. */
export function oneOf(endings: readonly Ending[]): string {
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

function print(when: string, rows: readonly Row[], columns: Table): void {
  const lines = rows.map(([moment], index) =>
    [moment.padEnd(30), ...(columns[index] ?? []).map((cell = "-") => cell.padEnd(13))].join(""),
  );
  const head = ["killed".padEnd(30), ...EFFECTS.map((effects) => effects.padEnd(13))].join("");
  console.log(
    `\nThe next call, ${when}: its outcome, and how many posts exist\n${head}\n${lines.join("\n")}\n`,
  );
}
