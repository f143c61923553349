import { constants } from "node:os";
import { describe, expect, test } from "vitest";
import { fixture, PidFile } from "../../helpers/files.ts";
import { survivorsAfter } from "../../helpers/processes.ts";
import { atOnce, inTurn, MODES, onCommandLine, sh } from "./calls.ts";

/** Those that end a process, and leave no file of its memory. */
const SIGNALS = Object.keys(constants.signals).filter(
  (name) => !/^SIG(CHLD|CONT|STOP|TSTP|TTIN|TTOU|URG|WINCH|IO|POLL|IOT|UNUSED)$/.test(name),
) as NodeJS.Signals[];

describe.each(MODES)("with the spawning helper %s", (mode) => {
  test("each exit code is told as it is", async () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const ends = await atOnce(
      mode,
      codes.map((code) => sh(`exit ${code}`)),
    );
    expect(ends.map(({ exitCode }) => exitCode)).toEqual(codes);
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set([undefined, "exit_nonzero"]));
  });

  test("each signal is told as it is", async () => {
    const ends = await atOnce(
      mode,
      SIGNALS.map((signal) => sh(`ulimit -c 0; kill -${constants.signals[signal]} $$; sleep 20`)),
    );
    expect(ends.map(({ signal }) => signal)).toEqual(SIGNALS);
    expect(ends.every(({ code, effect }) => code === "killed" && effect === "unknown")).toBe(true);
  });

  test("a signal and an exit code of hardcall run", async () => {
    const killed = await onCommandLine(mode, ["sh", "-c", "kill -9 $$"]);
    expect(killed).toMatchObject({ exitCode: 69, outcome: { code: "killed" } });
    const failed = await onCommandLine(mode, ["sh", "-c", "echo hidden; echo why >&2; exit 7"]);
    expect(failed).toMatchObject({ exitCode: 69, outcome: { code: "exit_nonzero", exitCode: 7 } });
    expect(failed.stdout).toHaveLength(0);
    expect(failed.stderr).toContain("why");
  });

  test("what a process prints last is there, whatever its exit has overtaken", async () => {
    const script = "head -c 300000 /dev/zero | tr '\\0' x; printf end; printf last >&2";
    const calls = Array.from({ length: 60 }, () => sh(script));
    const ends = await atOnce(mode, calls);
    for (const { stdoutBytes, stderrTail, notes } of ends)
      expect({ stdoutBytes, stderrTail, notes }).toEqual({
        stdoutBytes: 300_003,
        stderrTail: "last",
        notes: [],
      });
  });

  test("a process that closes its output early is waited for", async () => {
    const [ended] = await inTurn(mode, [sh("echo out; echo err >&2; exec >&- 2>&-; sleep 0.5; exit 4")]);
    expect(ended).toMatchObject({ exitCode: 4, stdoutBytes: 4, stderrTail: "err\n", notes: [] });
  });

  test("a process that prints slowly is no idle one, and each piece comes at once", async () => {
    const flags = ["--idle-timeout", "2s"];
    const words = ["sh", "-c", "for i in 1 2 3 4 5; do sleep 0.7; echo $i; done"];
    const { stdout, exitCode } = await onCommandLine(mode, words, { flags });
    expect({ stdout: stdout.toString(), exitCode }).toEqual({ stdout: "1\n2\n3\n4\n5\n", exitCode: 0 });
  });

  test("a process that is silent is idle", async () => {
    const { outcome } = await onCommandLine(mode, ["sh", "-c", "echo 1; sleep 30"], {
      flags: ["--idle-timeout", "1s"],
    });
    expect(outcome).toMatchObject({ code: "idle_timeout" });
  });

  test.each([
    ["exits-while-child-holds-pipe.sh", undefined],
    ["exits-while-daemon-holds-pipe.sh", undefined],
    ["holds-stdout-setsid.sh", "timeout"],
    ["ignores-term.sh", "timeout"],
    ["three-sessions-deep.sh", "timeout"],
  ])("%s is ended, and nothing of it is left", async (name, code) => {
    const pids = new PidFile();
    const options = { env: { PIDS: pids.path } };
    const timeout = code === undefined ? "20s" : "1s";
    // The first call of a host may wait for its helper.
    const [, ended] = await inTurn(mode, [sh(":"), { file: fixture(name), options, timeout }]);
    expect(ended?.code).toBe(code);
    expect(ended?.survivors).toBe(0);
    expect(pids.pids().length).toBeGreaterThan(0);
    expect(await survivorsAfter(1000, pids.pids())).toEqual([]);
  });
});
