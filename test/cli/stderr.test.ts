import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { fixture, tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall, OPEN, startHardcall } from "../helpers/run.ts";

const sh = (script: string, ...args: string[]) => ["--timeout", "20s", "--", "sh", "-c", script, ...args];
const tailOf = (stderr: string) => stderr.split("\n").slice(1).join("\n");

describe("the child's stderr, where there is no terminal", () => {
  test("is shown after a failure, below its reason", async () => {
    const end = await hardcall(["run", ...sh("echo first >&2; echo second >&2; exit 3")]);
    expect(end.stderr).toMatch(/^hardcall: The call "sh" exited with code 3 .*\n {4}first\n {4}second\n$/);
    expect(end.exitCode).toBe(69);
  });

  test("is not shown after a success", async () => {
    const end = await hardcall(["run", ...sh("echo warning >&2; echo done")]);
    expect(end).toMatchObject({ exitCode: 0, stderr: "" });
    expect(end.stdout.toString()).toBe("done\n");
  });

  test("is its last 20 lines", async () => {
    const end = await hardcall(["run", ...sh("seq 30 >&2; exit 3")]);
    const lines = Array.from({ length: 20 }, (_, index) => `    ${index + 11}\n`);
    expect(tailOf(end.stderr)).toBe(`    (the last 20 lines of its stderr)\n${lines.join("")}`);
  });

  test("does nothing to the terminal that shows it", async () => {
    const script = String.raw`printf '\033[31mred\033[0m \033]0;title\007\001\302\233 \342\200\256tfel\r\n10%%\r20%%\r\n\n' >&2; exit 3`;
    const end = await hardcall(["run", ...sh(script)]);
    expect(tailOf(end.stderr)).toBe("    red \\x01\\x9b \\u202etfel\n    20%\n");
  });

  test("has room in place of a tab", async () => {
    const end = await hardcall(["run", ...sh(String.raw`printf 'refused\n\tIs it running?\n' >&2; exit 3`)]);
    expect(tailOf(end.stderr)).toBe("    refused\n        Is it running?\n");
  });

  test("has no line of any length", async () => {
    const end = await hardcall(["run", ...sh("head -c 50000 /dev/zero | tr '\\0' x >&2; exit 3")]);
    expect(tailOf(end.stderr)).toBe(`    ${"x".repeat(400)}… (49600 more characters)\n`);
  });

  test("has no line that is cut within a character", async () => {
    const script = `printf '%0399d' 0 >&2; for i in 1 2 3; do printf '\\360\\237\\230\\200' >&2; done; exit 3`;
    const end = await hardcall(["run", ...sh(script)]);
    expect(tailOf(end.stderr)).toBe(`    ${"0".repeat(399)}… (6 more characters)\n`);
  });

  test("is not announced when it is blank", async () => {
    const end = await hardcall(["run", ...sh(String.raw`printf '\n \033[0m\n' >&2; exit 3`)]);
    expect(end.stderr).toMatch(/^hardcall: .* and 7 on stderr\. .*\n$/);
    expect(end.stderr).not.toContain("below");
  });

  test("is that of the last attempt", async () => {
    const count = path.join(tempFolder(), "count");
    const script = 'echo >>"$0"; echo "attempt $(wc -l <"$0")" >&2; exit 3';
    const end = await hardcall(["run", "--effects", "none", "--attempts", "2", ...sh(script, count)]);
    expect(tailOf(end.stderr)).toBe("    attempt 2\n");
  });

  test("is not shown with --stderr off", async () => {
    const end = await hardcall(["run", "--stderr", "off", ...sh("echo why >&2; exit 3")]);
    expect(tailOf(end.stderr)).toBe("");
  });

  test("comes at once with --stderr live, and is not shown again", async () => {
    const { child, finished } = startHardcall(
      ["run", "--stdin", "--stderr", "live", ...sh("echo why >&2; read go; exit 3")],
      {
        stdin: OPEN,
      },
    );
    const [first] = (await once(child.stderr!, "data")) as [Buffer];
    expect(first.toString()).toBe("why\n");
    child.stdin?.end("go\n");
    const end = await finished;
    expect(end.stderr).toMatch(/^why\nhardcall: The call "sh" exited with code 3 .*\n$/);
    expect(end.exitCode).toBe(69);
  });

  test("is neither in the message, nor in the log, nor in the list of attempts", async () => {
    const file = path.join(tempFolder(), "outcome.json");
    const args = [
      "run",
      "--log-level",
      "info",
      "--key",
      "a",
      "--ledger",
      ledgerPath(),
      "--outcome-file",
      file,
    ];
    const end = await hardcall([...args, ...sh("echo a-secret >&2; exit 3")]);
    const { stderrTail, ...outcome } = JSON.parse(readFileSync(file, "utf8"));
    expect(stderrTail).toBe("a-secret\n");
    expect(JSON.stringify(outcome)).not.toContain("a-secret");
    expect(end.stderr.split("\n").filter((line) => line.includes("a-secret"))).toEqual(["    a-secret"]);
  });

  test("is claude's as well", async () => {
    const args = ["claude", "--timeout", "20s", "--claude-bin", fixture("floods-stderr.sh"), "hi"];
    const end = await hardcall(args, { env: { PIDS: "/dev/null" } });
    expect(end.exitCode).toBe(65);
    expect(tailOf(end.stderr)).toMatch(/ {4}flood\n {4}the last word\n$/);
  });
});

test("--stderr refuses another word", async () => {
  const end = await hardcall(["run", "--stderr", "all", ...sh("true")]);
  expect(end).toMatchObject({ exitCode: 2 });
  expect(end.stderr).toContain('--stderr is "all"; give one of live, tail, off');
});
