import path from "node:path";
import { isWindows } from "../core/is-windows.ts";
import { runCommand } from "../call/run-once.ts";
import { HELD_OPEN } from "../callees/subprocess/failure.ts";
import type { Duration } from "../core/duration.ts";
import { CallError } from "../core/errors.ts";
import { processTable } from "../process/process-table.ts";
import type { Holder } from "../process/hold.ts";
import { signalProcess } from "../process/send-signal.ts";
import type { DoctorCheck } from "./doctor-check.ts";

/** Tried: a command leaves a process in a session of its own, which holds the output open for as long as it lives. */
export async function escaped(holder: Holder): Promise<DoctorCheck> {
  const what = "escaped descendants are ended";
  const idle = `["-e", "setTimeout(() => {}, 20000)"]`;
  const start = `require("node:child_process").spawn(process.execPath, ${idle}, { detached: true, stdio: "inherit" })`;
  const script = `const child = ${start}; child.unref(); console.log(child.pid)`;
  const { failed, stdout, heldOpen } = await attempt(process.execPath, ["-e", script], "10s");
  if (heldOpen) {
    signalProcess(Number(stdout), "SIGKILL");
    const found =
      holder.kind === "group"
        ? `a process that left its group (as setsid and daemons do) lived on: ${WHY_NOT[processTable().source]}`
        : "a process that the command had started lived on: there is no Job Object";
    return { what, ok: false, found: `tried: ${found}` };
  }
  if (failed !== undefined) return { what, ok: false, found: notTried(failed) };
  const place = processTable().source === "ps" ? "by ps" : "in /proc";
  const where = holder.kind === "job" ? "in the Job Object" : `${place} by its environment`;
  return { what, ok: true, found: `tried: found ${where}, and ended` };
}

/** Why a process that left its group lives on. */
const WHY_NOT = {
  "/proc": "although /proc can be read",
  ps: "ps did not show it, or not its environment",
  windows: "there is no Job Object",
  none: "there is no /proc of our own",
} as const;

/** Tried: a command that ignores SIGTERM, and whose child holds the output open for as long as it lives. */
export async function escalation(): Promise<DoctorCheck[]> {
  if (isWindows) return [];
  const startedAt = performance.now();
  const { failed, heldOpen } = await attempt("sh", ["-c", `trap "" TERM; sleep 20 & sleep 20`], 300);
  const ms = Math.round(performance.now() - startedAt);
  const what = "a deadline holds";
  if (failed?.code !== "timeout") return [{ what, ok: false, found: notTried(failed) }];
  return [
    {
      what,
      ok: !heldOpen && ms < 1500,
      found: `tried: a tree that ignores SIGTERM, with 300 ms and 200 ms of grace, was ${heldOpen ? "still there" : "gone"} after ${ms} ms`,
    },
  ];
}

function notTried(failed: CallError | undefined): string {
  return `could not be tried: the command for it ${failed?.attempts.at(-1)?.message ?? "ended by itself"}`;
}

/** Whether its output is held open is told by the system, and needs no `/proc`. */
async function attempt(file: string, args: readonly string[], timeout: Duration) {
  // An empty PATH says nothing about the machine: sh and sleep are where they always are.
  const env = { PATH: [process.env["PATH"], "/usr/bin:/bin"].filter(Boolean).join(path.delimiter) };
  const settled = await runCommand(file, args, { timeout, killGrace: 200, name: "doctor", env }).catch(
    (error: unknown) => {
      if (error instanceof CallError) return error;
      throw error;
    },
  );
  const { attempts, stdoutTail: stdout } = settled;
  const heldOpen = attempts.some(({ notes = [] }) => notes.includes(HELD_OPEN));
  return { failed: settled instanceof CallError ? settled : undefined, stdout, heldOpen };
}
