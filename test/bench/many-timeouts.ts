import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { spreadOf, table } from "./stats.ts";
import type { TimeoutsCost } from "./timeouts-host.ts";

const HOST = fileURLToPath(new URL("timeouts-host.ts", import.meta.url));
/** What a single call of these settles within: timeout 2 s, kill grace 1 s, drain grace 250 ms and 100 ms. */
const BOUND_MS = 3350;

/** Commands that ignore SIGTERM and time out together. */
export function manyTimeouts(quick: boolean): string {
  const count = quick ? 100 : 300;
  const rounds = quick ? 1 : 5;
  const costs = new Map<string, TimeoutsCost[]>([
    ["raw spawn and kill", []],
    ["hardcall", []],
  ]);
  for (let round = 0; round < rounds; round++) {
    for (const [subject, list] of costs) list.push(measure(subject === "hardcall" ? subject : "raw", count));
  }
  const rows = [...costs].map(([subject, list]) => [
    subject,
    list.map(({ ms }) => (ms / 1000).toFixed(2)).join(", "),
    (spreadOf(list.map(({ ms }) => ms)).median / 1000).toFixed(2),
    spreadOf(list.map(({ startBlockMs }) => startBlockMs)).median.toFixed(0),
    list.map(({ blockMs }) => blockMs.toFixed(0)).join(", "),
    spreadOf(list.map(({ blockMs }) => blockMs)).median.toFixed(0),
    `${Math.min(...list.map(({ right }) => right))} of ${count}`,
  ]);
  return [
    table(
      [
        `${count} timeouts at once`,
        "all settled after, s",
        "median",
        "longest event-loop block at the start, ms",
        "afterwards, ms",
        "median",
        "right",
      ],
      rows,
    ),
    "",
    `Timeout 2 s and kill grace 1 s: one call alone settles within ${BOUND_MS / 1000} s. Subjects by turns.`,
  ].join("\n");
}

function measure(subject: string, count: number): TimeoutsCost {
  const { status, stdout } = spawnSync(process.execPath, [HOST, subject, String(count)], {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`the host of ${count} timeouts exited with code ${status}`);
  return JSON.parse(stdout) as TimeoutsCost;
}
