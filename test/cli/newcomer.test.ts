import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { isRecentEnough } from "../../src/core/node-version.ts";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { hardcall, run } from "../helpers/run.ts";

/** Node.js that says it is an older one. */
const OLD_NODE = `data:text/javascript,Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } })`;

describe("a Node.js that is too old", () => {
  test.each([
    ["20.20.2", false],
    ["22.17.9", false],
    ["22.18.0", true],
    ["23.0.0", true],
    ["24.21.0", true],
  ])("%s: %s", (version, is) => {
    expect(isRecentEnough({ node: version })).toBe(is);
  });

  test("is told before anything starts", async () => {
    const mark = path.join(tempFolder(), "mark");
    const cli = path.join(ROOT, "src/cli.ts");
    const args = ["run", "--timeout", "20s", "--", "sh", "-c", 'echo x >"$0"', mark];
    const end = await run(process.execPath, ["--import", OLD_NODE, cli, ...args]);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toBe(
      `hardcall: hardcall needs Node 22.18 or later, and this is 20.20.2 (${process.execPath}). Nothing was started. Install a newer Node.js, or put it first on PATH.\n`,
    );
    expect(existsSync(mark)).toBe(false);
  });
});

test.each([["doctor"], ["fake-bin"]])("%s refuses what it does not use", async (name) => {
  expect(await hardcall([name, "--verbose"])).toMatchObject({
    exitCode: 2,
    stderr: `hardcall: --verbose is not an option of hardcall ${name}\nTry: hardcall ${name} --help\n`,
  });
});

test("doctor tells of the machine, not of the variables that tune calls", async () => {
  const env = { HARDCALL_LOG_LEVEL: "loud", HARDCALL_DOCTOR_TIMEOUT: "1ms" };
  const [plain, tuned] = await Promise.all([hardcall(["doctor"]), hardcall(["doctor"], { env })]);
  const verdicts = (end: typeof plain) => end.stdout.toString().match(/^(yes|NO ) .*?(?= {2})/gm);
  expect(verdicts(tuned)).toEqual(verdicts(plain));
});

describe("of a call that is refused", () => {
  test.each([
    ["a timeout of 0", ["--timeout", "0"]],
    ["a schema that is not there", ["--timeout", "1s", "--schema", "/nowhere.json"]],
    ["no command", ["--timeout", "1s"]],
  ])("%s, there is no outcome, nor that of an earlier call", async (title, flags) => {
    const file = path.join(tempFolder(), "outcome.json");
    writeFileSync(file, '{"ok":true}');
    const command = title === "no command" ? [] : ["--", "echo", "hi"];
    const end = await hardcall(["run", "--outcome-file", file, ...flags, ...command]);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(existsSync(file)).toBe(false);
  });
});

describe("a value that a variable did not give", () => {
  test.each([
    ["run", "--ledger"],
    ["run", "--outcome-file"],
    ["claude", "--model"],
    ["claude", "--resume"],
    ["claude", "--permission-mode"],
  ])("is refused: %s %s", async (name, flag) => {
    const end = await hardcall([name, "--timeout", "20s", "--key", "a", flag, "", "--", "echo"]);
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toContain("is blank");
  });
});

test("a report that cannot be written is no matter of usage", async () => {
  const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts"), LEDGER: "l.db" };
  const script = `"$NODE" "$CLI" run --timeout 20s --key a --ledger l.db -- echo hi
    "$NODE" "$CLI" report --ledger l.db --out /dev/full; echo $?
    "$NODE" "$CLI" report --ledger l.db --out /dev/stdout | head -c 1 >/dev/null; echo \${PIPESTATUS[0]}`;
  const end = await run("bash", ["-c", script], { env, cwd: tempFolder() });
  expect(end.stdout.toString()).toBe("hi\n74\n0\n");
  expect(end.stderr).toBe(
    "hardcall: The report could not be written to --out: ENOSPC: no space left on device, write\n",
  );
});

test("a working folder that is gone is told before anything starts", async () => {
  const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts") };
  const script = `mkdir gone; cd gone; rmdir ../gone; "$NODE" "$CLI" run --timeout 20s -- echo hi; echo $?`;
  const end = await run("bash", ["-c", script], { env, cwd: tempFolder() });
  expect(end.stdout.toString()).toBe("2\n");
  expect(end.stderr).toContain("the working folder has been deleted");
});
