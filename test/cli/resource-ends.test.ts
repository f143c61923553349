import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { placesAndLine } from "../helpers/elsewhere.ts";
import { linesIn, tempFolder } from "../helpers/files.ts";
import { LEDGER_KINDS, newLedger, type LedgerKind } from "../helpers/ledger.ts";
import * as cli from "../helpers/run.ts";

/** A folder whose calls share one resource, in which commands run. */
async function place(kind: LedgerKind, resource: object) {
  const folder = tempFolder();
  writeFileSync(
    path.join(folder, "hardcall.resources.json"),
    JSON.stringify({ resources: { blog: resource } }),
  );
  const ledger = await newLedger(kind);
  const options = { cwd: folder, env: { HARDCALL_LEDGER: ledger } };
  const run = ["run", "--timeout", "60s", "--resource", "blog"];
  return {
    file: (name: string) => path.join(folder, name),
    start: (...args: readonly string[]) => cli.startHardcall([...run, ...args], options),
    elsewhere: () => placesAndLine(ledger, "blog"),
  };
}

/** Holds its place until it is stopped. */
const HOLD = ["sh", "-c", "echo $$ >> started; exec sleep 60"];
const FREE = { places: 0, waiting: 0 };

describe.each(LEDGER_KINDS)(
  "hardcall run --resource, with the ledger in %s, leaves no place and no line",
  (kind) => {
    it("at its own end, after a success and a failure", async () => {
      const { start, elsewhere } = await place(kind, { concurrency: 1 });
      expect(await start("--", "echo", "done").finished).toMatchObject({ exitCode: 0 });
      expect(await elsewhere()).toEqual(FREE);
      expect(await start("--", "false").finished).toMatchObject({ exitCode: 69 });
      expect(await elsewhere()).toEqual(FREE);
    });

    it.each(["SIGTERM", "SIGINT"] as const)("at %s while it runs", async (signal) => {
      const { start, elsewhere, file } = await place(kind, { concurrency: 1 });
      const { child, finished } = start("--", ...HOLD);
      await linesIn(file("started"), 1);
      expect(await elsewhere()).toEqual({ places: 1, waiting: 0 });
      child.kill(signal);
      expect(await finished).toMatchObject({ exitCode: signal === "SIGINT" ? 130 : 143 });
      expect(await elsewhere()).toEqual(FREE);
    });

    it("at SIGTERM while it waits", async () => {
      const { start, elsewhere, file } = await place(kind, { concurrency: 1 });
      const first = start("--", ...HOLD);
      await linesIn(file("started"), 1);
      const second = start("--", "touch", "ran");
      await expect.poll(elsewhere, { timeout: 20_000 }).toEqual({ places: 1, waiting: 1 });
      second.child.kill("SIGTERM");
      expect(await second.finished).toMatchObject({ exitCode: 143 });
      expect(await elsewhere()).toEqual({ places: 1, waiting: 0 });
      first.child.kill("SIGTERM");
      await first.finished;
      expect(await elsewhere()).toEqual(FREE);
      expect(existsSync(file("ran"))).toBe(false);
    });

    it("at SIGTERM between two attempts, and the key is free", async () => {
      const { start, elsewhere, file } = await place(kind, { concurrency: 1 });
      const keyed = ["--key", "post", "--name", "post", "--effects", "none"];
      const { child, finished } = start(
        ...keyed,
        "--attempts",
        "100",
        "--",
        "sh",
        "-c",
        "echo $$ >> started; exit 1",
      );
      // The waits double: the fourth is long beside an attempt.
      await linesIn(file("started"), 4);
      child.kill("SIGTERM");
      expect(await finished).toMatchObject({ exitCode: 143 });
      expect(await elsewhere()).toEqual(FREE);
      expect(await start(...keyed, "--", "echo", "again").finished).toMatchObject({ exitCode: 0 });
      expect(await elsewhere()).toEqual(FREE);
    });
  },
);
