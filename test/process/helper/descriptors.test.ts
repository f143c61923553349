import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { fixture } from "../../helpers/files.ts";
import { childEnv, host, start } from "../../helpers/run.ts";
import { atOnce, inMode, inTurn, MODES, onCommandLine, sh, type Mode } from "./calls.ts";

/** Its descriptors with what they are. That with which the list is read is not listed. */
const LIST = "exec ls -l /proc/self/fd";
/** What a process has beside them because this test, and so each host that it starts, was started with it. */
const INHERITED = listed(execFileSync("sh", ["-c", LIST], { encoding: "utf8", timeout: 20_000 })).filter(
  (line) => !/^[012] ->/.test(line),
);

/** The leader of a session and of a group has their number: `pid group session terminal`. */
const SESSION = "echo $$ $(sed 's/.*) //' /proc/$$/stat | cut -d ' ' -f 3,4,5)";

function listed(text = ""): string[] {
  const lines = text.match(/\d+ -> .*/g) ?? [];
  return lines.filter((line) => !/ -> \/proc\/\d+\/fd$/.test(line));
}

const descriptorsOf = (text: string | undefined) => listed(text).filter((line) => !INHERITED.includes(line));
const kindOf = (descriptor: string) => descriptor.replace(/:\[\d+\]$/, "").replace("pipe", "socket");

/** Of five kinds. `HARDCALL_TEST_MANY` calls for more. */
const COUNTS = { off: 500, on: Number(process.env["HARDCALL_TEST_MANY"] ?? 1000) };

describe.each(MODES)("with the spawning helper %s", (mode) => {
  test("a process has three descriptors, however many calls there are", async () => {
    const calls = Array.from({ length: 40 }, (_, index) =>
      sh(`sleep 0.2; ${LIST}`, index % 2 === 0 ? {} : { stdin: "x" }),
    );
    const lists = (await atOnce(mode, calls)).map(({ value }) => descriptorsOf(value));
    for (const [index, list] of lists.entries()) {
      const stdin = index % 2 === 0 ? "0 -> /dev/null" : "0 -> socket";
      expect(list.map((descriptor) => kindOf(descriptor))).toEqual([stdin, "1 -> socket", "2 -> socket"]);
    }
    // No stream is another's: 40 of stdout, 40 of stderr, 20 of stdin.
    const streams = lists.flat().map((descriptor) => descriptor.replace(/^\d -> /, ""));
    expect(new Set(streams).size).toBe(101);
  });

  test("hardcall run gives a process three descriptors", async () => {
    const { stdout } = await onCommandLine(mode, ["sh", "-c", LIST]);
    const list = descriptorsOf(stdout.toString()).map((descriptor) => kindOf(descriptor));
    expect(list).toEqual(["0 -> /dev/null", "1 -> socket", "2 -> socket"]);
  });

  test("a process leads a session and a group of its own", async () => {
    const ends = await atOnce(mode, [sh(SESSION), sh(SESSION)]);
    for (const { value } of ends) expect(value).toMatch(/^(\d+) \1 \1 0$/);
  });

  test("a process whose host has a terminal has none", async () => {
    const script = `${SESSION}; : </dev/tty`;
    const words = [process.execPath, "src/cli.ts", "run", "--timeout", "20s", "--", "sh", "-c", script];
    const { finished } = start("python3", [fixture("terminal.py"), "200", ...words], {
      env: childEnv(inMode(mode)),
    });
    const { stdout } = await finished;
    expect(stdout.toString()).toMatch(/exited with 2|cannot open \/dev\/tty|No such device/);
  });

  test(`${COUNTS[mode]} calls leave no descriptor and no process in the host, nor in what starts them`, async () => {
    const told = await host<Told>("many-of-each-kind.ts", [String(COUNTS[mode])], { env: inMode(mode) });
    expect(told.after).toEqual(told.before);
    const [, before = 0] = told.memoryKib.before;
    const [, after = 0] = told.memoryKib.after;
    expect(after - before).toBeLessThan(60_000);
  }, 240_000);

  test("a call that has no stdin shares no stream with the host", async () => {
    const [ended] = await inTurn(mode, [sh("readlink /proc/$$/fd/0")]);
    expect(ended?.value).toBe("/dev/null");
  });
});

interface Told {
  readonly before: object;
  readonly after: object;
  readonly memoryKib: { readonly before: readonly number[]; readonly after: readonly number[] };
}

/** How calls settle, made at once by a host that may have so many descriptors. */
async function settled(mode: Mode, descriptors: number, calls: number, script: string): Promise<Set<string>> {
  const through = ["sh", "-c", `ulimit -n ${descriptors}; exec "$0" "$@"`];
  const args = [String(calls), script];
  return new Set(await host<string[]>("short-of-descriptors.ts", args, { through, env: inMode(mode) }));
}

test("a host that runs out of descriptors loses no call that has started, and each settles", async () => {
  expect(await settled("on", 128, 100, "echo done; sleep 10")).toEqual(new Set(["done", "spawn_failed"]));
});

test("short calls wait for each other's descriptors", async () => {
  expect(await settled("on", 128, 200, "echo done")).toEqual(new Set(["done"]));
});

test("calls whose output is more than the helper takes get their sockets, one after the other", async () => {
  const script = "head -c 300000 /dev/zero | tr '\\0' x";
  expect(await settled("on", 128, 100, script)).toEqual(new Set(["x".repeat(300_000)]));
});

test("a host that may have few descriptors starts its processes itself", async () => {
  const script = "tr '\\0' ' ' </proc/$PPID/cmdline | grep -c 'hardcall-[h]elper'; :";
  expect(await settled("on", 127, 1, script)).toEqual(new Set(["0"]));
  expect(await settled("on", 128, 1, script)).toEqual(new Set(["1"]));
});
