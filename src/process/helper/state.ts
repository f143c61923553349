import { existsSync, readFileSync } from "node:fs";
import { readSpawnHelper, type SpawnHelper } from "../../core/spawn-helper.ts";
import { ownRuntime } from "../../core/own-runtime.ts";
import { procHidesOthers, procIsOurs } from "../table/proc.ts";
import { helperText } from "./helper-text.ts";
import { AUTO_BYTES, hostBytes } from "./wanted.ts";

/** Whether this process starts its calls' processes by the helper. */
export interface SpawnHelperState {
  readonly setting: SpawnHelper;
  readonly isUsed: boolean;
  /** A clause without full stop: why it is used or not. */
  readonly why: string;
  /** The resident memory of this process, and from which on `auto` uses the helper. */
  readonly hostBytes: number | undefined;
  readonly autoBytes: number;
}

export function spawnHelperState(env: NodeJS.ProcessEnv = process.env): SpawnHelperState {
  const read = readSpawnHelper(env);
  const setting = "setting" in read ? read.setting : "off";
  const bytes = hostBytes();
  const problem = whyNoHelper();
  const isLarge = (bytes ?? 0) >= AUTO_BYTES;
  const state = { setting, hostBytes: bytes, autoBytes: AUTO_BYTES };
  if (setting === "off") return { ...state, isUsed: false, why: "HARDCALL_SPAWN_HELPER turns it off" };
  if (problem !== undefined) return { ...state, isUsed: false, why: problem };
  if (setting === "on") return { ...state, isUsed: true, why: "HARDCALL_SPAWN_HELPER turns it on" };
  const why = isLarge
    ? "this process has more memory than it takes for the helper to be faster"
    : "this process has so little memory that a direct start is as fast";
  return { ...state, isUsed: isLarge, why };
}

/**
 * With fewer descriptors a host has no helper, which takes two of them and has as few itself: with 40 of them 12 to 22 of 40 short calls at
 * once failed, and none without it.
 */
const LEAST_FILES = 128;

let cannot: string | undefined | null = null;

/** Why this process cannot have a helper; `undefined` when it can. */
export function whyNoHelper(): string | undefined {
  if (cannot === null) cannot = problemOfRuntime();
  if (cannot !== undefined) return cannot;
  // The tests run without /proc where it is. The build takes this out (src/process/process-table.ts).
  if (!procIsOurs() || process.env.HARDCALL_TEST_PROCESS_TABLE) return "it needs the /proc of this machine";
  // Of a process that cannot be seen only its parent knows that it is alive.
  if (procHidesOthers()) return "this /proc hides the processes of other users";
  const files = mostFiles();
  return files < LEAST_FILES ? `this process may have only ${files} files open (ulimit -n)` : undefined;
}

function mostFiles(): number {
  try {
    const [, most] = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1")) ?? [];
    return Number(most ?? Infinity);
  } catch {
    // None is left at this moment, which says nothing of how many it may have.
    return Infinity;
  }
}

function problemOfRuntime(): string | undefined {
  if (process.platform !== "linux") return "only Linux has it";
  const { versions } = process;
  if ("deno" in versions || "bun" in versions || "electron" in versions) return "only Node.js has it";
  if (ownRuntime() === undefined) return "an application that is its own executable has no Node.js to start";
  if ("permission" in process && process.permission !== undefined)
    return "it is not used with Node's permission model";
  if (!existsSync(process.execPath)) return "the file of this Node.js is not there";
  return helperText() === undefined ? "this bundle does not have the helper's file" : undefined;
}
