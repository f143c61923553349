import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Settlement } from "./host.ts";
import { table } from "./stats.ts";
import { SUBJECT_NAMES, type SubjectName } from "./subjects.ts";

const HOST = fileURLToPath(new URL("host.ts", import.meta.url));

/** A gigabyte on stdout: memory at its highest, and whether the byte count and the hash are right. */
export function bigOutput(quick: boolean): string {
  const size = quick ? 100_000_000 : 1_000_000_000;
  // Lines of an odd length, so that no chunk ends where a line does.
  const script = `yes 'the quick brown fox jumps over the lazy dog' | head -c ${size}`;
  const right = execFileSync("sh", ["-c", `${script} | sha256sum`], {
    encoding: "utf8",
    timeout: 300_000,
  }).slice(0, 64);
  const rows = SUBJECT_NAMES.filter((name) => name !== "hardcall, runCommand").map((name) => {
    const measured = measure(name, script);
    if (typeof measured === "string") return [name, "", "", "", `host crashed (${measured})`];
    const { ms, ok, bytes, sha256, rssMb } = measured;
    return [
      name,
      rssMb.toFixed(0),
      bytes === size ? "right" : bytes === 0 ? "none" : `wrong: ${bytes}`,
      bytes === 0 ? "none" : sha256 === right ? "right" : "wrong",
      `${ok ? "ok" : "failed"} after ${(ms / 1000).toFixed(1)} s`,
    ];
  });
  const alone = measure("raw spawn", "true");
  if (typeof alone !== "string")
    rows.unshift(["(the measuring process alone)", alone.rssMb.toFixed(0), "", "", ""]);
  const head = [`${size / 1e6} MB of stdout`, "peak RSS, MB", "byte count", "SHA-256", "call"];
  return `${table(head, rows)}\n\nA fresh process each; default limits of each library.`;
}

/** What a process that does nothing else says of it, or how that process died. */
function measure(name: SubjectName, script: string): Settlement | string {
  const { stdout, status, signal } = spawnSync(process.execPath, [HOST, "output", name, script], {
    stdio: ["ignore", "pipe", "ignore"],
    encoding: "utf8",
    timeout: 300_000,
  });
  if (status === 0 && stdout !== "") return JSON.parse(stdout) as Settlement;
  return signal ?? `exit code ${status}`;
}
