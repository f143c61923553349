import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Settlement } from "./host.ts";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable } from "./part.ts";
import { SUBJECT_NAMES, type SubjectName } from "./subjects.ts";

const HOST = fileURLToPath(new URL("host.ts", import.meta.url));

export const part: BenchPart = {
  name: "output",
  title: "Much output",
  run: async (effort) => [bigOutput(effort === "quick" ? 100_000_000 : 1_000_000_000)],
};

/** A gigabyte on stdout: memory at its highest, and whether the byte count and the hash are right. */
function bigOutput(size: number): BenchTable {
  // Lines of an odd length, so that no chunk ends where a line does.
  const script = `yes 'the quick brown fox jumps over the lazy dog' | head -c ${size}`;
  const right = execFileSync("sh", ["-c", `${script} | sha256sum`], {
    encoding: "utf8",
    timeout: 300_000,
  }).slice(0, 64);
  const measured = SUBJECT_NAMES.filter((name) => name !== "hardcall, runCommand").map(
    (name) => [name, measure(name, script)] as const,
  );
  const rows = measured.map(([name, found]) => {
    if (typeof found === "string") return { name, cells: [undefined, "", "", `host crashed (${found})`] };
    const { ms, ok, bytes, sha256, rssMb } = found;
    const cells = [
      rssMb,
      bytes === size ? "right" : bytes === 0 ? "none" : `wrong: ${bytes}`,
      bytes === 0 ? "none" : sha256 === right ? "right" : "wrong",
      `${ok ? "ok" : "failed"} after ${(ms / 1000).toFixed(1)} s`,
    ];
    return { name, cells };
  });
  const alone = measure("raw spawn", "true");
  const rssOf = (found: Settlement | string | undefined) =>
    typeof found === "object" ? found.rssMb : Number.NaN;
  const own = rssOf(measured.find(([name]) => name === "hardcall")?.[1]);
  return {
    id: "big-output",
    title: `Memory for ${size / 1e6} MB of stdout`,
    means: `However much a program prints, hardcall's process stays at ${figure(own, 0)} MB, and knows the number of bytes and their hash.`,
    columns: [
      { id: "library", head: `${size / 1e6} MB of stdout` },
      { id: "rss", head: "peak RSS, MB", digits: 0 },
      { id: "bytes", head: "byte count" },
      { id: "hash", head: "SHA-256" },
      { id: "call", head: "call" },
    ],
    rows: [{ name: "(the measuring process alone)", cells: [rssOf(alone), "", "", ""] }, ...rows],
    ratios: [
      { name: "peak RSS of hardcall's process, MB", value: own, limit: 100 },
      { name: "hardcall × the measuring process alone", value: own / rssOf(alone) },
    ],
    chart: { kind: "bars", columns: ["rss"], unit: "MB" },
    notes: ["A fresh process for each, with the default limits of each library."],
  };
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
