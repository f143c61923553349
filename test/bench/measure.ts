import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { MeasuredPart } from "./figures.ts";
import type { Effort } from "./part.ts";
import type { PartPlace } from "./parts.ts";

const HOST = fileURLToPath(new URL("part-host.ts", import.meta.url));

/**
 * Runs a part in a process of its own, so that no part pays for the memory of another. What it leaves in its temporary folder is removed,
 * and its process group ends with it, also when it fails or `signal` aborts.
 */
export async function measurePart(
  { name, askedOnly }: PartPlace,
  effort: Effort,
  signal: AbortSignal,
): Promise<MeasuredPart> {
  const folder = mkdtempSync(path.join(tmpdir(), "hardcall-bench-"));
  // Postgres does not run as root, and its folder is in here.
  chmodSync(folder, 0o711);
  const result = path.join(folder, "result.json");
  // ast-grep-ignore: js-subprocess-timeout, reason: its group is killed at the limit below and in `finally`
  const host = spawn(process.execPath, [HOST, name, effort, result], {
    detached: true,
    // A file takes the result: a process that is left behind would keep a pipe open.
    stdio: ["ignore", 2, 2],
    env: { ...process.env, TMPDIR: folder },
  });
  const end = () => {
    try {
      if (host.pid !== undefined) process.kill(-host.pid, "SIGKILL");
    } catch {
      // The group is gone already.
    }
  };
  const atMost = askedOnly ? 1200 : 300;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(atMost * 1000)]);
  limit.addEventListener("abort", end, { once: true });
  try {
    const [code, killedBy] = (await once(host, "exit")) as [number | null, NodeJS.Signals | null];
    if (limit.aborted) throw new Error(`it was not done after ${atMost} s, and was ended`);
    if (code !== 0) throw new Error(`its process ended with ${killedBy ?? `exit code ${code}`}`);
    return JSON.parse(readFileSync(result, "utf8")) as MeasuredPart;
  } finally {
    end();
    rmSync(folder, { recursive: true, force: true });
  }
}
