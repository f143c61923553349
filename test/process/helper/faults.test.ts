import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { countWaits } from "../../helpers/machine.ts";
import { appears, isAlive, killAll, survivorsAfter } from "../../helpers/processes.ts";
import { helpersOf, startLoop, upTo, type Loop, type LoopEnd } from "./loop.ts";

const LANES = 4;

const failures = (ends: readonly LoopEnd[]) => ends.filter(({ code }) => code !== undefined);

/** A host with calls under way, and the helper that started them. */
async function begin(kind: "brief" | "lasting", timeout?: string): Promise<{ host: Loop; helper: number }> {
  const host = startLoop("on", { lanes: LANES, kind, ...(timeout !== undefined && { timeout }) });
  await host.started(LANES);
  const [helper] = await appears(() => helpersOf(host));
  return { host, helper: helper! };
}

test("a helper that is killed again and again: each call ends well or says that its effect is unknown, and none starts twice", async () => {
  const { host } = await begin("brief");
  for (let kills = 1; kills <= 3; kills++) {
    // After one that was killed the host starts processes itself for a while; then another takes its place.
    const [helper] = await appears(() => helpersOf(host));
    await upTo(300);
    killAll([helper!]);
    expect(await survivorsAfter(1000, [helper!])).toEqual([]);
  }
  const ends = await host.ends();
  // Of each kill at most the calls that were under way.
  expect(failures(ends).length).toBeLessThanOrEqual(3 * LANES);
  expect(failures(ends).filter(({ effect }) => effect !== "unknown" && effect !== "not_started")).toEqual([]);
  expect(ends.length).toBeGreaterThan(50);
  expect(await host.leaves(2000)).toEqual([]);
});

test("a helper that is killed while processes run: all of them end, their calls fail, and the next ones work", async () => {
  const { host, helper } = await begin("lasting", "40s");
  killAll([helper]);
  await host.started(2 * LANES);
  const lives = host.living();
  expect(lives.filter((number) => number < LANES)).toEqual([]);
  host.kill("SIGKILL");
  expect(await host.leaves(2000)).toEqual([]);
});

test("a helper that is stopped for a moment, again and again, fails no call", async () => {
  const { host, helper } = await begin("brief");
  for (let stops = 1; stops <= 10; stops++) {
    process.kill(helper, "SIGSTOP");
    await upTo(40);
    process.kill(helper, "SIGCONT");
    await host.started(10 * stops);
  }
  expect(failures(await host.ends())).toEqual([]);
});

test("a helper that is stopped for good: calls go on without it, and nothing starts twice, even if it wakes", async () => {
  const { host, helper } = await begin("brief", "4s");
  process.kill(helper, "SIGSTOP");
  await host.started(20 * LANES);
  if (isAlive(helper)) process.kill(helper, "SIGCONT");
  await host.started(30 * LANES);
  const ends = await host.ends();
  // Those that it had started, or may have started.
  expect(failures(ends).length).toBeLessThanOrEqual(LANES);
  expect(ends.length).toBeGreaterThan(30 * LANES - 1);
  expect(await host.leaves(2000)).toEqual([]);
});

test("a helper that is stopped makes no timeout late", async () => {
  const waited = countWaits();
  const { host, helper } = await begin("lasting", "1s");
  process.kill(helper, "SIGSTOP");
  await host.started(3 * LANES);
  const ends = await host.ends();
  expect(new Set(ends.map(({ code }) => code))).toEqual(new Set(["timeout"]));
  // timeout + killGrace + drain grace + 100 ms.
  for (const { durationMs } of ends) expect(durationMs).toBeLessThan(1000 + 300 + 250 + 100 + waited());
  expect(await host.leaves(2000)).toEqual([]);
});

test("a host that is killed while its helper is stopped leaves nothing, the helper included", async () => {
  const { host, helper } = await begin("lasting");
  process.kill(helper, "SIGSTOP");
  await upTo(300);
  host.kill("SIGKILL");
  expect(await host.leaves(2000)).toEqual([]);
});

test.each(["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2"] as const)(
  "%s to the helper, as to every process of a service, fails no call",
  async (signal) => {
    const { host, helper } = await begin("brief");
    process.kill(helper, signal);
    await host.started(4 * LANES);
    expect(failures(await host.ends())).toEqual([]);
  },
);

test.each(["--nofile=24", "--nofile=12"])(
  "a helper that may have less than its host (%s) costs no call",
  async (limit) => {
    const { host, helper } = await begin("brief");
    execFileSync("prlimit", ["--pid", String(helper), limit], { timeout: 20_000 });
    await host.started(10 * LANES);
    expect(failures(await host.ends())).toEqual([]);
  },
);
