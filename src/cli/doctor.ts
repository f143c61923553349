import { accessSync, constants } from "node:fs";
import { runCommand } from "../call/run-once.ts";
import { hasGuardian } from "../process/guard.ts";
import { procIsOurs } from "../process/proc-table.ts";
import { EXIT } from "./exit-code.ts";
import { print } from "./print.ts";
import { packageVersion } from "../package-root.ts";

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

/** Says what this machine can guarantee. Exit code 69 when something is missing that the guarantees rest on. */
export async function main(): Promise<number> {
  const checks = [nodeVersion(), groups(), processTable(), guardian(), ...(await escalation())];
  const width = Math.max(...checks.map(({ what }) => what.length));
  void print(`hardcall ${packageVersion()} on ${process.platform} ${process.arch}\n`);
  for (const { what, ok, found } of [...checks, await realClaude()]) {
    void print(`${ok ? "yes" : "NO "}  ${what.padEnd(width)}  ${found}\n`);
  }
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.calleeFailed;
}

function nodeVersion(): Check {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  return {
    what: "Node 22.18 or later",
    ok: major > 22 || (major === 22 && minor >= 18),
    found: `this is ${process.versions.node}`,
  };
}

function groups(): Check {
  const ok = process.platform !== "win32";
  return {
    what: "process groups are ended",
    ok,
    found: ok ? "kill(-pgid)" : "Windows has none: only the direct child is ended",
  };
}

function processTable(): Check {
  const ok = procIsOurs();
  const found = ok
    ? "/proc: what left its group is found by its environment and its parents"
    : "no readable /proc: what leaves its process group (setsid, daemons) is not found";
  return { what: "escaped descendants are ended", ok, found };
}

function guardian(): Check {
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

/** Not believed but tried: a command that ignores SIGTERM and has a child in another session. */
async function escalation(): Promise<Check[]> {
  if (process.platform === "win32") return [];
  const script = `trap "" TERM; sleep 20 & sleep 20`;
  const startedAt = performance.now();
  const ended = await runCommand("sh", ["-c", script], {
    timeout: 300,
    killGrace: 200,
    name: "doctor",
  }).catch((error: { code?: string; attempts?: { survivors?: number }[] }) => error);
  const ms = Math.round(performance.now() - startedAt);
  const { code, attempts } = ended as { code?: string; attempts?: readonly { survivors?: number }[] };
  const survivors = attempts?.at(-1)?.survivors ?? 0;
  return [
    {
      what: "a deadline holds",
      ok: code === "timeout" && survivors === 0 && ms < 1500,
      found: `tried: a tree that ignores SIGTERM, with 300 ms and 200 ms of grace, was gone after ${ms} ms`,
    },
  ];
}

/** Not a guarantee, but the usual question. */
async function realClaude(): Promise<Check> {
  const what = "claude is on PATH";
  try {
    const { value } = await runCommand("claude", ["--version"], { timeout: "20s", name: "doctor" });
    return { what, ok: true, found: value.slice(0, 80) };
  } catch (error) {
    return { what, ok: false, found: (error as { code?: string }).code ?? "unknown" };
  }
}
