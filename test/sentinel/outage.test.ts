import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { makeReport } from "../../src/report/make-report.ts";
import { sentinelStatus, type Alert } from "../../src/sentinel/index.ts";
import { throughPgBouncer } from "../helpers/pgbouncer.ts";
import { freshDatabase, ownPostgres } from "../helpers/postgres.ts";
import { tcpProxy } from "../helpers/tcp-proxy.ts";
import { DAY, HOUR, World } from "./world.ts";

function inbox(world: World): Alert[] {
  const file = path.join(world.folder, "inbox.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Alert);
}

const mailing = (world: World) => ({
  grace: 0,
  every: "1h",
  alerts: [{ command: `cat >> '${world.folder}/inbox.jsonl'` }],
});

it("a check goes on after a crash of Postgres while it counts", async () => {
  const server = await ownPostgres();
  using world = new World(server.url);
  await world.check(mailing(world));
  world.wait(3 * DAY);
  const count = async () => {
    await server.stop("immediate");
    await server.start();
    return [];
  };
  expect(await world.check({ ...mailing(world), count })).toMatchObject({ verdict: "silent", alarm: true });
  expect(inbox(world).map((alert) => alert.kind)).toEqual(["alert"]);
  expect(await sentinelStatus(world)).toMatchObject({ isAlive: true, undelivered: 0 });
});

it("a check ends in its time when Postgres stays silent, with its connections open", async () => {
  const proxy = await tcpProxy(await freshDatabase());
  using world = new World(proxy.url);
  await world.check();
  const count = async () => {
    proxy.freeze();
    return [];
  };
  const began = performance.now();
  await expect(world.check({ count })).rejects.toMatchObject({
    code: "ledger_unavailable",
    reason: "unreachable",
  });
  expect(performance.now() - began).toBeLessThan(25_000);
  proxy.thaw();
  expect(await world.check()).toMatchObject({ verdict: "ok" });
});

it("an alert whose delivery could not be recorded is delivered again, with the same id", async () => {
  const server = await ownPostgres();
  using world = new World(server.url);
  const options = mailing(world);
  await world.check(options);
  const healthy = world.now;
  world.wait(3 * DAY);
  let isDown: Promise<void> | undefined;
  const print = () => (isDown = server.stop("immediate"));
  const told = { ...options, alerts: [...options.alerts, { stdout: true as const }] };
  world.onLine = print;
  await expect(world.check(told)).rejects.toMatchObject({
    code: "ledger_unavailable",
    reason: "unreachable",
  });
  await isDown;
  world.onLine = undefined;
  await server.start();
  expect(await sentinelStatus(world)).toMatchObject({ isAlive: false, passes: [{ at: healthy }] });
  world.wait(HOUR);
  expect(await world.check(told)).toMatchObject({ verdict: "silent" });
  expect(await sentinelStatus(world)).toMatchObject({ isAlive: true, undelivered: 0 });
  expect(world.lines).toHaveLength(2);
  expect(new Set(world.lines).size).toBe(1);
});

it("a check and a report work behind PgBouncer in transaction mode, and neither shows the password", async (context) => {
  const pooled = await throughPgBouncer(context, await freshDatabase());
  const url = new URL(pooled);
  url.password = "CANARY";
  using world = new World(url.href);
  await world.check(mailing(world));
  world.wait(3 * DAY);
  expect(await world.check(mailing(world))).toMatchObject({ verdict: "silent" });
  expect(inbox(world).map((alert) => alert.kind)).toEqual(["alert"]);
  const html = await makeReport({ ledger: url.href, days: 14 });
  expect(html).toContain(`postgres://${url.host}${url.pathname}`);
  expect(html).not.toContain("CANARY");
});
