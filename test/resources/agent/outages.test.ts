import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LedgerStore } from "../../../src/ledger/store/store.ts";
import { ledgerPath } from "../../helpers/ledger.ts";
import { canMount, fillUp, mountTmpfs, unmount } from "../../helpers/mounts.ts";
import { openLedgerAt } from "../../helpers/open-ledger.ts";
import { freshDatabase } from "../../helpers/postgres.ts";
import { tcpProxy } from "../../helpers/tcp-proxy.ts";
import { openAs } from "../../ledger/postgres/open.ts";
import { fakeOwner } from "../../ledger/owners.ts";
import { ask, closing, counted, DONE, gateWith, place } from "./gates.ts";

const LIMITS = { concurrency: 1 } as const;

/** One call holds the place and another waits, while the ledger cannot be had; the place is given back meanwhile. @returns what becomes of the other */
async function throughOutage(store: LedgerStore, begin: () => void, end: () => void): Promise<string> {
  const one = counted(store);
  const gate = gateWith(LIMITS, one.store);
  const first = await place(gate);
  const waiting = ask(gate);
  await one.more(1);
  begin();
  const refused = ask(gate, { totalMs: 400 });
  await expect(refused.entering).rejects.toMatchObject({ code: "ledger_unavailable" });
  first.leave(DONE);
  // Of a call that the ledger knew before, nothing is said until its own time is over.
  const short = await Promise.race([
    waiting.entering,
    ask(gate, { totalMs: 300 }).entering.catch(() => "over"),
  ]);
  expect(short).toBe("over");
  end();
  return (await waiting.entering).kind;
}

describe("calls that wait and places that are held outlast a ledger", () => {
  it("that another process has locked", async () => {
    const path = ledgerPath();
    const store = closing(await openLedgerAt(path));
    const other = new DatabaseSync(path);
    onTestFinished(() => other.close());
    const kind = await throughOutage(
      store,
      () => other.exec("BEGIN IMMEDIATE"),
      () => other.exec("ROLLBACK"),
    );
    expect(kind).toBe("place");
  });

  it.skipIf(!canMount)("on a full disk", async () => {
    const folder = mountTmpfs("4m");
    const store = await openLedgerAt(join(folder, "ledger.db"));
    onTestFinished(async () => {
      await store.close();
      unmount(folder);
    });
    const filler = join(folder, "filler");
    // The log has room for what it held before: it begins anew at each checkpoint.
    const kind = await throughOutage(
      store,
      () => fillUp(filler),
      () => rmSync(filler),
    );
    expect(kind).toBe("place");
  });

  it("in a Postgres that refuses connections", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const store = await openAs("one", proxy.url);
    const kind = await throughOutage(
      store,
      () => proxy.refuse(),
      () => proxy.accept(),
    );
    expect(kind).toBe("place");
  });

  it("in a Postgres that does not answer", async () => {
    const proxy = await tcpProxy(await freshDatabase());
    const store = await openAs("one", proxy.url);
    const kind = await throughOutage(
      store,
      () => proxy.freeze(),
      () => proxy.thaw(),
    );
    expect(kind).toBe("place");
  });
});

it("a place that was granted in an answer that never came is given back", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  const gate = gateWith(LIMITS, await openAs("one", proxy.url));
  (await place(gate)).leave(DONE);
  proxy.cutAtNextAnswer({ afterwards: "refuse" });
  await expect(ask(gate, { totalMs: 1000 }).entering).rejects.toMatchObject({ code: "ledger_unavailable" });
  proxy.accept();
  const there = gateWith(LIMITS, await openAs("other", url));
  expect((await ask(there, { totalMs: 20_000 }).entering).kind).toBe("place");
});

it("a host that is cut off from Postgres keeps its place for its lease, and no longer", async () => {
  const url = await freshDatabase();
  const proxy = await tcpProxy(url);
  let now = 1_763_640_000_000;
  const clock = () => now;
  const cutOff = gateWith(LIMITS, await openAs("cut-off", proxy.url, { clock }));
  const other = counted(await openAs("other", url, { clock }));
  const there = gateWith(LIMITS, other.store);
  await place(cutOff);
  proxy.freeze();
  const waiting = ask(there);
  let kind = "waits";
  void waiting.entering.then((entered) => (kind = entered.kind));
  await other.more(1);
  now += 29_900;
  await other.more(2);
  expect(kind).toBe("waits");
  now += 200;
  await waiting.entering;
  expect(kind).toBe("place");
  proxy.thaw();
});

it("a host renews all its places with each change that it makes", async () => {
  const url = await freshDatabase();
  let now = 1_763_640_000_000;
  const clock = () => now;
  const host = counted(await openAs("host", url, { clock }));
  const gate = gateWith({ concurrency: 2 }, host.store);
  const first = await place(gate);
  const sent: number[] = [];
  first.onRenewed(({ steady }) => void sent.push(steady));
  const there = gateWith({ concurrency: 2 }, await openAs("other", url, { clock }));
  await place(there);
  for (let third = 0; third < 5; third++) {
    now += 10_000;
    // Any change of this host renews the lease of all its places.
    await ask(gate, { patient: false }).entering;
  }
  expect(await ask(there, { patient: false }).entering).toMatchObject({ code: "busy" });
  expect(sent.length).toBeGreaterThan(5);
  first.leave(DONE);
});

it("a place is not taken from a process that cannot be told from a dead one before its lease is over", async () => {
  let now = 1_763_640_000_000;
  const clock = () => now;
  const path = ledgerPath();
  const as = async (id: string) =>
    closing(await openLedgerAt(path, { clock, owner: fakeOwner(id, id), liveness: () => "unknown" }));
  await place(gateWith(LIMITS, await as("gone")));
  const there = gateWith(LIMITS, await as("other"));
  now += 30_000;
  expect(await ask(there, { patient: false }).entering).toMatchObject({ code: "busy" });
  now += 1;
  expect((await ask(there, { patient: false }).entering).kind).toBe("place");
});
