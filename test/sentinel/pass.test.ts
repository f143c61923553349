import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { sentinelStatus } from "../../src/sentinel/index.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { DAY, HOUR, MINUTE, World } from "./world.ts";

const kinds = async (world: World) => (await world.alerts()).map(({ kind, verdict }) => `${kind} ${verdict}`);

describe.each(LEDGER_KINDS)("a sentinel over time, the ledger in %s", (kind) => {
  it("that never finds anything alerts, and says what is missing", async () => {
    using world = await World.with(kind);
    expect(await world.check()).toMatchObject({ verdict: "ok", found: 0, alarm: false });
    world.wait(48 * HOUR);
    expect(await world.check()).toMatchObject({ verdict: "late", alarm: false });
    world.wait(HOUR);
    expect(await world.check()).toMatchObject({ verdict: "silent", alarm: true });
    world.wait(HOUR);
    await world.check();
    const [alert, ...more] = await world.alerts();
    expect(more).toEqual([]);
    expect(alert?.title).toBe("posts is silent: 0 of 1 new artifacts in 2 d; there has never been one");
    expect(world.lines).toEqual([`ALERT ${alert?.id} ${alert?.title}`]);
  });

  it("tells when it is over", async () => {
    using world = await World.with(kind);
    await world.check();
    world.wait(3 * DAY);
    await world.check();
    world.artifacts = [{ id: "p1", at: world.now }];
    world.wait(10 * MINUTE);
    await world.check();
    expect(await kinds(world)).toEqual(["alert silent", "recovered ok"]);
    world.wait(3 * DAY);
    await world.check();
    const ids = (await world.alerts()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
  });

  it("that flaps between a database that answers and one that does not is quiet, then says so", async () => {
    using world = await World.with(kind);
    const options = { alertAfter: 3, recoverAfter: 2, unknownGrace: 0 } as const;
    const post = [{ id: "p1", at: world.now }];
    for (let hour = 0; hour < 12; hour++) {
      world.artifacts = hour % 2 === 0 ? post : new Error("gone");
      await world.check(options);
      world.wait(HOUR);
    }
    expect(await kinds(world)).toEqual([]);
    world.artifacts = new Error("gone");
    for (let hour = 0; hour < 3; hour++) await world.check(options);
    expect(await kinds(world)).toEqual(["alert unknown"]);
  });

  it("is unknown while two clocks an hour apart disagree, and right again afterwards", async () => {
    using world = await World.with(kind);
    await world.check();
    // Half an hour before the alert is due, the clock is set forward by an hour.
    world.wait(48.5 * HOUR);
    world.now += HOUR;
    expect(await world.check({ unknownGrace: "6h" })).toMatchObject({
      verdict: "unknown",
      reason: "the clock of this machine was set forward by 60 min",
    });
    // And back.
    world.now -= HOUR;
    expect(await world.check()).toMatchObject({ verdict: "late" });
    world.wait(HOUR);
    world.now -= HOUR;
    expect((await world.check({ unknownGrace: "6h" })).verdict).toBe("unknown");
    // Both clocks agree now.
    world.wait(2 * HOUR);
    expect((await world.check()).verdict).toBe("silent");
    expect(await kinds(world)).toEqual(["alert silent"]);
  });

  it("checked twice at one moment has made one observation", async () => {
    using world = await World.with(kind);
    const { promise: meeting, resolve: meet } = Promise.withResolvers<void>();
    let counting = 0;
    const options = {
      alertAfter: 2,
      grace: 0,
      count: async () => {
        if (++counting === 2) meet();
        await meeting;
        return [];
      },
    } as const;
    await world.check({ grace: 0 });
    world.wait(3 * DAY);
    const both = await Promise.all([world.check(options), world.check(options)]);
    expect(both.map(({ verdict }) => verdict)).toEqual(["silent", "silent"]);
    expect(await kinds(world)).toEqual([]);
    await world.check(options);
    expect(await kinds(world)).toEqual(["alert silent"]);
  });

  it("keeps and tells hashes, counts and names, and nothing of what was found", async () => {
    using world = await World.with(kind);
    world.artifacts = [{ id: "CANARY of an id", at: world.now }];
    await world.check({ grace: 0 });
    world.wait(3 * DAY);
    await world.check({ grace: 0 });
    world.artifacts = new Error("CANARY of an error");
    await world.check({ unknownGrace: 0 });
    world.artifacts = [{ id: "CANARY of another", at: world.now }];
    await world.check({ alerts: [{ command: "echo $HARDCALL_ALERT_TITLE CANARY" }, { stdout: true }] });
    expect(await kinds(world)).toEqual(["alert silent", "recovered ok", "recovered ok"]);
    const tables = ["sentinels", "sentinel_artifacts", "sentinel_alerts", "sentinel_verdicts"];
    const kept = await Promise.all(tables.map((name) => world.rows(`SELECT * FROM ${name}`)));
    expect(kept.map(({ length }) => length > 0)).toEqual([true, true, true, true]);
    expect(JSON.stringify([kept, world.lines])).not.toContain("CANARY");
  });

  it("that is taken out of its set is expected no more, and anew if it comes back", async () => {
    using world = await World.with(kind);
    const other = world.sentinel({ name: "other" });
    await world.pass([world.sentinel(), other]);
    world.wait(3 * DAY);
    await world.pass([other]);
    world.wait(3 * DAY);
    expect(await world.check()).toMatchObject({ verdict: "ok", name: "posts" });
  });
});

async function receiver(status: { code: number }, onAlert?: () => void) {
  const got: { id: string | undefined; kind: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const id = request.headers["idempotency-key"] as string | undefined;
      got.push({ id, kind: (JSON.parse(body) as { kind: string }).kind });
      response.writeHead(status.code).end();
      onAlert?.();
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const close = () => (server.closeAllConnections(), server.close());
  return {
    got,
    webhook: `http://127.0.0.1:${(server.address() as AddressInfo).port}/?token=CANARY`,
    [Symbol.dispose]: close,
  };
}

describe.each(LEDGER_KINDS)("delivery, the ledger in %s", (kind) => {
  it("that fails is tried again after a pause, in order, and until then there is no heartbeat", async () => {
    using world = await World.with(kind);
    const status = { code: 503 };
    using server = await receiver(status);
    const posts = () => world.sentinel({ grace: 0, every: "1h", alerts: [{ webhook: server.webhook }] });
    expect(await world.pass([posts()])).toMatchObject({ complete: true });
    const healthy = world.now;
    world.wait(2 * DAY);
    const failed = await world.pass([posts()]);
    expect(failed.undelivered).toEqual([
      expect.stringMatching(
        /^The alert posts-\w+-1-1 was not delivered: 127\.0\.0\.1:\d+ answered with status 503\.$/,
      ),
    ]);
    world.artifacts = [{ id: "p1", at: world.now }];
    expect(await world.pass([posts()])).toMatchObject({ complete: false, waiting: 1, undelivered: [] });
    const status1 = await sentinelStatus(world);
    expect(status1).toMatchObject({ isAlive: false, undelivered: 2, passes: [{ at: healthy }] });
    status.code = 200;
    world.wait(2 * MINUTE);
    expect(await world.pass([posts()])).toMatchObject({ complete: true, delivered: 2 });
    expect(server.got.map((alert) => alert.kind)).toEqual(["alert", "alert", "recovered"]);
    expect(server.got[0]?.id).toBe(server.got[1]?.id);
    expect(await sentinelStatus(world)).toMatchObject({ isAlive: true, undelivered: 0 });
  });
});

/** Sends alerts elsewhere with a status: to a page that answers 200 to a GET, as a login page does. */
async function redirecting(status: number) {
  const got: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      got.push(`${request.method} ${request.url} ${body === "" ? "empty" : "alert"}`);
      if (request.url === "/old") response.writeHead(status, { location: "/new?token=CANARY" }).end();
      else response.end("Please log in");
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const webhook = `http://127.0.0.1:${(server.address() as AddressInfo).port}/old`;
  return { got, webhook, [Symbol.dispose]: () => (server.closeAllConnections(), server.close()) };
}

describe("a webhook that has moved", () => {
  const alert = async (status: number) => {
    using world = new World();
    using server = await redirecting(status);
    const posts = () => world.sentinel({ grace: 0, alerts: [{ webhook: server.webhook }] });
    await world.pass([posts()]);
    world.wait(3 * DAY);
    return { pass: await world.pass([posts()]), got: server.got };
  };

  it.each([301, 302, 303])(
    "with %i has not accepted the alert, because a redirected GET would not carry it",
    async (status) => {
      const { pass, got } = await alert(status);
      expect(pass).toMatchObject({ complete: false, delivered: 0 });
      expect(pass.undelivered).toEqual([
        expect.stringMatching(
          new RegExp(
            `^The alert posts-\\w+-1-1 was not delivered: 127\\.0\\.0\\.1:\\d+ answered with a redirect \\(status ${status}\\), ` +
              "which hardcall does not follow with an alert; configure the address that it leads to\\.$",
          ),
        ),
      ]);
      expect(got).toEqual(["POST /old alert"]);
    },
  );

  it.each([307, 308])("with %i takes the alert where it is now", async (status) => {
    const { pass, got } = await alert(status);
    expect(pass).toMatchObject({ complete: true, delivered: 1 });
    expect(got).toEqual(["POST /old alert", "POST /new?token=CANARY alert"]);
  });
});

/** Takes alerts and does not answer, until it is let go. */
async function hangingReceiver() {
  const sockets = new Set<Socket>();
  const server = createServer(() => undefined).on("connection", (socket) => sockets.add(socket));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const letGo = () => (server.close(), sockets.forEach((socket) => socket.destroy()));
  const { port } = server.address() as AddressInfo;
  return { webhook: `http://127.0.0.1:${port}/`, letGo, [Symbol.dispose]: letGo };
}

describe("what hangs holds up no other:", () => {
  it("a webhook", async () => {
    using world = new World();
    using hanging = await hangingReceiver();
    const taken = Promise.withResolvers<void>();
    using healthy = await receiver({ code: 200 }, taken.resolve);
    const expecting = (name: string, { webhook }: { webhook: string }) =>
      world.sentinel({ name, grace: 0, alerts: [{ webhook }] });
    const all = [
      ...["a", "b", "c"].map((name) => expecting(name, hanging)),
      expecting("d", healthy),
      world.sentinel({ name: "e", grace: 0, alerts: [{ webhook: hanging.webhook }, healthy] }),
    ];
    await world.pass(all);
    world.wait(3 * DAY);
    const pass = world.pass(all);
    const startedAt = performance.now();
    await taken.promise;
    // Until here the first of the webhooks that hang was still waited for.
    expect(performance.now() - startedAt).toBeLessThan(25_000);
    hanging.letGo();
    expect(await pass).toMatchObject({ complete: false, delivered: 2 });
    expect((await pass).undelivered).toHaveLength(4);
  });

  it("a count", async () => {
    using world = new World();
    const taken = Promise.withResolvers<void>();
    using healthy = await receiver({ code: 200 }, taken.resolve);
    const hanging = (name: string) =>
      world.sentinel({ name, deadline: "10m", count: async () => (await taken.promise, []) });
    const last = world.sentinel({ name: "last", grace: 0, alerts: [healthy] });
    await world.pass([last]);
    world.wait(3 * DAY);
    const names = Array.from({ length: 10 }, (_, index) => `hangs-${index}`);
    const pass = await world.pass([...names.map(hanging), last]);
    expect(pass.sentinels.map(({ name }) => name)).toEqual([...names, "last"]);
    expect(pass).toMatchObject({ complete: true, delivered: 1 });
  });
});

describe.each(LEDGER_KINDS)("the heartbeat, the ledger in %s", (kind) => {
  it("is overdue after twice the interval, and without a ledger there is none", async () => {
    using world = await World.with(kind);
    await expect(sentinelStatus(world)).rejects.toMatchObject({ code: "invalid_config" });
    await world.check({ every: "1h" });
    world.wait(2 * HOUR);
    expect(await sentinelStatus(world)).toMatchObject({ isAlive: true });
    world.wait(1);
    expect(await sentinelStatus(world)).toMatchObject({ isAlive: false, passes: [{ isOverdue: true }] });
  });
});
