import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { ledgerPath } from "../helpers/ledger.ts";
import { hardcall, run } from "../helpers/run.ts";

/** Runs `hardcall` from a shell, which can give it what Node.js cannot. */
function shell(script: string, env: NodeJS.ProcessEnv = {}) {
  const own = { NODE: process.execPath, CLI: path.join(ROOT, "src/cli.ts"), HARDCALL_LEDGER: ledgerPath() };
  return run("bash", ["-c", script.replaceAll("hardcall ", '"$NODE" "$CLI" ')], { env: { ...own, ...env } });
}

describe("an argument that is not UTF-8", () => {
  test("is refused, as two keys would be one, and nothing starts", async () => {
    const end = await shell(`hardcall run --timeout 20s --key $'a\\xff' -- echo hi; echo $?`);
    expect(end.stdout.toString()).toBe("2\n");
    expect(end.stderr).toContain("hardcall: argument 4 is not UTF-8, and Node.js cannot hand its bytes on");
  });

  test("is refused as an argument of the command, which would see another one", async () => {
    const end = await shell(`hardcall run --timeout 20s -- printf %s $'caf\\xe9'; echo $?`);
    expect(end.stdout.toString()).toBe("2\n");
  });

  test.runIf(process.platform === "linux")("is not one that holds U+FFFD itself", async () => {
    expect(await hardcall(["run", "--timeout", "20s", "--", "printf", "\uFFFD"])).toMatchObject({
      exitCode: 0,
      stdout: Buffer.from("\uFFFD"),
    });
  });
});

test("a prompt on stdin that is not UTF-8 is refused, and claude is not started", async () => {
  const log = path.join(tempFolder(), "log");
  const env = { PATH: `${path.join(ROOT, "fake-bin")}:${process.env["PATH"]}`, FAKE_CLAUDE_MODE: "ok" };
  const script = `printf 'caf\\xe9' | hardcall claude --timeout 20s; echo $?`;
  const end = await shell(script, { ...env, FAKE_CLAUDE_LOG: log });
  expect(end.stdout.toString()).toBe("2\n");
  expect(end.stderr).toContain("stdin is not UTF-8, so the prompt cannot be handed on as it is");
  expect(() => readFileSync(log)).toThrow("ENOENT");
});

test.each(["\\xff\\xfeh\\x00i\\x00", "\\xfe\\xff\\x00h\\x00i"])(
  "a prompt in UTF-16, as Windows PowerShell writes files, is refused with what to do",
  async (bytes) => {
    const end = await shell(`printf '${bytes}' | hardcall claude --timeout 20s; echo $?`, {});
    expect(end.stdout.toString()).toBe("2\n");
    expect(end.stderr).toContain(
      "stdin is UTF-16, as > and Out-File of Windows PowerShell write files; write it with Out-File -Encoding utf8",
    );
  },
);

describe("a stdin that cannot be read is not an empty one", () => {
  test.each([
    ["run with a key", "hardcall run --timeout 20s --key a --stdin --allow-empty -- cat"],
    ["claude", "hardcall claude --timeout 20s"],
    ["dedupe check", "hardcall dedupe check --scope s"],
  ])("%s", async (_title, command) => {
    const end = await shell(`${command} </; echo $?`);
    expect(end.stdout.toString()).toBe("2\n");
    expect(end.stderr).toContain("stdin could not be read (EISDIR, it is a folder)");
  });
});
