import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall } from "../helpers/run.ts";

const MARKED = { type: "assistant", error: "billing_error", message: { content: [] } };
const resultOf = (result: string) => ({ type: "result", subtype: "success", is_error: true, result });

/** A claude that prints these events and ends with exit code 1. */
function claudeThatPrints(...events: readonly object[]): string {
  const folder = tempFolder();
  writeFileSync(path.join(folder, "events"), events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  const bin = path.join(folder, "claude");
  writeFileSync(bin, `#!/bin/sh\ncat '${folder}/events'\nexit 1\n`, { mode: 0o755 });
  return bin;
}

const ask = (bin: string, ...flags: string[]) =>
  hardcall(["claude", "--timeout", "20s", "--claude-bin", bin, ...flags, "hi"]);

test("an error that claude marks as its own is shown below the reason, and is nowhere else", async () => {
  const outcome = path.join(tempFolder(), "outcome.json");
  const ledger = ledgerPath();
  const bin = claudeThatPrints(MARKED, resultOf("Credit balance is too low"));
  const end = await ask(
    bin,
    "--log-level",
    "info",
    "--key",
    "a",
    "--ledger",
    ledger,
    "--outcome-file",
    outcome,
  );
  expect(end.exitCode).toBe(77);
  const shown = end.stderr.split("\n").filter((line) => line.includes("Credit balance"));
  expect(shown).toEqual(["    claude says: Credit balance is too low"]);
  const { stdoutTail, ...rest } = JSON.parse(readFileSync(outcome, "utf8")) as Record<string, unknown>;
  expect(stdoutTail).toContain("Credit balance");
  expect(JSON.stringify(rest)).not.toContain("Credit balance");
  expect(readFileSync(ledger).includes("billing")).toBe(true);
  expect(readFileSync(ledger).includes("Credit balance")).toBe(false);
});

test("a text that is not marked may be an answer, and is not shown", async () => {
  const end = await ask(claudeThatPrints(resultOf("The secret of the prompt")));
  expect(end.exitCode).toBe(69);
  expect(end.stderr).not.toContain("secret");
});

test("it is at most 200 characters, and does nothing to the terminal that shows it", async () => {
  const end = await ask(claudeThatPrints(MARKED, resultOf(`\u001B[31m\n${"x".repeat(300)}`)));
  expect(end.stderr).toMatch(/^ {4}claude says: \\x1b\[31m\\nx+…$/m);
  expect(/claude says: (.*)…/.exec(end.stderr)?.[1]).toHaveLength(200);
});

test("it is not cut within a character", async () => {
  const end = await ask(claudeThatPrints(MARKED, resultOf(`${"x".repeat(199)}${"😀".repeat(9)}`)));
  expect(end.stderr).toMatch(/^ {4}claude says: x{199}…$/m);
});
