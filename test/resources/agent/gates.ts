import { onTestFinished } from "vitest";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import type { Entered, EnterRequest, Gate, HeldPlace } from "../../../src/resources/agent/gate-types.ts";
import { gateOf } from "../../../src/resources/agent/gate.ts";
import type { ResourceLimits } from "../../../src/resources/types.ts";

let calls = 0;

/** A call that asks for a place, and can be cancelled. */
export function ask(
  gate: Gate,
  { totalMs = 60_000, ...more }: Partial<EnterRequest> & { readonly totalMs?: number } = {},
) {
  const controller = new AbortController();
  calls += 1;
  const entering = gate.enter({
    name: "work",
    callId: `call-${calls}`,
    attempt: 1,
    patient: true,
    endsAt: performance.now() + totalMs,
    signal: controller.signal,
    ...more,
  });
  // A test that looks at the others first finds its rejection later.
  entering.catch(() => undefined);
  return { entering, cancel: () => controller.abort() };
}

/** A place that must be had. */
export async function place(gate: Gate, how: Parameters<typeof ask>[1] = {}): Promise<HeldPlace> {
  return placeIn(await ask(gate, how).entering);
}

export function placeIn(entered: Entered): HeldPlace {
  if (entered.kind === "place") return entered.place;
  throw new Error(`There is no place: ${JSON.stringify(entered)}`);
}

export const DONE = { started: true, opens: false } as const;

/** Counts the changes that the agents of a store make. */
export interface Counted {
  readonly store: LedgerStore;
  readonly changes: number;
  /** When each of them began. */
  readonly begunAt: readonly number[];
  /** Resolves after so many more. */
  more(count: number): Promise<void>;
  /** Resolves when there are so many. */
  reach(changes: number): Promise<void>;
}

export function counted(behind: LedgerStore): Counted {
  const watchers = new Set<() => void>();
  const begunAt: number[] = [];
  let changes = 0;
  const isThere = (count: number) => changes >= count;
  const reach = async (count: number) => {
    while (!isThere(count)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      watchers.add(resolve);
      await promise;
      watchers.delete(resolve);
    }
  };
  return {
    store: {
      ...behind,
      async changeResource(request, body, options) {
        begunAt.push(performance.now());
        const answer = await behind.changeResource(request, body, options);
        changes += 1;
        for (const watcher of watchers) watcher();
        return answer;
      },
    },
    get changes() {
      return changes;
    },
    begunAt,
    more: (count) => reach(changes + count),
    reach,
  };
}

export const gateWith = (limits: ResourceLimits, store: LedgerStore): Gate =>
  gateOf({ name: "agents", limits }, store);

/** Closes it when the test is over. */
export function closing(store: LedgerStore): LedgerStore {
  onTestFinished(() => store.close());
  return store;
}
