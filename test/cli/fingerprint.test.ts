import { mkdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { fixture, linesOf, tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall } from "../helpers/run.ts";

/** A keyed `hardcall run` of the same relative command, which leaves a mark in its folder. */
async function backup(ledger: string, cwd: string, flags: readonly string[] = [], env = {}) {
  const args = ["--timeout", "20s", "--key", "2026-11-21", "--ledger", ledger, "--allow-empty", ...flags];
  return await hardcall(["run", ...args, "--", fixture("leaves-a-mark.sh"), "mark"], { cwd, env });
}

function folders() {
  const folder = tempFolder();
  const pair = ["a", "b"].map((name) => path.join(folder, name)) as [string, string];
  for (const each of pair) mkdirSync(each);
  return pair;
}

const starts = (folder: string) => linesOf(path.join(folder, "mark")).length;

test("one key in two folders is a conflict: the second does not pass for the first", async () => {
  const ledger = ledgerPath();
  const [a, b] = folders();
  expect(await backup(ledger, a)).toMatchObject({ exitCode: 0 });
  const second = await backup(ledger, b);
  expect(second).toMatchObject({ exitCode: 73 });
  expect(second.stdout).toHaveLength(0);
  expect(second.stderr).toContain(
    "was given a key that was first used with a different input; these parts differ: folder (",
  );
  expect(await backup(ledger, a)).toMatchObject({ exitCode: 0 });
  expect([starts(a), starts(b)]).toEqual([1, 0]);
});

test("--fingerprint-cwd says what stands for a folder that is new at each deployment", async () => {
  const ledger = ledgerPath();
  const [a, b] = folders();
  const flags = ["--fingerprint-cwd", "/srv/app"];
  expect(await backup(ledger, a, flags)).toMatchObject({ exitCode: 0 });
  const second = await backup(ledger, b, flags);
  expect(second).toMatchObject({ exitCode: 0 });
  expect(second.stderr).toMatch(/^hardcall: leaves-a-mark-sh replayed from call /);
  expect([starts(a), starts(b)]).toEqual([1, 0]);
});

test("--fingerprint-env adds a variable to the input", async () => {
  const ledger = ledgerPath();
  const [a] = folders();
  const flags = ["--fingerprint-env", "REGION", "--fingerprint-env", "STAGE"];
  expect(await backup(ledger, a, flags, { REGION: "eu" })).toMatchObject({ exitCode: 0 });
  expect(await backup(ledger, a, flags, { REGION: "eu", OTHER: "1" })).toMatchObject({ exitCode: 0 });
  const second = await backup(ledger, a, flags, { REGION: "us" });
  expect(second).toMatchObject({ exitCode: 73 });
  expect(second.stderr).toContain("these parts differ: environment REGION.");
  expect(starts(a)).toBe(1);
});

test.each(["--fingerprint-cwd", "--fingerprint-env"])("%s without a key is refused", async (flag) => {
  const [a] = folders();
  const args = ["run", "--timeout", "20s", flag, "X", "--", fixture("leaves-a-mark.sh"), "mark"];
  const end = await hardcall(args, { cwd: a });
  expect(end).toMatchObject({ exitCode: 2 });
  expect(end.stderr).toContain(`${flag} needs --key`);
  expect(starts(a)).toBe(0);
});
