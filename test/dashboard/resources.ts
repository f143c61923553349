import { onTestFinished } from "vitest";
import { defineResource } from "../../src/resources/define-resource.ts";
import { gateOf } from "../../src/resources/agent/gate.ts";
import { openLedgerAt } from "../helpers/open-ledger.ts";

export const anthropic = defineResource({
  name: "anthropic",
  concurrency: 2,
  rate: { starts: 50, per: "1h" },
  budget: { usd: 25, per: "1d" },
  circuitBreaker: true,
  cost: 0.5,
});

export const bigquery = defineResource({ name: "bigquery", concurrency: 10, circuitBreaker: true });

/** A process that makes attempts under the limits of a resource. */
export async function attemptsOn(ledger: string, resource = anthropic) {
  const store = await openLedgerAt(ledger);
  onTestFinished(() => store.close());
  const gate = gateOf(resource, store);
  const cancel = new AbortController();
  let calls = 0;
  return {
    cancel: () => cancel.abort(),
    /** Waits for a place. */
    begin: (name: string, reserveUsd = 0.75) =>
      gate.enter({
        name,
        callId: `call-of-${name}-${++calls}`,
        attempt: 1,
        reserveUsd,
        patient: true,
        endsAt: performance.now() + 60_000,
        signal: cancel.signal,
      }),
  };
}
