import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { cmd, FAKE_BIN, hardcall, node, pathWith, run } from "./lib/command-line.ts";

describe("exit codes", () => {
  const claude = (mode: string) => ({
    env: { PATH: pathWith(FAKE_BIN), FAKE_CLAUDE_MODE: mode, FAKE_CLAUDE_MAX_LIFETIME_MS: "60000" },
  });
  const ASK = ["claude", "--timeout", "60s", "a prompt"];
  const cases: readonly (readonly [number, string, readonly string[], ReturnType<typeof claude>?])[] = [
    [0, "the command succeeded", run([], node("console.log(1)"))],
    [2, "no such option", ["run", "--nonsense"]],
    [2, "no limit", ["run", "--", "node"]],
    [65, "blank output", run([], node("console.log('\\r\\n \\r\\n')"))],
    [65, "no JSON", run(["--json"], cmd("echo {"))],
    [65, "too much output", run(["--max-output", "10"], cmd("echo more than ten bytes"))],
    [65, "no evidence", run(["--evidence-file", "not-there", "--evidence-within", "1ms"], cmd("echo 1"))],
    [69, "the command failed", run([], cmd("exit 3"))],
    [69, "it refused", run(["--rejected-exit-codes", "4"], cmd("exit 4"))],
    [69, "it refused by an exit code of Windows", run(["--rejected-exit-codes=-1,1618"], cmd("exit 1618"))],
    [2, "0 is no refusal", run(["--rejected-exit-codes", "0"], cmd("exit 0"))],
    [69, "the command crashed", run([], node("process.exit(0xC0000005)"))],
    [74, "the ledger is a folder", run(["--key", "k", "--ledger", "."], cmd("echo 1"))],
    [75, "claude met a rate limit", ASK, claude("rate-limit")],
    [77, "claude has no valid key", ASK, claude("auth")],
    [65, "claude said nothing", ASK, claude("empty")],
    [0, "claude answered", ASK, claude("ok")],
    [124, "the time is over", ["run", "--timeout", "500ms", "--", ...node("setInterval(() => {}, 1000)")]],
    [124, "no sign of life", run(["--idle-timeout", "500ms"], node("setInterval(() => {}, 1000)"))],
    [126, "a folder is no command", run([], ["C:\\Windows"])],
    [127, "there is no such command", run([], ["no-such-command"])],
  ];
  for (const [exitCode, what, args, how] of cases) {
    test(`${exitCode}: ${what} (${args[0]})`, async () => {
      const end = await hardcall(args, how);
      assert.equal(end.exitCode, exitCode, end.stderr);
      // stdout has the output only if the contract held.
      assert.equal(end.stdout !== "", exitCode === 0, end.stdout);
      assert.equal(end.stderr === "", exitCode === 0, end.stderr);
    });
  }
});
