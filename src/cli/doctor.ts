import { accessSync, constants } from "node:fs";
import { runCommand } from "../call/run-once.ts";
import type { Duration } from "../core/duration.ts";
import type { CallError } from "../core/errors.ts";
import { clockName } from "../ledger/owner/boot-clock.ts";
import { hasGuardian } from "../process/guard.ts";
import { procIsOurs } from "../process/proc-table.ts";
import { HELD_OPEN } from "../callees/subprocess/failure.ts";
import { signalGroup } from "../process/send-signal.ts";
import type { DoctorCheck } from "./doctor-check.ts";
import { ledgerChecks } from "./doctor-ledger.ts";
import { EXIT } from "./interface/exit-code.ts";
import { isRecentEnough, NEEDED } from "../core/node-version.ts";
import { parse } from "./interface/parse.ts";
import { DOCTOR } from "./interface/tools.ts";
import { print } from "./print.ts";
import { paint } from "./terminal/paint.ts";
import { packageVersion } from "../core/package-root.ts";

/** Says what this machine can guarantee. Exit code 69 when something is missing that the guarantees rest on. */
export async function main(argv: readonly string[]): Promise<number> {
  parse(DOCTOR, argv).values();
  // What tunes calls must not make the machine look worse than it is.
  delete process.env["HARDCALL_LOG_LEVEL"];
  for (const name of ["TIMEOUT", "ATTEMPT_TIMEOUT", "IDLE_TIMEOUT", "ATTEMPTS"])
    delete process.env[`HARDCALL_DOCTOR_${name}`];
  const ofLedger = await ledgerChecks();
  const checks = [
    nodeVersion(),
    groups(),
    await escaped(),
    guardian(),
    ...(await escalation()),
    // In Postgres the database's clock decides.
    ...(ofLedger.length === 0 ? [sharedClock()] : ofLedger),
  ];
  const width = Math.max(...checks.map(({ what }) => what.length));
  void print(`hardcall ${packageVersion()} on ${process.platform} ${process.arch}\n`);
  for (const { what, ok, found } of [...checks, ...firstProcess(), await realClaude()]) {
    void print(`${ok ? paint("green", "yes") : paint("red", "NO ")}  ${what.padEnd(width)}  ${found}\n`);
  }
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.calleeFailed;
}

function nodeVersion(): DoctorCheck {
  return { what: NEEDED, ok: isRecentEnough(), found: `this is ${process.versions.node}` };
}

function groups(): DoctorCheck {
  const ok = process.platform !== "win32";
  return {
    what: "process groups are ended",
    ok,
    found: ok ? "kill(-pgid)" : "Windows has none: only the direct child is ended",
  };
}

/** Tried: a command leaves a process in a session of its own, which holds the output open for as long as it lives. */
async function escaped(): Promise<DoctorCheck> {
  const what = "escaped descendants are ended";
  const start = `require("node:child_process").spawn("sleep", ["20"], { detached: true, stdio: "inherit" })`;
  const script = `const child = ${start}; child.unref(); console.log(child.pid)`;
  const { code, stdout, heldOpen } = await attempt(process.execPath, ["-e", script], "10s");
  if (code === undefined && !heldOpen)
    return { what, ok: true, found: "tried: found in /proc by its environment, and ended" };
  signalGroup(Number(stdout), "SIGKILL");
  const why = procIsOurs() ? (code ?? "although /proc can be read") : "there is no /proc of our own";
  return { what, ok: false, found: `tried: what left its process group (setsid, daemons) lived on: ${why}` };
}

function guardian(): DoctorCheck {
  if (!hasGuardian) return { what: "children die with a killed host", ok: false, found: "not on Windows" };
  try {
    accessSync("/bin/sh", constants.X_OK);
    return { what: "children die with a killed host", ok: true, found: "a guardian in /bin/sh (about 1 MB)" };
  } catch {
    // The guardian falls back to Node.
    return {
      what: "children die with a killed host",
      ok: true,
      found: "a guardian in Node (about 45 MB): no /bin/sh",
    };
  }
}

/** Tried: a command that ignores SIGTERM, and whose child holds the output open for as long as it lives. */
async function escalation(): Promise<DoctorCheck[]> {
  if (process.platform === "win32") return [];
  const startedAt = performance.now();
  const { code, heldOpen } = await attempt("sh", ["-c", `trap "" TERM; sleep 20 & sleep 20`], 300);
  const ms = Math.round(performance.now() - startedAt);
  const what = "a deadline holds";
  if (code !== "timeout")
    return [{ what, ok: false, found: `could not be tried: ${code ?? "the command ended by itself"}` }];
  return [
    {
      what,
      ok: !heldOpen && ms < 1500,
      found: `tried: a tree that ignores SIGTERM, with 300 ms and 200 ms of grace, was ${heldOpen ? "still there" : "gone"} after ${ms} ms`,
    },
  ];
}

/** Whether its output is held open is told by the system, and needs no `/proc`. */
async function attempt(file: string, args: readonly string[], timeout: Duration) {
  const settled = await runCommand(file, args, { timeout, killGrace: 200, name: "doctor" }).catch(
    (error: unknown) => error as CallError,
  );
  const { attempts, stdoutTail: stdout } = settled;
  const heldOpen = attempts.some(({ notes = [] }) => notes.includes(HELD_OPEN));
  return { code: "code" in settled ? settled.code : undefined, stdout, heldOpen };
}

/** Containers have wall clocks of their own, and one that is off would take calls from an owner that lives. */
function sharedClock(): DoctorCheck {
  const what = "wrong clocks move no lease";
  if (clockName() === "")
    return {
      what,
      ok: false,
      found: "the boot of this machine cannot be told (/proc), so the wall clock decides",
    };
  const found =
    "they count from the boot; containers that share a ledger mount its folder, not the file alone";
  return { what, ok: true, found };
}

/** Only where it is so: the kernel drops a signal that the first process of a container has no handler for. */
function firstProcess(): DoctorCheck[] {
  if (process.ppid !== 0 && process.pid !== 1) return [];
  const found =
    "between two calls they do not: this is the first process of a container; run it with an init";
  return [{ what: "signals end the host", ok: false, found }];
}

/** Not a guarantee, but the usual question. */
async function realClaude(): Promise<DoctorCheck> {
  const what = "claude is on PATH";
  try {
    const { value } = await runCommand("claude", ["--version"], { timeout: "20s", name: "doctor" });
    return { what, ok: true, found: value.slice(0, 80) };
  } catch (error) {
    const { code = "unknown" } = error as { code?: string };
    return { what, ok: false, found: code === "spawn_failed" ? "not found, or it cannot be started" : code };
  }
}
