import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fixture, linesOf, PidFile, tempFolder } from "../helpers/files.ts";
import { countWaits } from "../helpers/machine.ts";
import { onProc } from "../helpers/process-table.ts";
import { killAll, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { hardcall, startHardcall, type Finished } from "../helpers/run.ts";

const LIMITS = ["--timeout", "1s", "--kill-grace", "300"];
/** For what ends by itself: a machine that stands still for a second must not make a timeout of it. */
const LONG = ["--timeout", "10s"];
/** From the start of the attempt to the exit of hardcall: timeout + killGrace + what it takes to see that nothing is left. */
const BOUND_MS = 1800;
/** The sum that the library itself promises: timeout + killGrace + drain grace + 100 ms. */
const OWN_BOUND_MS = 1000 + 300 + 250 + 100;

interface Fault {
  readonly fixture: string;
  readonly processes: number;
  readonly exitCode: number;
  readonly code?: string;
  readonly stdout?: string;
  /** It must end by itself well before its timeout. */
  readonly atOnce?: boolean;
  /** Only `/proc` shows what it leaves: see test/helpers/process-table.ts. */
  readonly needsProc?: boolean;
}

const FAULTS: readonly Fault[] = [
  { fixture: "holds-stdout.sh", processes: 2, exitCode: 124, code: "timeout" },
  { fixture: "holds-stdout-setsid.sh", processes: 2, exitCode: 124, code: "timeout" },
  {
    fixture: "exits-while-child-holds-pipe.sh",
    processes: 2,
    exitCode: 0,
    stdout: "done\n",
    atOnce: true,
  },
  {
    fixture: "exits-while-daemon-holds-pipe.sh",
    processes: 2,
    exitCode: 0,
    stdout: "done\n",
    atOnce: true,
  },
  { fixture: "ignores-term.sh", processes: 2, exitCode: 124, code: "timeout" },
  { fixture: "stops-itself.sh", processes: 1, exitCode: 124, code: "timeout" },
  { fixture: "exits-0-on-term.sh", processes: 2, exitCode: 124, code: "timeout" },
  {
    fixture: "reads-stdin.sh",
    processes: 1,
    exitCode: 0,
    stdout: "read to the end\n",
    atOnce: true,
  },
  { fixture: "floods-stdout.sh", processes: 1, exitCode: 124, code: "timeout" },
  { fixture: "floods-stderr.sh", processes: 1, exitCode: 0, stdout: "done\n" },
  { fixture: "three-sessions-deep.sh", processes: 4, exitCode: 124, code: "timeout" },
  { fixture: "empties-its-environment.sh", processes: 2, exitCode: 124, code: "timeout" },
  {
    fixture: "double-forked-daemon.sh",
    processes: 2,
    exitCode: 0,
    stdout: "started\n",
    atOnce: true,
    needsProc: true,
  },
];

interface Outcome {
  readonly ok: boolean;
  readonly code?: string;
  readonly durationMs: number;
  readonly stderrTail: string;
  readonly attempts: readonly {
    readonly startedAt: string;
    readonly survivors?: number;
    readonly notes?: readonly string[];
  }[];
}

async function meet(name: string, flags: readonly string[] = []) {
  const waited = countWaits();
  const pids = new PidFile();
  const outcomeFile = path.join(tempFolder(), "outcome.json");
  const finished = await hardcall(
    ["run", ...LIMITS, ...flags, "--outcome-file", outcomeFile, "--", fixture(name)],
    { env: { PIDS: pids.path } },
  );
  const waitedMs = waited();
  const left = await survivorsAfter(1000, pids.pids());
  return { ...finished, waitedMs, pids: pids.pids(), left, outcome: readOutcome(outcomeFile) };
}

const readOutcome = (file: string) => JSON.parse(readFileSync(file, "utf8")) as Outcome;

describe("a command with this fault ends in time, with nothing left", () => {
  for (const fault of FAULTS.filter(({ needsProc }) => onProc || needsProc !== true)) {
    test(fault.fixture, async () => {
      const met = await meet(fault.fixture, fault.exitCode === 0 ? LONG : []);
      expect(met.outcome.code).toBe(fault.code);
      expect(met.exitCode).toBe(fault.exitCode);
      expect(met.stdout.toString()).toBe(fault.stdout ?? "");
      // Before its attempt lies hardcall's own start-up, which on a busy machine takes as long as it likes.
      const ms = met.exitedAt - Date.parse(met.outcome.attempts[0]!.startedAt);
      expect(ms).toBeLessThan(BOUND_MS + met.waitedMs);
      expect(met.outcome.durationMs).toBeLessThan((fault.atOnce ? 900 : OWN_BOUND_MS) + met.waitedMs);
      expect(met.pids).toHaveLength(fault.processes);
      expect(met.left).toEqual([]);
      expect(met.outcome.attempts.at(-1)?.survivors ?? 0).toBe(0);
      if (fault.exitCode === 0) expect(met.stderr).toBe("");
      else expect(met.stderr).toMatch(/^hardcall: The call "[a-z0-9-]+" [^\n]+\n$/);
    });
  }
});

test("a command that had stopped gets the time to clean up that every other gets", async () => {
  const pids = new PidFile();
  await hardcall(["run", ...LIMITS, "--", fixture("stops-itself.sh")], { env: { PIDS: pids.path } });
  expect(linesOf(`${pids.path}.last-words`)).toEqual(["cleaned up"]);
});

test("a timeout says how long it waited, in one line", async () => {
  const { stderr } = await meet("ignores-term.sh");
  expect(stderr).toBe(
    'hardcall: The call "ignores-term-sh" timed out after 1 s (limit of the whole call). ' +
      "If it needs longer, raise --timeout; otherwise find out what it waits for.\n",
  );
});

test("a flood of stderr costs its beginning, not its end", async () => {
  const { outcome } = await meet("floods-stderr.sh", LONG);
  expect(outcome.stderrTail.endsWith("flood\nthe last word\n")).toBe(true);
  expect(Buffer.byteLength(outcome.stderrTail)).toBe(65_536);
});

test("more stdout than allowed is no output at all", async () => {
  const args = ["--max-output", "1000", "--", "sh", "-c", "yes flood | head -c 1001"];
  const { exitCode, stdout, stderr } = await hardcall(["run", "--timeout", "20s", ...args]);
  expect(exitCode).toBe(65);
  expect(stdout).toHaveLength(0);
  expect(stderr).toContain("printed 1001 bytes on stdout, more than --max-output (1000)");
});

test.runIf(onProc)("what a success left running is told", async () => {
  const { outcome } = await meet("double-forked-daemon.sh", LONG);
  expect(outcome.attempts[0]?.notes).toEqual([
    "hardcall ended 1 process that was still running after the exit",
  ]);
});

test("--leave-running leaves a daemon running", async () => {
  const pids = new PidFile();
  const { exitCode, stdout } = await hardcall(
    ["run", ...LIMITS, ...LONG, "--leave-running", "--", fixture("double-forked-daemon.sh")],
    { env: { PIDS: pids.path } },
  );
  expect(exitCode).toBe(0);
  expect(stdout.toString()).toBe("started\n");
  const [, daemon] = pids.pids();
  expect(await survivorsAfter(300, [daemon!])).toEqual([daemon]);
});

describe("when hardcall itself is ended during a call", () => {
  const begin = async (name: string, processes: number) => {
    const pids = new PidFile();
    const started = startHardcall(["run", "--timeout", "60s", "--kill-grace", "300", "--", fixture(name)], {
      env: { PIDS: pids.path },
    });
    return { ...started, tree: await pids.reported(processes) };
  };

  for (const [name, processes] of [
    ["three-sessions-deep.sh", 4],
    ["holds-stdout-setsid.sh", 2],
    ["ignores-term.sh", 2],
    ["stops-itself.sh", 1],
    ["empties-its-environment.sh", 2],
  ] as const) {
    test(`SIGKILL: nothing of ${name} is alive 2 s later`, async () => {
      const { child, tree, finished } = await begin(name, processes);
      child.kill("SIGKILL");
      expect(await survivorsAfter(2000, tree)).toEqual([]);
      expect((await finished).signal).toBe("SIGKILL");
    });
  }

  test("SIGKILL: the guardian goes too", async () => {
    const mark = `GUARDED_BY_TEST=${process.pid}-${performance.now()}`;
    const [name, value] = mark.split("=") as [string, string];
    onTestFinished(() => killAll(processesWith(mark)));
    const { child, finished } = startHardcall(
      ["run", "--timeout", "60s", "--", "sh", "-c", "echo >&2; sleep 60"],
      {
        env: { [name]: value },
      },
    );
    await untilProcesses(mark, 4);
    child.kill("SIGKILL");
    await finished.catch(() => undefined);
    expect(await survivorsAfter(2000, processesWith(mark))).toEqual([]);
  });

  for (const [signal, exitCode] of [
    ["SIGTERM", 143],
    ["SIGINT", 130],
  ] as const) {
    test(`${signal}: exit code ${exitCode}, nothing on stdout, nothing left`, async () => {
      const { child, tree, finished } = await begin("three-sessions-deep.sh", 4);
      const [at, waited] = [performance.now(), countWaits()];
      child.kill(signal);
      const end: Finished = await finished;
      expect(performance.now() - at).toBeLessThan(1500 + waited());
      expect(end).toMatchObject({ exitCode, signal: null });
      expect(end.stdout).toHaveLength(0);
      expect(end.stderr).toBe(
        `hardcall: The call "three-sessions-deep-sh" was cancelled when the process received ${signal}. Check whether it took effect before you retry it.\n`,
      );
      expect(await survivorsAfter(0, tree)).toEqual([]);
    });

    test(`${signal} to a command that ignores it: killed after the grace`, async () => {
      const { child, tree, finished } = await begin("ignores-term.sh", 2);
      child.kill(signal);
      expect(await finished).toMatchObject({ exitCode });
      expect(await survivorsAfter(0, tree)).toEqual([]);
    });
  }
});

test("a child knows its call, its attempt and no key", async () => {
  const { stdout } = await hardcall(["run", ...LIMITS, "--", fixture("lists-its-environment.sh")], {
    env: { HARDCALL_KEY: "of an outer call" },
  });
  expect(stdout.toString()).toMatch(/^id=[0-9a-f-]{36} attempt=1 key=\n$/);
});

test("a call that could not have been run has no effect", async () => {
  const mark = path.join(tempFolder(), "mark");
  const { exitCode } = await hardcall(["run", "--timeout", "0", "--", fixture("leaves-a-mark.sh"), mark]);
  expect(exitCode).toBe(2);
  expect(linesOf(mark)).toEqual([]);
});

async function untilProcesses(mark: string, count: number): Promise<void> {
  const until = performance.now() + 20_000;
  while (processesWith(mark).length < count && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
