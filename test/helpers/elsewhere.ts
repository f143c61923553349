import { currentOwner } from "../../src/ledger/owner/owner.ts";
import { describeResource } from "../../src/resources/describe-resource.ts";
import { openLedgerAt } from "./open-ledger.ts";

/** What another host, which cannot look whether a process lives, finds of a resource: places that are taken, and calls that wait. */
export async function placesAndLine(
  ledger: string,
  resource: string,
): Promise<{ readonly places: number; readonly waiting: number }> {
  const store = await openLedgerAt(ledger);
  try {
    const found = (await store.resources()).find(({ name }) => name === resource);
    const { now } = await store.moment();
    const moment = { now, owner: currentOwner(), liveness: () => "alive" as const };
    const { places, waiting } = describeResource(resource, found?.text, moment);
    return { places: places.length, waiting: waiting.count };
  } finally {
    await store.close();
  }
}
