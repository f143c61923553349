import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test } from "node:test";
import {
  CLI,
  cmd,
  FAKE_BIN,
  tempFolder,
  hardcall,
  node,
  pathWith,
  run,
  runProgram,
  typed,
} from "./lib/command-line.ts";
import { notUnderWine } from "./lib/platform.ts";

describe("a key", () => {
  test("gives the output of the first run again; another input is a conflict, and an unknown end is in doubt", async () => {
    const ledger = path.join(tempFolder(), "ledger.db");
    const keyed = (key: string, command: readonly string[], ...options: string[]) =>
      hardcall(run(["--ledger", ledger, "--key", key, ...options], command));
    const first = await keyed("a", node("console.log(process.pid)"));
    assert.equal(first.exitCode, 0, first.stderr);
    const again = await keyed("a", node("console.log(process.pid)"));
    assert.equal(again.stdout, first.stdout);
    assert.match(again.stderr, /replayed from call/);
    assert.equal((await keyed("a", node("console.log(2)"))).exitCode, 73);

    const crash = cmd("exit 1");
    assert.equal((await keyed("b", crash)).exitCode, 69);
    assert.equal((await keyed("b", crash)).exitCode, 76);
    const listed = await hardcall(["ledger", "list", "--ledger", ledger]);
    assert.equal(listed.exitCode, 0, listed.stderr);
    assert.match(listed.stdout, /in_doubt/);
  });
});

describe("a script for the shell is run by cmd.exe", () => {
  // A program in a folder with a blank and an umlaut, which tells by its exit code whether the key is the one asked for.
  function looker(): string {
    const file = path.join(tempFolder(), "look up.js");
    writeFileSync(file, "process.exitCode = process.argv[2] === 'the-key' ? 0 : 1");
    return `"${process.execPath}" "${file}" %HARDCALL_KEY%`;
  }

  test("as --evidence-command", async () => {
    const look = looker();
    const withKey = (key: string) => {
      const options = ["--evidence-command", look, "--key", key];
      const ledger = ["--ledger", path.join(tempFolder(), "ledger.db")];
      return hardcall(run([...options, ...ledger], cmd("echo 1")));
    };
    const found = await withKey("the-key");
    assert.equal(found.exitCode, 0, found.stderr);
    assert.equal((await withKey("other")).exitCode, 65);
  });

  test("as --probe", async () => {
    const probe = [
      "--effects",
      "verifiable",
      "--effect-within",
      "none",
      "--probe",
      `${looker()} && exit 0 || exit 1`,
    ];
    const ledger = ["--ledger", path.join(tempFolder(), "ledger.db")];
    const crash = (key: string) => hardcall(run([...ledger, ...probe, "--key", key], cmd("exit 3")));
    assert.equal((await crash("other")).exitCode, 69);
    // After its first attempt the effect is there, so nothing starts again.
    await crash("the-key");
    const recovered = await crash("the-key");
    assert.equal(recovered.exitCode, 0, recovered.stderr);
    assert.match(recovered.stderr, /recovered from call/);
  });

  test("of one line: of two, cmd.exe would run the first", async () => {
    const options = ["--evidence-command", "exit 0\nexit 1", "--evidence-within", "1ms"];
    const end = await hardcall(run(options, cmd("echo 1")));
    assert.equal(end.exitCode, 65);
    assert.match(end.stderr, /cmd\.exe takes a script of one line/);
  });
});

describe("the other commands", () => {
  test("help, version, completion and the folder of the fakes", async () => {
    for (const args of [
      ["--version"],
      ["--help"],
      ["help", "exit-codes"],
      ["completion", "bash"],
      ["example"],
    ]) {
      const end = await hardcall(args);
      assert.equal(end.exitCode, 0, end.stderr);
      assert.notEqual(end.stdout, "");
    }
    const { stdout } = await hardcall(["fake-bin"]);
    assert.equal(stdout, `${FAKE_BIN}\n`);
  });

  test("an example is copied", async () => {
    const to = path.join(tempFolder(), "job");
    const end = await hardcall(["example", "merge-gate", to]);
    assert.equal(end.exitCode, 0, end.stderr);
    assert.ok(existsSync(path.join(to, "merge-gate/package.json")), end.stdout);
    assert.ok(end.stdout.includes(`cd "${path.join(to, "merge-gate")}"`), end.stdout);
  });

  test("the ledger is shown, resolved, pruned and reported", async () => {
    const at = tempFolder();
    const ledger = ["--ledger", path.join(at, "ledger.db")];
    await hardcall(run([...ledger, "--key", "k"], cmd("exit 1")));
    const { stdout } = await hardcall(["ledger", "list", ...ledger]);
    const [callId = "none listed"] = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(stdout) ?? [];
    for (const args of [
      ["ledger", "show", callId, ...ledger],
      ["ledger", "resolve", callId, "--as", "absent", "--by", "a test", "--why", "it looked", ...ledger],
      ["ledger", "prune", ...ledger],
      ["report", "--out", path.join(at, "report.html"), ...ledger],
    ]) {
      const end = await hardcall(args);
      assert.equal(end.exitCode, 0, `${args.join(" ")}: ${end.stderr}`);
    }
    assert.match(readFileSync(path.join(at, "report.html"), "utf8"), /<html/);
  });

  test("content is told from a duplicate", async () => {
    const at = tempFolder();
    const ledger = ["--ledger", path.join(at, "ledger.db"), "--scope", "s"];
    const how = { stdin: "a post" };
    assert.equal((await hardcall(["dedupe", "check", ...ledger], how)).exitCode, 0);
    assert.equal((await hardcall(["dedupe", "commit", ...ledger], how)).exitCode, 0);
    assert.equal((await hardcall(["dedupe", "check", ...ledger], how)).exitCode, 73);
  });

  test("doctor tells what holds here", async () => {
    const end = await hardcall(["doctor"], { env: { PATH: pathWith(FAKE_BIN) } });
    assert.match(end.stdout, /on win32 x64|on win32 arm64/);
    assert.match(end.stdout, /yes {2}claude can be started +2\.1\.329 \(Claude Code\) \[fake\]/);
  });
});

describe("npm's batch file", () => {
  const BIN = path.resolve(path.dirname(CLI), "../../.bin");
  const skip = notUnderWine(
    "npm's batch files end by a goto out of the batch, after which Wine's cmd.exe runs nothing",
  );

  test("hardcall.cmd hands on arguments, output and exit code", { skip }, async () => {
    const env = { PATH: pathWith(BIN) };
    const fine = await typed(`hardcall run --timeout 60s -- node -p "1 + 1"`, { env });
    assert.deepEqual(fine, { exitCode: 0, stdout: "2\n", stderr: "" });
    const failed = await typed(`hardcall run --timeout 60s -- node -e "process.exit(3)"`, { env });
    assert.equal(failed.exitCode, 69);
    const cwd = path.join(tempFolder(), "a & b");
    mkdirSync(cwd);
    assert.equal((await typed(`hardcall run --timeout 60s -- nosuch`, { env, cwd })).exitCode, 127);
  });

  test("hardcall.ps1 does so in PowerShell", { skip }, async () => {
    const script = `& '${path.join(BIN, "hardcall.ps1")}' run --timeout 60s -- node -e 'process.exit(3)'; exit $LASTEXITCODE`;
    const args = ["-NoProfile", "-ExecutionPolicy", "Bypass", "-Command", script];
    assert.equal((await runProgram("powershell.exe", args)).exitCode, 69);
  });
});
