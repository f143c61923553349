import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { ROOT, tempFolder } from "../helpers/files.ts";
import { hardcall, run } from "../helpers/run.ts";
import { asUser, canBeAnotherUser } from "../helpers/users.ts";

/** The lines of `hardcall doctor`, by what they are about, and its exit code. */
async function doctor(env: Readonly<Record<string, string | undefined>>) {
  const { stdout, stderr, exitCode } = await hardcall(["doctor"], { env });
  expect(stderr).toBe("");
  const lines = stdout.toString().matchAll(/^(yes|NO ) {2}(\S.*?) {2,}(.*)$/gm);
  const found = new Map([...lines].map(([, verdict, what, text]) => [what, `${verdict!.trim()}: ${text}`]));
  return { found, exitCode, stdout: stdout.toString() };
}

describe.each(["claude", "codex", "gemini"])("%s", (agent) => {
  const NEEDED = `only hardcall ${agent} and the ${agent} callee need it`;

  /** A folder to be first on PATH, with an agent of this text in it. */
  function withAgent(text: string, mode = 0o755): string {
    const folder = tempFolder();
    writeFileSync(path.join(folder, agent), text);
    chmodSync(path.join(folder, agent), mode);
    return folder;
  }

  test.each<[what: string, searchPath: () => string, found: string]>([
    ["not there", tempFolder, `NO: not on PATH; ${NEEDED}`],
    ["without a PATH", () => "", `NO: not on PATH, which is empty; ${NEEDED}`],
    [
      "not executable",
      () => withAgent("#!/bin/sh\n", 0o644),
      `NO: the command "${agent}" was found but is not executable (EACCES); ${NEEDED}`,
    ],
    [
      "broken",
      () => withAgent("#!/bin/sh\nexit 3\n"),
      `NO: ${agent} --version exited with code 3 after 0 bytes on stdout and 0 on stderr; ${NEEDED}`,
    ],
    ["there", () => withAgent("#!/bin/sh\necho 9.9.9\n"), "yes: 9.9.9"],
  ])("%s: it costs no exit code", async (_, searchPath, found) => {
    const said = await doctor({ PATH: searchPath() });
    expect(said.found.get(`${agent} can be started`)).toBe(found);
    // The trials need no PATH.
    expect(said.found.get("a deadline holds")).toMatch(/^yes: tried: .* was gone after \d+ ms$/);
    expect(said.found.get("escaped descendants are ended")).toBe(
      "yes: tried: found in /proc by its environment, and ended",
    );
    expect(said.exitCode).toBe(0);
    expect(said.stdout).not.toMatch(/spawn_failed|exit_nonzero/);
  });
});

/** Lines on which no guarantee rests. */
const NO_GUARANTEE = /^(claude|codex|gemini) |^starts use compiled code$|^large hosts start commands fast$/;

describe("the process table", () => {
  const TABLE = "the process table is read";

  test("is /proc", async () => {
    const { found } = await doctor({ HARDCALL_TEST_PROCESS_TABLE: undefined });
    expect(found.get(TABLE)).toBe("yes: in /proc, with the environment and the start time of each process");
  });

  test("is ps, and how long it takes is measured", async () => {
    const { found, exitCode } = await doctor({ HARDCALL_TEST_PROCESS_TABLE: "ps" });
    expect(found.get(TABLE)).toMatch(
      /^yes: tried: by \/bin\/ps, in \d+ ms; after a success hardcall starts it only if a process is left in the group or holds the output open$/,
    );
    expect(found.get("escaped descendants are ended")).toBe(
      "yes: tried: found by ps by its environment, and ended",
    );
    // On Linux without /proc the boot is known by its minute; macOS names it.
    const missing = [...found].filter(
      ([what, verdict]) => verdict.startsWith("NO") && !NO_GUARANTEE.test(what ?? ""),
    );
    expect(missing).toEqual([
      [
        "wrong clocks move no lease",
        "NO: this system tells the boot by the minute only, which moves when the clock is set; then leases count on the wall clock",
      ],
    ]);
    expect(exitCode).toBe(69);
  });

  // There is no busybox here, or one that shows no environment.
  test("is a ps that does not do its work: exit code 69", async () => {
    const { found, exitCode } = await doctor({ HARDCALL_TEST_PROCESS_TABLE: "busybox ps", PATH: "/nowhere" });
    expect(found.get("escaped descendants are ended")).toMatch(/^NO: .*: ps did not show it/);
    expect(exitCode).toBe(69);
  });
});

describe("the limits that calls share", () => {
  const LIMITS = "the limits that calls share";
  const withFile = (content: object) => {
    const file = path.join(tempFolder(), "limits.json");
    writeFileSync(file, JSON.stringify(content));
    return file;
  };

  test("without a file there is nothing to say", async () => {
    expect((await doctor({})).found.has(LIMITS)).toBe(false);
  });

  test("a file that is right: the resources in it", async () => {
    const file = withFile({ resources: { anthropic: { concurrency: 3 }, bigquery: { concurrency: 1 } } });
    const { found, exitCode } = await doctor({ HARDCALL_RESOURCES: file });
    expect(found.get(LIMITS)).toBe(`yes: ${file}: anthropic, bigquery`);
    expect(exitCode).toBe(0);
  });

  test("a file with mistakes: all of them, and exit code 69", async () => {
    const file = withFile({ resources: { anthropic: 3 }, limits: {} });
    const { found, exitCode } = await doctor({ HARDCALL_RESOURCES: file });
    expect(found.get(LIMITS)).toBe(
      `NO: Invalid configuration ${file}: limits is not a member of this file; it has "resources"; ` +
        'resources.anthropic is 3; it must be an object of limits, such as { "concurrency": 3 }',
    );
    expect(exitCode).toBe(69);
  });

  test("a variable that cannot tune them", async () => {
    const file = withFile({ resources: { anthropic: { concurrency: 3 } } });
    const env = { HARDCALL_RESOURCES: file, HARDCALL_RESOURCE_ANTHROPIC_CONCURRENCY: "0" };
    const { found, exitCode } = await doctor(env);
    expect(found.get(LIMITS)).toMatch(/^NO: .*HARDCALL_RESOURCE_ANTHROPIC_CONCURRENCY is 0; /);
    expect(exitCode).toBe(69);
  });
});

describe("the ledger", () => {
  test("a folder that can be made is enough, and is not made", async () => {
    const file = path.join(tempFolder(), "not/yet/ledger.db");
    const { found, exitCode } = await doctor({ HARDCALL_LEDGER: file });
    expect(found.get("the ledger can be written")).toBe(`yes: ${file}`);
    expect(exitCode).toBe(0);
  });

  test("a file in place of its folder is exit code 69", async () => {
    const folder = path.join(tempFolder(), "state");
    writeFileSync(folder, "");
    const { found, exitCode } = await doctor({ HARDCALL_LEDGER: path.join(folder, "hardcall/ledger.db") });
    expect(found.get("the ledger can be written")).toBe(
      `NO: ${folder}/hardcall/ledger.db: ${folder} is not a folder; set HARDCALL_LEDGER to a path that can be written, or calls with a key fail`,
    );
    expect(exitCode).toBe(69);
  });

  test("a folder that this user cannot write is exit code 69", async () => {
    const folder = path.join(tempFolder(), "theirs");
    mkdirSync(folder);
    chmodSync(path.dirname(folder), 0o755);
    chmodSync(folder, 0o555);
    // Root may write everywhere.
    const [file, ...args] = [...(canBeAnotherUser ? asUser : []), process.execPath] as [string, ...string[]];
    const env = { HARDCALL_LEDGER: path.join(folder, "ledger.db"), HOME: "/" };
    const end = await run(file, [...args, path.join(ROOT, "src/cli.ts"), "doctor"], { env });
    expect(end.stdout.toString()).toMatch(
      new RegExp(`^NO {3}the ledger can be written .*: ${folder} cannot be written by this user; set `, "m"),
    );
    expect(end.exitCode).toBe(69);
  });
});
