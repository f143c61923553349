import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT, tempFolder, linesOf } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall, OPEN, run, startHardcall, type RunOptions } from "../helpers/run.ts";

const keyed = (ledger: string, stdin: RunOptions["stdin"], ...flags: string[]) =>
  hardcall(["run", "--timeout", "20s", "--key", "a", "--ledger", ledger, "--stdin", ...flags, "--", "cat"], {
    ...(stdin !== undefined && { stdin }),
  });

describe("--stdin with a key", () => {
  test("is part of the input: another one is a conflict, the same one is replayed", async () => {
    const ledger = ledgerPath();
    expect((await keyed(ledger, "one\n")).stdout.toString()).toBe("one\n");
    const other = await keyed(ledger, "two\n");
    expect(other).toMatchObject({ exitCode: 73 });
    expect(other.stdout).toHaveLength(0);
    expect(other.stderr).toContain("; these parts differ: stdin.");
    const again = await keyed(ledger, "one\n");
    expect(again.stdout.toString()).toBe("one\n");
    expect(again.stderr).toMatch(/^hardcall: cat replayed from call /);
  });

  test.each([
    ["bytes", Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256))],
    ["a text", "grüße"],
  ])("hands %s on whole", async (_title, stdin) => {
    const end = await keyed(ledgerPath(), stdin);
    expect(end.stdout.equals(Buffer.from(stdin))).toBe(true);
  });

  test("that is a file, or nothing", async () => {
    const file = path.join(tempFolder(), "input");
    writeFileSync(file, "from a file\n");
    const script = '"$NODE" "$CLI" run --timeout 20s --key a --stdin --allow-empty -- cat';
    const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts"), HARDCALL_LEDGER: ledgerPath() };
    const end = await run("bash", ["-c", `${script} <"$0"; ${script} </dev/null; echo $?`, file], { env });
    expect(end.stdout.toString()).toBe("from a file\n73\n");
  });

  test("larger than --max-input is refused before anything starts", async () => {
    const ledger = ledgerPath();
    const end = await keyed(ledger, "12345", "--max-input", "4");
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toContain(
      "stdin has more than 4 bytes, so it was not read to its end; raise --max-input",
    );
    expect(existsSync(ledger)).toBe(false);
    expect((await keyed(ledger, "1234", "--max-input", "4")).stdout.toString()).toBe("1234");
  });

  test("larger than 16 MiB is refused, also when it never ends", async () => {
    const script = `yes | "$NODE" "$CLI" run --timeout 60s --key a --stdin -- cat; echo $?`;
    const env = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts"), HARDCALL_LEDGER: ledgerPath() };
    const end = await run("bash", ["-c", script], { env });
    expect(end.stderr).toContain("stdin has more than 16777216 bytes");
    expect(end.stdout.toString()).toBe("2\n");
  });

  test("that does not end is not waited for beyond the timeout, and nothing starts", async () => {
    const mark = path.join(tempFolder(), "mark");
    const args = ["run", "--timeout", "500ms", "--key", "a", "--ledger", ledgerPath(), "--stdin"];
    const end = await hardcall([...args, "--", "sh", "-c", 'echo x >"$0"', mark], { stdin: OPEN });
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stderr).toContain("stdin did not end within the timeout; nothing was started");
    expect(existsSync(mark)).toBe(false);
  });

  test("that does not end does not keep a signal from ending it", async () => {
    const file = path.join(tempFolder(), "input");
    const args = ["run", "--timeout", "60s", "--key", "a", "--ledger", ledgerPath(), "--stdin"];
    const { child, finished } = startHardcall([...args, "--outcome-file", file, "--", "cat"], {
      stdin: OPEN,
    });
    // What is read is asked for: once the pipe is empty again, hardcall is waiting for its end.
    await new Promise<void>((resolve, reject) => {
      child.stdin?.write(Buffer.alloc(1_000_000), (error) => (error ? reject(error) : resolve()));
    });
    child.kill("SIGTERM");
    expect(await finished).toMatchObject({ exitCode: 143 });
  });

  test("a terminal is refused", async () => {
    const inner = `${process.execPath} ${path.join(ROOT, "src/cli.ts")} run --timeout 20s --key a --ledger ${ledgerPath()} --stdin -- cat`;
    const end = await run("script", ["-qec", inner, "/dev/null"], { stdin: OPEN });
    expect(end).toMatchObject({ exitCode: 2 });
    expect(end.stdout.toString()).toContain("stdin is a terminal");
  });
});

test("without a key it goes through as it comes, of any size", async () => {
  const { child, finished } = startHardcall(
    [
      "run",
      "--timeout",
      "20s",
      "--stdin",
      "--stderr",
      "live",
      "--",
      "sh",
      "-c",
      "read a; echo $a >&2; wc -c",
    ],
    {
      stdin: OPEN,
    },
  );
  child.stdin?.write("first\n");
  // Nothing starts before the end of a stdin that is read first.
  expect(String(((await once(child.stderr!, "data")) as [Buffer])[0])).toBe("first\n");
  child.stdin?.end(Buffer.alloc(17 * 1024 * 1024, "x"));
  expect(await finished).toMatchObject({ exitCode: 0 });
  expect((await finished).stdout.toString().trim()).toBe(`${17 * 1024 * 1024}`);
});

test("every attempt has the whole of it", async () => {
  const file = path.join(tempFolder(), "seen");
  const script = 'cat >>"$0"; [ "$(wc -l <"$0")" -ge 3 ] && echo done';
  const end = await hardcall(
    [
      "run",
      "--timeout",
      "30s",
      "--effects",
      "none",
      "--attempts",
      "3",
      "--stdin",
      "--",
      "sh",
      "-c",
      script,
      file,
    ],
    { stdin: "given\n" },
  );
  expect(end).toMatchObject({ exitCode: 0 });
  expect(linesOf(file)).toEqual(["given", "given", "given"]);
});

test("--max-input without --stdin is refused", async () => {
  const end = await hardcall(["run", "--timeout", "1s", "--max-input", "4", "--", "cat"]);
  expect(end).toMatchObject({ exitCode: 2 });
  expect(end.stderr).toContain("--max-input needs --stdin");
});

test("the prompt on stdin is read within the call's time, and no more of it than --max-input", async () => {
  const end = await hardcall(["claude", "--timeout", "20s", "--max-input", "4"], { stdin: "a long prompt" });
  expect(end).toMatchObject({ exitCode: 2 });
  expect(end.stderr).toContain("stdin has more than 4 bytes");
});
