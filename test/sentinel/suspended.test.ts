import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, it, onTestFinished } from "vitest";
import { World } from "./world.ts";

const FIXTURE = path.join(import.meta.dirname, "fixtures/stops-in-a-check.ts");

it("a check that is suspended in the middle of a write in Postgres holds up no other, and starts its write over", async () => {
  using world = await World.with("Postgres");
  await world.check();
  const child = spawn(process.execPath, ["--no-warnings", FIXTURE, world.ledger], {
    env: { ...process.env, NODE_OPTIONS: "" },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said: string[] = [];
  const lines = createInterface(child.stdout).on("line", (line) => said.push(line));
  await once(lines, "line");
  expect(said).toEqual(["stopping"]);
  // It waits for the lock until the server has ended the transaction that stands still.
  expect(await world.check()).toMatchObject({ verdict: "ok" });
  const closed = once(child, "close");
  child.kill("SIGCONT");
  await closed;
  // It starts its write over, if its 10 s are not over; else it says so.
  const isOver = said.includes("ledger_unavailable unreachable");
  const names = (await world.rows("SELECT name FROM sentinels ORDER BY name")).map(({ name }) => name);
  expect(names).toEqual(isOver ? ["posts"] : ["posts", "suspended"]);
  expect(said).toHaveLength(isOver ? 2 : 1);
});
