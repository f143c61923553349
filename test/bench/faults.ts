import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { end, running } from "../../examples/demo/leftovers.mts";
import type { Settlement } from "./host.ts";
import type { BenchPart, BenchTable, Effort } from "./part.ts";
import { SUBJECT_NAMES, type SubjectName } from "./subjects.ts";

interface Fault {
  readonly name: string;
  readonly script: string;
  /** What a caller should hear: that it failed, or that it is done. */
  readonly right: "fails" | "done";
  /** The host is killed half a second after the start. */
  readonly killHost?: true;
}

const FAULTS: readonly Fault[] = [
  { name: "grandchild holds stdout", right: "fails", script: "sleep 30 & sleep 30" },
  { name: "the same after setsid", right: "fails", script: "setsid sleep 30 & sleep 30" },
  { name: "exits 0 while a daemon holds the pipe", right: "done", script: "echo done; sleep 30 &" },
  { name: "ignores SIGTERM", right: "fails", script: "trap '' TERM; while :; do sleep 0.2; done" },
  { name: "stops itself with SIGSTOP", right: "fails", script: "kill -STOP $$; sleep 30" },
  {
    name: "traps SIGTERM and exits 0",
    right: "fails",
    script: "trap 'exit 0' TERM; while :; do sleep 0.1; done",
  },
  { name: "waits on stdin", right: "done", script: "cat && echo done" },
  { name: "floods stdout", right: "fails", script: "exec yes 'the quick brown fox jumps over the lazy dog'" },
  {
    name: "tree three deep, each in its own session",
    right: "fails",
    script: `setsid sh -c 'setsid sh -c "setsid sleep 30 & sleep 30" & sleep 30' & sleep 30`,
  },
  {
    name: "double-forked daemon with stdio closed",
    right: "done",
    script: "(setsid sleep 30 <&- >&- 2>&- &); echo done",
  },
  { name: "kill -9 of the host", right: "fails", script: "setsid sleep 30 & sleep 30", killHost: true },
];

const HOST = fileURLToPath(new URL("host.ts", import.meta.url));
/** Eight times the timeout of the calls: a call that has not settled by then hangs. */
const PATIENCE_MS = 8000;
const AFTERWARDS_MS = 1000;
/** They mostly wait; more at once would let them wait for a processor. */
const AT_ONCE = 4;

export const part: BenchPart = {
  name: "faults",
  title: "Faults",
  run: async (effort) => [await faultMatrix(effort)],
};

/** What each library does with a child that misbehaves. */
async function faultMatrix(effort: Effort): Promise<BenchTable> {
  const names: SubjectName[] =
    effort === "quick"
      ? ["execa, timeout + killDescendants", "hardcall"]
      : SUBJECT_NAMES.filter((name) => name !== "hardcall, runCommand");
  const cells = FAULTS.flatMap((fault) => names.map((name) => ({ fault, name, shown: "" })));
  const waiting = [...cells];
  const worker = async () => {
    for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
      cell.shown = await provoke(cell.fault, cell.name);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const rows = FAULTS.map((fault) => ({
    name: fault.name,
    cells: cells.filter((cell) => cell.fault === fault).map(({ shown }) => shown),
  }));
  const bad = cells.filter(({ name, shown }) => name === "hardcall" && shown.includes("**")).length;
  return {
    id: "faults",
    title: "What each library does with a child that misbehaves",
    means: `hardcall ends ${FAULTS.length - bad} of ${FAULTS.length} calls of such programs on time, with the right answer and no process left.`,
    columns: [
      { id: "fault", head: "timeout 1 s, kill grace 0.3 s" },
      ...names.map((name) => ({ id: name, head: name })),
    ],
    rows,
    ratios: [
      {
        name: "faults that hardcall answers wrongly, or that leave a process",
        value: bad,
        limit: 0,
      },
    ],
  };
}

async function provoke(fault: Fault, name: SubjectName): Promise<string> {
  const mark = `${randomUUID()}.`;
  // ast-grep-ignore: js-subprocess-timeout, reason: killed in `finally`, and nothing before it waits without a limit
  const host = spawn(process.execPath, [HOST, "fault", name, fault.script, mark], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = once(host, "exit");
  try {
    if (fault.killHost) {
      await startOf(mark);
      await wait(500);
      host.kill("SIGKILL");
      await exited;
      await wait(AFTERWARDS_MS);
      return left(mark);
    }
    const settlement = await Promise.race([settlementOf(host), wait(PATIENCE_MS, undefined)]);
    await wait(AFTERWARDS_MS);
    if (settlement === undefined) return `**hangs**, ${left(mark)}`;
    if (settlement === "crashed") return `**host crashed**, ${left(mark)}`;
    const { ms, ok, stdout } = settlement;
    const right = fault.right === "done" ? ok && stdout.trim() === "done" : !ok;
    return `${(ms / 1000).toFixed(2)} s, ${right ? "right" : "**wrong**"}, ${left(mark)}`;
  } finally {
    host.kill("SIGKILL");
    end(mark);
  }
}

function left(mark: string): string {
  const count = running(mark).length;
  return count === 0 ? "0 left" : `**${count} left**`;
}

/** The host's line, or that it ended without one. */
async function settlementOf(host: ChildProcess): Promise<Settlement | "crashed"> {
  let line = "";
  for await (const chunk of host.stdout ?? []) {
    line += String(chunk);
    if (line.endsWith("\n")) return JSON.parse(line) as Settlement;
  }
  return "crashed";
}

async function startOf(mark: string): Promise<void> {
  for (const until = performance.now() + 10_000; performance.now() < until; await wait(20)) {
    if (running(mark).length > 0) return;
  }
  throw new Error("the host did not start its command");
}
