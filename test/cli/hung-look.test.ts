import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tempFolder } from "../helpers/files.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");
const CLI = path.join(ROOT, "src/cli.ts");
const HUNG = path.join(ROOT, "test/fixtures/hung-file-system.py");

function canMount(): boolean {
  try {
    accessSync("/dev/fuse", constants.W_OK);
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
}

describe("a look for evidence that hangs does not hold the exit", () => {
  test("of a command that is deaf to SIGTERM", async () => {
    const startedAt = performance.now();
    const deaf = "trap '' TERM; while :; do sleep 1; done";
    const args = [CLI, "run", "--timeout", "2s", "--evidence-command", deaf, "--", "echo", "hi"];
    const error: unknown = await promisify(execFile)(process.execPath, args, { timeout: 30_000 }).catch(
      (failed: unknown) => failed,
    );
    expect(error).toMatchObject({ code: 65 });
    expect(performance.now() - startedAt).toBeLessThan(6000);
  });

  // Mounting needs root and /dev/fuse.
  test.skipIf(!canMount())("of a file on a file system that does not answer", async () => {
    const folder = tempFolder();
    const command = [process.execPath, CLI, "run", "--timeout", "2s"];
    const evidence = ["--evidence-file", path.join(folder, "file"), "--", "echo", "hi"];
    const { stdout } = await promisify(execFile)(
      "unshare",
      ["--mount", "python3", HUNG, folder, ...command, ...evidence],
      { timeout: 60_000 },
    );
    const [code, seconds] = stdout.trim().split(" ");
    expect(code).toBe("65");
    expect(Number(seconds)).toBeLessThan(8);
  });
});
