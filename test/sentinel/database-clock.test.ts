import { spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { sentinelStatus, type Pass } from "../../src/sentinel/index.ts";
import { tempFolder } from "../helpers/files.ts";
import { administer, freshDatabase } from "../helpers/postgres.ts";
import { clockOffBy } from "../helpers/wrong-clock.ts";
import { HOUR } from "./world.ts";

const FIXTURE = path.join(import.meta.dirname, "fixtures/check-process.ts");

/** A check by a process whose clock is off by so many hours. */
function check(ledger: string, hours: number, inbox: string): Pass {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--no-warnings", FIXTURE, ledger, "", inbox],
    { env: { ...process.env, NODE_OPTIONS: clockOffBy(hours) }, encoding: "utf8", timeout: 30_000 },
  );
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Pass;
}

describe.each([3, -3])("a host whose clock is off by %i h, with the ledger in Postgres,", (hours) => {
  it("neither alerts too early nor too late, and its checks are no older than they are", async () => {
    const ledger = await freshDatabase();
    const inbox = path.join(tempFolder(), "inbox");
    const database = async (text: string) =>
      Number((await administer(ledger, `SELECT ${text} AS n`))[0]?.["n"]);
    const now = () => database("extract(epoch FROM clock_timestamp()) * 1000");

    // The window of 48 h ends in two hours, by the server's clock; by the host's it has ended, or ends in five.
    check(ledger, 0, inbox);
    await administer(ledger, `UPDATE hardcall.sentinels SET registered_at = registered_at - ${46 * HOUR}`);
    const early = check(ledger, hours, inbox);
    expect(early.sentinels).toMatchObject([{ verdict: "ok", alarm: false }]);
    expect(Math.abs(early.at - (await now()))).toBeLessThan(30_000);

    await administer(ledger, `UPDATE hardcall.sentinels SET registered_at = registered_at - ${2 * HOUR}`);
    const due = check(ledger, hours, inbox);
    expect(due).toMatchObject({ complete: true, delivered: 1, sentinels: [{ verdict: "silent" }] });

    const status = await sentinelStatus({ ledger });
    expect(status).toMatchObject({ isAlive: true, undelivered: 0 });
    expect(Math.abs(status.now - (await now()))).toBeLessThan(30_000);
    for (const instant of [
      "(SELECT max(delivered_at) FROM hardcall.sentinel_alerts)",
      "(SELECT max(at) FROM hardcall.sentinel_passes)",
    ]) {
      expect(Math.abs((await database(instant)) - (await now()))).toBeLessThan(30_000);
    }
  });
});
