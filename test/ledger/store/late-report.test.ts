import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { ledgerPath } from "../../helpers/ledger.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";
import { claimOf, failed, request, start } from "../harness.ts";

const EFFECT_WITHIN_MS = 600;

/** A ledger's place, and what keeps it from being written. @returns what lets go of it */
interface Ledger {
  readonly place: string;
  readonly hold: () => () => void;
}

async function lockedFile(): Promise<Ledger> {
  const place = ledgerPath();
  const hold = () => {
    const other = new DatabaseSync(place);
    other.exec("BEGIN IMMEDIATE");
    return () => other.close();
  };
  return { place, hold };
}

async function cutOffPostgres(): Promise<Ledger> {
  const proxy = await tcpProxy(await freshDatabase());
  const hold = () => {
    proxy.refuse();
    return () => proxy.accept();
  };
  return { place: proxy.url, hold };
}

it.each([
  ["a file that another program has locked", lockedFile],
  ["Postgres, which could not be reached for a while", cutOffPostgres],
])("what a probe saw does not grow younger while its report waits: %s", async (_, make) => {
  const { place, hold } = await make();
  const store = await openLedgerAt(place);
  try {
    const effectWithin = { effectWithinMs: EFFECT_WITHIN_MS };
    await store.settle(await start(store, "verifiable", effectWithin), failed("unknown"));
    const claim = claimOf(await store.claim(request("verifiable", effectWithin)));
    const letGo = hold();
    const report = store.probed(claim, "absent", { lookedMs: 0 });
    // Meanwhile the effect appears, in its time.
    await pause(EFFECT_WITHIN_MS + 200);
    letGo();
    expect(await report).toMatchObject({ kind: "too_early" });
  } finally {
    await store.close();
  }
});
