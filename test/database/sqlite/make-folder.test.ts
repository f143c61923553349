import { lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { makeFolder } from "../../../src/database/sqlite/make-folder.ts";
import { fixture, tempFolder } from "../../helpers/files.ts";
import { hardcall, run } from "../../helpers/run.ts";

/** A folder that can never be made: mkdir says ENOENT, although everything above it exists. */
function below(kind: "proc" | "a dangling link"): string {
  if (kind === "proc") return "/proc/nope";
  const link = path.join(tempFolder(), "link");
  symlinkSync("/nowhere/at/all", link);
  return path.join(link, "nope");
}

describe.runIf(process.platform === "linux").each(["proc", "a dangling link"] as const)(
  "a folder below %s",
  (kind) => {
    it("is an error at once", () => {
      expect(() => makeFolder(below(kind))).toThrow(/ENOENT|EEXIST/);
    });

    it("as the ledger's: the call starts nothing and ends", async () => {
      const mark = path.join(tempFolder(), "mark");
      const ledger = path.join(below(kind), "x.db");
      const command = ["--", fixture("leaves-a-mark.sh"), mark];
      const ended = await hardcall(["run", "--timeout", "2s", "--key", "a", "--ledger", ledger, ...command]);
      expect(ended).toMatchObject({
        exitCode: 74,
        stderr: expect.stringContaining("cannot be opened") as string,
      });
      expect(statSync(mark, { throwIfNoEntry: false })).toBeUndefined();
    }, 20_000);

    it("as the fake claude's: it is misused", async () => {
      const env = { FAKE_CLAUDE_MODE: "ok", FAKE_CLAUDE_STATE_DIR: below(kind) };
      const ended = await run(process.execPath, ["fake-bin/claude", "-p", "hello"], { env });
      expect(ended).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining("FAKE_CLAUDE_STATE_DIR cannot be used") as string,
      });
    }, 20_000);
  },
);

it("makes what is missing with the mode, and leaves what is there", () => {
  const folder = tempFolder();
  const deep = path.join(folder, "a/b/c");
  mkdirSync(path.join(folder, "a"), { mode: 0o755 });
  makeFolder(deep, 0o700);
  makeFolder(deep, 0o700);
  const modes = ["a", "a/b", "a/b/c"].map((part) => statSync(path.join(folder, part)).mode & 0o777);
  expect(modes).toEqual([0o755, 0o700, 0o700]);
});

it("goes through links to folders, and refuses a file", () => {
  const folder = tempFolder();
  symlinkSync(folder, path.join(folder, "self"));
  makeFolder(path.join(folder, "self/new"));
  expect(lstatSync(path.join(folder, "new")).isDirectory()).toBe(true);
  writeFileSync(path.join(folder, "file"), "");
  expect(() => makeFolder(path.join(folder, "file"))).toThrow("EEXIST");
  expect(() => makeFolder(path.join(folder, "file/below"))).toThrow(/ENOTDIR|EEXIST/);
});
