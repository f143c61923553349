import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it, onTestFinished } from "vitest";
import { currentOwner } from "../../src/ledger/owner/owner.ts";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import { openStore } from "../../src/ledger/open.ts";
import { scanCounts } from "../../src/process/scan.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { start } from "./harness.ts";
import { lostOwner } from "./owners.ts";

const MANY = 1000;

/** Attempts that a host left unfinished when it died, one of which left a process running. */
async function leaveUnfinished(file: string, cookie: string): Promise<void> {
  const store = await openSqliteStore({ path: file, owner: lostOwner() });
  for (let index = 0; index < MANY; index++) {
    const claim = await start(store, "once", { key: `key/${index}` });
    await store.heartbeat(claim, { cookie: index === MANY / 2 ? cookie : `call-${index}/1;` });
  }
  await store.close();
}

it.runIf(process.platform === "linux")(
  "an opening looks once for what many unfinished attempts have left, and ends it",
  async () => {
    const cookie = "11111111-2222-4333-8444-555555555555/1;";
    const file = ledgerPath();
    await leaveUnfinished(file, cookie);
    // ast-grep-ignore: js-subprocess-timeout, reason: the opening of the ledger ends it, or the test does
    const orphan = spawn("sleep", ["600"], { env: { ...process.env, HARDCALL_CALLS: cookie } });
    onTestFinished(() => void orphan.kill("SIGKILL"));
    const exited = once(orphan, "exit");
    await once(orphan, "spawn");
    const { scans } = scanCounts;
    const ledger = await openStore(file);
    onTestFinished(() => ledger.close());
    expect(await exited).toEqual([null, "SIGTERM"]);
    // One for all, and those that see the one end.
    expect(scanCounts.scans - scans).toBeLessThan(20);
  },
);

it("a lost owner is looked up once, however many attempts it left", async () => {
  const file = ledgerPath();
  await leaveUnfinished(file, "call/1;");
  let looks = 0;
  const liveness = () => {
    looks += 1;
    return "dead" as const;
  };
  const store = await openSqliteStore({ path: file, liveness });
  onTestFinished(() => store.close());
  expect(await store.unfinished(currentOwner())).toHaveLength(MANY);
  expect(looks).toBe(1);
});
