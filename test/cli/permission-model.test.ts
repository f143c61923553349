import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { run } from "../helpers/run.ts";

const CLI = path.join(ROOT, "dist/cli.js");

/** A call with a key in a Node.js that may do only so much. */
async function keyed(ledger: string, key: string, rights: readonly string[]) {
  const node = [
    "--no-warnings",
    "--permission",
    "--allow-child-process",
    "--allow-fs-read=*",
    ...rights,
    CLI,
  ];
  const call = ["run", "--timeout", "20s", "--name", "hi", "--ledger", ledger, "--key", key];
  const { exitCode, stdout, stderr } = await run(process.execPath, [...node, ...call, "--", "echo", "hi"]);
  return { exitCode, stdout: stdout.toString(), stderr };
}

test.skipIf(!existsSync(CLI))("the first call of a ledger works with Node's permission model", async () => {
  const ledger = path.join(tempFolder(), "new/ledger.db");
  for (const key of ["first", "second"])
    expect(await keyed(ledger, key, ["--allow-fs-write=*"])).toEqual({
      exitCode: 0,
      stdout: "hi\n",
      stderr: "",
    });
  expect(statSync(ledger).mode & 0o777).toBe(0o600);
  expect(statSync(`${ledger}-created`).size).toBeGreaterThan(16);
});

test.skipIf(!existsSync(CLI))(
  "a ledger that the permission model closes says which rights it needs",
  async () => {
    const folder = tempFolder();
    const ledger = path.join(folder, "ledger.db");
    const { exitCode, stderr } = await keyed(ledger, "first", []);
    expect(exitCode).toBe(74);
    expect(stderr).toContain(`--allow-fs-write=${folder}`);
  },
);
