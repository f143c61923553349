import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort } from "./part.ts";
import { spreadOf } from "./stats.ts";
import type { TimeoutsCost } from "./timeouts-host.ts";

const HOST = fileURLToPath(new URL("timeouts-host.ts", import.meta.url));
const HARDCALL = import.meta.resolve("hardcall");
/** Processes of other programs on the machine. */
const OTHERS = 2000;
const GRACE_MS = 500;
/** What one call may take beyond timeout and kill grace: 250 ms for the last output, and 100 ms. */
const ALLOWED_MS = 350;
const BLOCK_MS = 50;

export const part: BenchPart = {
  name: "timeouts",
  title: "Many timeouts at once",
  run: async (effort) => [await manyTimeouts(effort)],
};

/** Commands that time out together, on a machine with many other processes. */
async function manyTimeouts(effort: Effort): Promise<BenchTable> {
  const plan: readonly (readonly [calls: number, rounds: number])[] =
    effort === "quick"
      ? [
          [1, 1],
          [100, 1],
        ]
      : [
          [1, 1],
          [16, 1],
          [100, 1],
          [300, 1],
          [400, 1],
          [1000, 1],
        ];
  const others = await startOthers(effort === "quick" ? 200 : OTHERS);
  try {
    const measured = plan.map(([calls, rounds]) => ({ calls, ...byTurns(calls, rounds) }));
    return tableOf(measured);
  } finally {
    process.kill(-others.pid!, "SIGKILL");
  }
}

interface Measured {
  readonly calls: number;
  readonly raw: readonly TimeoutsCost[];
  readonly ours: readonly TimeoutsCost[];
}

const medianOf = (costs: readonly TimeoutsCost[], of: "lateMs" | "blockMs") =>
  spreadOf(costs.map((cost) => cost[of])).median;

const allowed = (raw: readonly TimeoutsCost[]) => medianOf(raw, "lateMs") + ALLOWED_MS;

function tableOf(measured: readonly Measured[]): BenchTable {
  const rows = measured.map(({ calls, raw, ours }) => ({
    name: calls.toLocaleString("en"),
    cells: [
      medianOf(raw, "lateMs"),
      medianOf(ours, "lateMs"),
      allowed(raw),
      medianOf(raw, "blockMs"),
      medianOf(ours, "blockMs"),
      `${Math.min(...ours.map(({ right }) => right))} of ${calls}`,
      Math.max(...ours.map(({ left }) => left)),
    ],
  }));
  const most = measured.slice(-2).map(({ calls, ours }) => {
    const seconds = medianOf(ours, "lateMs") / 1000;
    return `${calls.toLocaleString("en")} settle within ${figure(seconds)} s`;
  });
  return {
    id: "timeouts",
    title: "Many timeouts at once",
    means: `Of calls that time out together, ${most.join(", and ")} after their timeout and kill grace.`,
    columns: [
      { id: "calls", head: "calls" },
      { id: "late-raw", head: "raw spawn and kill: settled late by, ms", digits: 0 },
      { id: "late", head: "hardcall: settled late by, ms", digits: 0 },
      { id: "allowed", head: "allowed, ms", digits: 0 },
      { id: "block-raw", head: "raw: longest event-loop block, ms", digits: 0 },
      { id: "block", head: "hardcall: longest event-loop block, ms", digits: 0 },
      { id: "right", head: "hardcall: timed out" },
      { id: "left", head: "still running then", digits: 0 },
    ],
    rows,
    ratios: measured.flatMap(({ calls, raw, ours }) => [
      {
        name: `${calls.toLocaleString("en")} at once: late / allowed`,
        value: medianOf(ours, "lateMs") / allowed(raw),
        limit: 1,
      },
      {
        name: `${calls.toLocaleString("en")} at once: longest block / allowed`,
        value: medianOf(ours, "blockMs") / Math.max(BLOCK_MS, 1.5 * medianOf(raw, "blockMs")),
        limit: 1,
      },
    ]),
    chart: {
      kind: "lines",
      x: "calls that time out at once",
      columns: ["late-raw", "late", "allowed"],
      unit: "ms",
      logarithmic: true,
    },
    notes: [
      `Three of four calls are \`sleep\`; the fourth is a tree of three processes that ignore SIGTERM, one of them in a session of its own in ` +
        `every second tree. All time out at the same moment, with a kill grace of ${GRACE_MS} ms. "Late" is the time from then on.`,
      `Allowed is what one call may take (${ALLOWED_MS} ms), and what raw spawn and kill of as many took. Raw spawn signals the processes that it ` +
        `knows; it looks for no others. A block may be 1.5 × as long as raw spawn's, or ${BLOCK_MS} ms. What is still running when the last call has ` +
        "settled, hardcall goes on to end.",
    ],
  };
}

function byTurns(calls: number, rounds: number): Pick<Measured, "raw" | "ours"> {
  const raw: TimeoutsCost[] = [];
  const ours: TimeoutsCost[] = [];
  for (let round = 0; round < rounds; round++) {
    const cost = measure("raw", calls);
    raw.push(cost);
    // Its calls count from the first start, and all must have started by then.
    ours.push(measure(HARDCALL, calls, Math.round(600 + 1.8 * (cost.startMs ?? 0))));
  }
  return { raw, ours };
}

/** @param timeoutMs raw spawn has its own, which begins when all have started */
function measure(subject: string, calls: number, timeoutMs = 0): TimeoutsCost {
  const args = [HOST, subject, calls, GRACE_MS, timeoutMs].map(String);
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    timeout: 120_000,
  });
  if (status !== 0) throw new Error(`the host of ${calls} timeouts exited with code ${status}`);
  return JSON.parse(stdout) as TimeoutsCost;
}

/** In a group of their own, by which they are ended. */
async function startOthers(count: number): Promise<ChildProcess> {
  const script = `i=0; while [ $i -lt ${count} ]; do sleep 600 & i=$((i + 1)); done; echo ready; wait`;
  // ast-grep-ignore: js-subprocess-timeout, reason: the group is killed in `finally`
  const others = spawn("sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
  await once(others.stdout, "data");
  return others;
}
