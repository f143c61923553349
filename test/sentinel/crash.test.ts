import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { FaultPoint } from "../../src/core/fault-points.ts";
import { sentinelStatus, type Alert } from "../../src/sentinel/index.ts";
import { LEDGER_KINDS } from "../helpers/ledger.ts";
import { DAY, HOUR, START, World } from "./world.ts";

const FIXTURE = fileURLToPath(new URL("fixtures/check-process.ts", import.meta.url));
const POINTS: readonly FaultPoint[] = [
  "beforeVerdict",
  "afterVerdict",
  "beforeDelivery",
  "afterDelivery",
  "afterDelivered",
];

function check(world: World, now: number, options: { dieAt?: FaultPoint; found?: string } = {}) {
  const argv = [
    FIXTURE,
    world.ledger,
    String(now),
    path.join(world.folder, "inbox.jsonl"),
    ...(options.found ? [options.found] : []),
  ];
  return spawnSync(process.execPath, ["--no-warnings", ...argv], {
    env: { ...process.env, NODE_OPTIONS: "", HARDCALL_TEST_FAULT_POINT: options.dieAt ?? "" },
    encoding: "utf8",
    timeout: 30_000,
  });
}

function inbox(world: World): Alert[] {
  const file = path.join(world.folder, "inbox.jsonl");
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Alert);
}

/** What a receiver shows that has seen an id before and shows it no more. */
const shown = (alerts: readonly Alert[]) => [
  ...new Map(alerts.map((alert) => [alert.id, alert.kind])).values(),
];

describe.each(LEDGER_KINDS)("a check that is killed, the ledger in %s", (kind) => {
  it.each(POINTS)("%s: the alert is delivered all the same, and shown once", async (dieAt) => {
    using world = await World.with(kind);
    expect(check(world, START).status).toBe(0);
    expect(check(world, START + 2 * DAY, { dieAt }).signal).toBe("SIGKILL");
    expect(check(world, START + 2 * DAY + HOUR).status).toBe(0);
    check(world, START + 2 * DAY + 2 * HOUR);
    expect(shown(inbox(world))).toEqual(["alert"]);
    expect(inbox(world).length).toBe(dieAt === "afterDelivery" ? 2 : 1);
  });

  it.each(POINTS)("%s: so is the all-clear", async (dieAt) => {
    using world = await World.with(kind);
    check(world, START);
    check(world, START + 2 * DAY);
    const found = "a post";
    expect(check(world, START + 2 * DAY + HOUR, { dieAt, found }).signal).toBe("SIGKILL");
    check(world, START + 2 * DAY + 2 * HOUR, { found });
    check(world, START + 2 * DAY + 3 * HOUR, { found });
    expect(shown(inbox(world))).toEqual(["alert", "recovered"]);
  });

  it("has written no heartbeat", async () => {
    using world = await World.with(kind);
    check(world, START);
    for (const dieAt of POINTS) check(world, START + 2 * DAY, { dieAt });
    expect((await sentinelStatus(world)).passes).toMatchObject([{ at: START }]);
    check(world, START + 2 * DAY + HOUR);
    expect((await sentinelStatus(world)).passes).toMatchObject([{ at: START + 2 * DAY + HOUR }]);
  });
});

it.each(LEDGER_KINDS)(
  "three checks at one moment give one alert, delivered once, the ledger in %s",
  async (kind) => {
    using world = await World.with(kind);
    check(world, START);
    const argv = [
      "--no-warnings",
      FIXTURE,
      world.ledger,
      String(START + 2 * DAY),
      path.join(world.folder, "inbox.jsonl"),
    ];
    const env = { ...process.env, NODE_OPTIONS: "" };
    const three = [1, 2, 3].map(() =>
      spawn(process.execPath, argv, { env, stdio: "ignore", timeout: 30_000 }),
    );
    const exits = await Promise.all(three.map((child) => once(child, "exit")));
    expect(exits.map(([code]) => code as unknown)).toEqual([0, 0, 0]);
    expect(inbox(world).map((alert) => alert.kind)).toEqual(["alert"]);
  },
);
