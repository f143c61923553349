import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { linesOf, ROOT, tempFolder } from "../../helpers/files.ts";
import { memoryCgroup } from "../../helpers/memory-cgroup.ts";
import { host, startHost } from "../../helpers/run.ts";
import { canBeAnotherUser } from "../../helpers/users.ts";
import { inMode, inTurn, MODES, sh, type Made } from "./calls.ts";

const NOBODY = 65_534;

const can = (file: string, ...args: string[]) => spawnSync(file, args, { timeout: 20_000 }).status === 0;

/** What the host does to itself between two calls, what shows it in a process, and what the second call must find. */
const CHANGES: readonly (readonly [string, NonNullable<Made["host"]>, string | Made, string])[] = [
  ["umask", { umask: 0o027 }, "umask", "0027"],
  ["working folder", { chdir: "/usr/lib" }, "pwd", "/usr/lib"],
  ["soft limit", limit("--nofile=123:4000"), "ulimit -Sn; ulimit -Hn", "123\n4000"],
  ["limit on the size of files", limit("--fsize=4096000"), "ulimit -f", "8000"],
  ["limit on the stack", limit("--stack=4194304:8388608"), "ulimit -s", "4096"],
  ["niceness", { run: ["renice", "-n", "19", "-p", "PID"] }, "nice", "19"],
  [
    "scheduler",
    { run: ["chrt", "--batch", "-p", "0", "PID"] },
    "chrt -p $$ | sed -n 's/.*policy: //p'",
    "SCHED_BATCH",
  ],
  [
    "processors",
    { run: ["taskset", "-cp", "0", "PID"] },
    "grep Cpus_allowed_list /proc/self/status | cut -f 2",
    "0",
  ],
  [
    "score for want of memory",
    { run: ["sh", "-c", "echo 777 >/proc/PID/oom_score_adj"] },
    "cat /proc/self/oom_score_adj",
    "777",
  ],
  // A shell would give up an effective user that is not the real one.
  ["capabilities", { effectiveUser: NOBODY }, status("CapEff"), "CapEff:\t0000000000000000"],
  ["effective user", { effectiveUser: NOBODY }, status("^Uid"), `Uid:\t0\t${NOBODY}\t${NOBODY}\t${NOBODY}`],
  ["groups", { groups: [7, 8] }, "id -G", "0 7 8"],
];

function limit(flag: string) {
  return { run: ["prlimit", "--pid", "PID", flag] };
}

function status(pattern: string): Made {
  return { file: "grep", args: [pattern, "/proc/self/status"] };
}

describe.each(MODES)("with the spawning helper %s, a process has of its host, as it is now,", (mode) => {
  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot).each(CHANGES)("the %s", async (_, change, shown, expected) => {
    const call = typeof shown === "string" ? sh(shown) : shown;
    const ends = await inTurn(mode, [call, { ...call, host: change }, call]);
    const values = ends.map(({ value }) => value);
    expect(values[0]).not.toBe(expected);
    expect(values.slice(1)).toEqual([expected, expected]);
  });

  // No file of /proc shows this class, so nothing tells hardcall of the change: docs/benchmarks/spawn-helper.md names it as a limit.
  test.skipIf(!isRoot)("the class of input and output; with the helper that of the first start", async () => {
    const call = sh("ionice -p $$");
    const change = { run: ["ionice", "-c", "3", "-p", "PID"] };
    const values = (await inTurn(mode, [call, { ...call, host: change }])).map(({ value }) => value);
    expect(values[0]).not.toBe("idle");
    expect(values[1]).toBe(mode === "on" ? values[0] : "idle");
  });

  test.skipIf(!canBeAnotherUser)("the user, after a host that was root has given that up", async () => {
    const script = "id -u; id -g; id -G; grep -E '^(Uid|Gid)' /proc/self/status | tr -s '\\t' ' '";
    const ends = await inTurn(mode, [
      sh("id -u"),
      { ...sh(script), host: { user: NOBODY } },
      sh("cat /etc/shadow"),
      { file: "true" },
    ]);
    const ids = Array.from({ length: 4 }, () => NOBODY).join(" ");
    expect(ends[0]?.value).toBe("0");
    expect(ends[1]?.value).toBe(`${NOBODY}\n${NOBODY}\n${NOBODY}\nUid: ${ids}\nGid: ${ids}`);
    expect(ends[2]).toMatchObject({ code: "exit_nonzero", stderrTail: expect.stringContaining("denied") });
    expect(ends[3]).toMatchObject({ exitCode: 0 });
  });

  // Nothing in /proc shows it, so one that changes while the host runs does not reach what a helper starts.
  test.skipIf(!can("ionice", "-c", "3", "true"))("the class of input and output of its start", async () => {
    const through = ["ionice", "-c", "3"];
    const told = await host<string[]>("tells-of-its-child.ts", ["ionice -p $$"], {
      env: inMode(mode),
      through,
    });
    expect(told).toEqual(["idle"]);
  });

  test("the control group", async (context) => {
    const made = memoryCgroup(512 * 1024 * 1024);
    const folder = "reason" in made ? context.skip(made.reason) : made.folder;
    const move = { run: ["sh", "-c", `echo PID >${folder}/cgroup.procs`] };
    const script = `grep -c ${path.basename(folder)} /proc/self/cgroup; :`;
    const ends = await inTurn(mode, [sh(script), { ...sh(script), host: move }, sh(script)]);
    expect(ends.map(({ value }) => value)).toEqual(["0", "1", "1"]);
  });

  test.skipIf(!can("setpriv", "--no-new-privs", "true"))("its want of new rights", async () => {
    const script =
      "grep -E '^(NoNewPrivs|CapBnd|SigIgn|SigBlk|Seccomp)' /proc/self/status | tr -s '\\t\\n' '  '";
    const through = ["setpriv", "--no-new-privs", "--bounding-set", "-sys_admin,-net_raw"];
    const told = await host<string[]>("tells-of-its-child.ts", [script], { env: inMode(mode), through });
    const direct = await host<string[]>("tells-of-its-child.ts", [script], { env: inMode("off"), through });
    expect(told).toEqual(direct);
    expect(told[0]).toContain("NoNewPrivs: 1");
  });

  test("no working folder, if that of the host has been removed and the call has its own", async () => {
    const calls: Made[] = [
      sh("pwd"),
      { ...sh("pwd", { cwd: "/usr" }), host: { chdirToRemoved: tempFolder() } },
    ];
    const ends = await inTurn(mode, calls);
    expect(ends.map(({ value }) => value)).toEqual([ROOT.replace(/\/$/, ""), "/usr"]);
  });
});

describe.each(MODES)("with the spawning helper %s", (mode) => {
  test("what NODE_OPTIONS or a flag has the host load is loaded by the host, and by a child that is Node, alone", async () => {
    const folder = tempFolder();
    const [loaded, file] = [path.join(folder, "loaded"), path.join(folder, "loads.cjs")];
    writeFileSync(file, `require("node:fs").appendFileSync(${JSON.stringify(loaded)}, process.pid + "\\n");`);
    const env = { ...inMode(mode), NODE_OPTIONS: `--require ${file}` };
    const { pid, finished } = startHost("makes-calls.ts", [], {
      env,
      stdin: JSON.stringify({
        calls: [{ file: process.execPath, args: ["-p", "process.pid"] }],
        atOnce: false,
      }),
    });
    const [ended] = JSON.parse((await finished).stdout.toString()) as { value: string }[];
    expect(linesOf(loaded)).toEqual([String(pid), ended?.value]);
  });

  test("a host whose coverage is measured measures no other process", async () => {
    const folder = tempFolder();
    const [ended] = await inTurn(mode, [{ file: "sh", args: ["-c", "echo $NODE_V8_COVERAGE"] }], {
      env: { NODE_V8_COVERAGE: folder },
    });
    expect(ended?.value).toBe(folder);
    expect(readdirSync(folder).filter((name) => name.startsWith("coverage-"))).toHaveLength(1);
  });
});
