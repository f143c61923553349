import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fixture, PidFile, tempFolder } from "../../helpers/files.ts";
import { commandLineOf, killAll, parentOf, processesWith, survivorsAfter } from "../../helpers/processes.ts";
import { hardcall, host } from "../../helpers/run.ts";
import { atOnce, inMode, inTurn, onCommandLine, sh } from "./calls.ts";

const PARENT = sh("echo $PPID $(tr '\\0' ' ' </proc/$PPID/cmdline | grep -c 'hardcall-[h]elper')");

test("on: a process beside the host starts the processes of all calls", async () => {
  const ends = await atOnce(
    "on",
    Array.from({ length: 8 }, () => PARENT),
  );
  const parents = new Set(ends.map(({ value }) => value));
  expect(parents.size).toBe(1);
  expect([...parents][0]).toMatch(/^\d+ 1$/);
});

test("off: the host starts them", async () => {
  const [ended] = await inTurn("off", [PARENT]);
  expect(ended?.value).toMatch(/^\d+ 0$/);
});

test("on, by hardcall run", async () => {
  expect((await onCommandLine("on", ["sh", "-c", PARENT.args![1]!])).stdout.toString()).toMatch(/^\d+ 1\n$/);
  expect((await onCommandLine("off", ["sh", "-c", PARENT.args![1]!])).stdout.toString()).toMatch(/^\d+ 0\n$/);
});

test("a call that hands the host's stdin on is started by the host", async () => {
  const ended = await onCommandLine("on", ["sh", "-c", "cat; " + PARENT.args![1]!], {
    flags: ["--stdin"],
    stdin: "x",
  });
  expect(ended.stdout.toString()).toMatch(/^x\d+ 0\n$/);
});

describe("auto", () => {
  test("a small host starts its processes itself, a large one by the helper", async () => {
    const told = await host<{ readonly small: string; readonly large: string }>("grows.ts", [], {
      env: { HARDCALL_SPAWN_HELPER: undefined },
    });
    expect(told.small).toMatch(/^\d+ 0$/);
    expect(told.large).toMatch(/^\d+ 1$/);
  });
});

/** A host with what it starts, the helper included. */
function marked() {
  const value = `${process.pid}-${performance.now()}`;
  const all = () => processesWith(`MARKED_BY_TEST=${value}`);
  onTestFinished(() => killAll(all()));
  return { all, env: { ...inMode("on"), MARKED_BY_TEST: value } };
}

test("the helper ends with its host, and does not keep it from ending", async () => {
  const { all, env } = marked();
  const { at } = await host<{ at: number }>("ends-by-itself.ts", [], { env });
  expect(at).toBeGreaterThan(0);
  expect(await survivorsAfter(1000, all())).toEqual([]);
});

test("a daemon that may live on outlives the helper", async () => {
  const { all, env } = marked();
  const pids = new PidFile();
  await host("leaves-a-daemon.ts", [fixture("double-forked-daemon.sh")], {
    env: { ...env, PIDS: pids.path },
  });
  const [, daemon] = pids.pids();
  expect(
    await survivorsAfter(
      1000,
      all().filter((pid) => pid !== daemon),
    ),
  ).toEqual([]);
  expect(all()).toEqual([daemon]);
});

test("an outer call ends the helper of an inner host, and does not report it as left behind", async () => {
  const outcome = path.join(tempFolder(), "outcome.json");
  const inner = [process.execPath, "src/cli.ts", "run", "--timeout", "20s", "--", "echo", "done"];
  const { exitCode, stdout } = await hardcall(
    ["run", "--timeout", "30s", "--outcome-file", outcome, "--", ...inner],
    { env: inMode("on") },
  );
  expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 0, stdout: "done\n" });
  const { attempts } = JSON.parse(readFileSync(outcome, "utf8")) as {
    attempts: { notes?: string[]; survivors?: number }[];
  };
  expect(attempts[0]?.notes ?? []).toEqual([]);
  expect(attempts[0]?.survivors ?? 0).toBe(0);
});

test("the helper leads a session of its own, in no folder that could be removed, and carries no cookie of a call", async () => {
  const script = [
    'set -- $(sed "s/.*) //" /proc/$PPID/stat); [ "$4" = $PPID ] && echo session',
    "tr '\\0' '\\n' </proc/$PPID/environ | grep ^HARDCALL_CALLS=",
    "readlink /proc/$PPID/cwd",
  ].join("; ");
  const env = { ...inMode("on"), HARDCALL_CALLS: "outer/1;" };
  const [told = ""] = await host<string[]>("tells-of-its-child.ts", [script], { env });
  expect(told.split("\n")).toEqual([
    "session",
    expect.stringMatching(/^HARDCALL_CALLS=spawn-helper\/[^;]*;$/),
    "/",
  ]);
});

test("a host without a helper loads none of it, but what decides that", async () => {
  const loaded = async (mode: "on" | "off") =>
    (await host<readonly string[]>("lists-what-it-loads.ts", [], { env: inMode(mode) }))
      .filter((url) => url.includes("/process/helper/"))
      .map((url) => path.basename(url));
  const decides = ["wanted.ts"];
  expect((await loaded("off")).filter((file) => !decides.includes(file))).toEqual([]);
  expect((await loaded("on")).length).toBeGreaterThan(decides.length);
});

test("the guardian and the helper are all that a host has beside its calls", async () => {
  const { all, env } = marked();
  const [ended] = await inTurn("on", [sh("sleep 0.5; echo $PPID")], { env });
  expect(ended?.code).toBe(undefined);
  const others = all().map((pid) => `${parentOf(pid)} ${commandLineOf(pid)}`);
  expect(await survivorsAfter(1000, all())).toEqual([]);
  expect(others.length).toBeLessThanOrEqual(2);
});
