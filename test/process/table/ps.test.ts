import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { ProcessSearch } from "../../../src/process/process-search.ts";
import { MACOS, PROCPS, type PsCommands } from "../../../src/process/table/ps-commands.ts";
import { psCounts } from "../../../src/process/table/ps-run.ts";
import { psTable } from "../../../src/process/table/ps.ts";
import { fixture, PidFile, ROOT, tempFolder } from "../../helpers/files.ts";
import { killAll, processesWith, survivorsAfter } from "../../helpers/processes.ts";
import { start } from "../../helpers/run.ts";

const PS = "/bin/ps";
const newCookie = () => `${randomUUID()}/1;`;

/** A program in the place of `ps`. */
function program(script: string): string {
  const file = path.join(tempFolder(), "ps");
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** The members of a tree as one reading of a table shows them. */
async function membersOf(file: string, commands: PsCommands, cookie: string, group?: number) {
  const table = psTable(file, commands);
  const snapshot = await table.snapshot!({ cookies: [cookie], groups: new Set([group]) });
  const tree = { cookie, bornAt: 0, group, known: new Map<number, number>(), found: () => undefined };
  const search = new ProcessSearch([tree], snapshot);
  for (const pid of snapshot.pids) search.see(pid);
  const { members } = search.close().of(tree);
  return members.map(({ pid }) => pid).toSorted((a, b) => a - b);
}

/** Prints what was recorded, and a line of this process, which every true `ps` has. */
function recorded(name: string): string {
  const folder = path.join(ROOT, "test/fixtures/ps");
  const self = `${process.pid} ${process.ppid} 1 R Sun Nov 22 05:47:26 2026 node`;
  return program(`case " $* " in
*" -p "*) cat "${folder}/${name}-command-lines.txt" ;;
*) cat "${folder}/${name}-all.txt"; echo "${self}" ;;
esac`);
}

const RECORDED = "0b5e1f0e-7c1d-4c52-9d8e-1f2a3b4c5d6e/1;";

test("procps, as recorded: group, cookie and parents, and no stranger whose arguments name the cookie", async () => {
  expect(await membersOf(recorded("procps"), PROCPS, RECORDED, 2)).toEqual([2, 11, 12, 14]);
});

test("macOS, in the format of its man page: children of a shell whose environment is hidden too", async () => {
  expect(await membersOf(recorded("macos"), MACOS, RECORDED, 402)).toEqual([402, 403, 404, 405]);
  // Once the group is gone, the cookie alone tells.
  expect(await membersOf(recorded("macos"), MACOS, RECORDED)).toEqual([403, 404]);
});

test("a process that left its group is found by its cookie, and one that is told the cookie as an argument is not", async () => {
  const cookie = newCookie();
  const pids = new PidFile();
  const env = { ...process.env, PIDS: pids.path, HARDCALL_CALLS: cookie };
  const options = { detached: true, stdio: "ignore", timeout: 60_000 } as const;
  const child = spawn(fixture("double-forked-daemon.sh"), [], { ...options, env });
  const stranger = spawn("sh", ["-c", "sleep 60; :", "sh", `HARDCALL_CALLS=${cookie}`], options);
  const nextLine = `\n${process.pid} 1 ${child.pid} S Sun Nov 22 05:47:26 2026 a HARDCALL_CALLS=${cookie}`;
  const forger = spawn("sh", ["-c", "sleep 60; :", "sh", nextLine], options);
  onTestFinished(() => killAll([...processesWith(cookie), ...pids.pids()]));
  onTestFinished(() => {
    for (const { pid } of [stranger, forger]) process.kill(-pid!, "SIGKILL");
  });
  await once(child, "exit");
  const [, daemon] = await pids.reported(2);
  expect(await membersOf(PS, PROCPS, cookie, child.pid)).toEqual([daemon]);
});

test("ps does not find itself, nor what runs it", async () => {
  const { pids } = await psTable(PS, PROCPS).snapshot!({ cookies: [], groups: new Set() });
  expect(pids).toContain(process.pid);
  const cookie = newCookie();
  const host = path.join(ROOT, "test/fixtures/hosts/looks-with-ps.ts");
  const { finished } = start(process.execPath, [host, cookie], { env: { HARDCALL_CALLS: cookie } });
  // The host itself has the cookie, as in a call inside a call; its `ps` has none.
  expect((await finished).stdout.toString()).toBe("[]\n");
});

describe("a ps that does not do its work", () => {
  const wanted = { cookies: [], groups: new Set<number>() };

  test.each([
    ["is not there", undefined],
    ["fails", "exit 1"],
    ["is killed in the middle of its output", `${PS} axww | head -c 300; kill -9 $$`],
    ["is another program", "echo 1 0 1 S Sun Nov 22 05:47:26 2026 init"],
    ["shows another namespace's processes", `echo ${process.pid} 1 1 S Sun Nov 22 05:47:26 2026 a`],
    ["prints nothing", "exit 0"],
  ])("%s: the look fails, and shows nothing", async (_, script) => {
    const table = psTable(script === undefined ? "/nowhere/ps" : program(script), PROCPS);
    await expect(table.snapshot!(wanted)).rejects.toThrow(/^ps /);
  });

  test("hangs: it is ended after 1 s, and is not started again at once", async () => {
    const mark = path.join(tempFolder(), "pid");
    const table = psTable(program(`echo $$ >"${mark}"; exec sleep 60`), PROCPS);
    const startedAt = performance.now();
    await expect(table.snapshot!(wanted)).rejects.toThrow("ps failed");
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(await survivorsAfter(1000, [Number(readFileSync(mark, "utf8"))])).toEqual([]);
    const { runs } = psCounts;
    await expect(table.snapshot!(wanted)).rejects.toThrow("ps failed a moment ago");
    expect(table.read(process.pid)).toBeUndefined();
    expect(psCounts.runs).toBe(runs);
  });
});

describe("one process", () => {
  test("is read at once, with its parent, group and start", () => {
    const stat = psTable(PS, PROCPS).read(process.pid);
    expect(stat).toMatchObject({ pid: process.pid, parent: process.ppid, dead: false });
    expect(Math.abs(stat!.startTime - (Date.now() / 1000 - process.uptime()))).toBeLessThan(60);
  });

  test("that is not there costs no ps, and one that is asked for twice costs one", () => {
    const table = psTable(PS, PROCPS);
    const before = psCounts.runs;
    expect(table.read(2 ** 22 + 1)).toBeUndefined();
    expect(psCounts.runs).toBe(before);
    expect(table.read(process.ppid)).toEqual(table.read(process.ppid));
    expect(psCounts.runs).toBe(before + 1);
  });

  test("has the same start for as long as it lives, and another process has another", () => {
    const table = psTable(PS, PROCPS);
    expect([100, 102, 103].map((other) => table.isSameStart(100, other))).toEqual([true, true, false]);
  });
});

test("20 calls that leave nothing start no ps; 300 that are cancelled at once share a few", async () => {
  const host = path.join(ROOT, "test/fixtures/hosts/counts-ps.ts");
  const { finished } = start(process.execPath, [host, "300"], { env: { HARDCALL_TEST_PROCESS_TABLE: "ps" } });
  const { stdout, stderr } = await finished;
  const ended = ["hardcall ended 1 process that was still running after the exit"];
  const told = JSON.parse(stdout.toString() || JSON.stringify(stderr)) as {
    readonly runs: Readonly<Record<string, number>>;
  };
  expect(told).toEqual({ runs: expect.anything(), notes: [ended, ended, "cancelled"] });
  const { clean, cancelled } = told.runs;
  expect(clean).toBe(0);
  // One that finds all 300, and one or few when their groups are gone.
  expect(cancelled).toBeGreaterThan(0);
  expect(cancelled).toBeLessThanOrEqual(6);
});

test("a switch of another value is told, and nothing starts", async () => {
  const env = { HARDCALL_TEST_PROCESS_TABLE: "psx" };
  const module = pathToFileURL(path.join(ROOT, "src/process/process-table.ts")).href;
  const imported = await start(process.execPath, ["--import", module, "-e", ""], { env }).finished;
  expect(imported.stderr).toContain(
    'HARDCALL_TEST_PROCESS_TABLE must be "ps" or "busybox ps", or absent. Nothing was started.',
  );
  const args = [path.join(ROOT, "src/cli.ts"), "run", "--timeout", "10s", "--", "echo", "hi"];
  const { exitCode, stdout } = await start(process.execPath, args, { env }).finished;
  expect(exitCode).not.toBe(0);
  expect(stdout.toString()).toBe("");
});
