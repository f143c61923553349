import { performance } from "node:perf_hooks";
import { figure } from "./markdown.ts";
import type { BenchPart, BenchTable, Effort } from "./part.ts";
import { shuffled, spreadOf } from "./stats.ts";
import { SUBJECT_NAMES, SUBJECTS, type Run, type SubjectName } from "./subjects.ts";

const COMMAND = "/bin/true";
const RIVAL: SubjectName = "execa, timeout + killDescendants";

interface Measured {
  readonly serial: number[];
  readonly atOnce: number[];
  /** How long the event loop was kept from anything else. */
  readonly busy: number[];
}

export const part: BenchPart = {
  name: "spawn",
  title: "What a call costs",
  run: async (effort) => [await spawnCost(effort)],
};

/** What a call costs that does next to nothing. */
async function spawnCost(effort: Effort): Promise<BenchTable> {
  const [rounds, calls] = effort === "quick" ? [5, 16] : [24, 16];
  const runs = new Map<SubjectName, Run>();
  for (const name of SUBJECT_NAMES) runs.set(name, await SUBJECTS[name]());
  for (const run of runs.values()) for (let i = 0; i < 30; i++) await run(COMMAND, []);

  const measured = new Map<SubjectName, Measured>(
    SUBJECT_NAMES.map((name) => [name, { serial: [], atOnce: [], busy: [] }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of shuffled([...runs])) {
      const into = measured.get(name) as Measured;
      const before = performance.eventLoopUtilization();
      into.serial.push(await timePerCall(calls, 1, run));
      into.busy.push(performance.eventLoopUtilization(before).active / calls);
      into.atOnce.push(await timePerCall(calls, 16, run));
    }
  }
  const timesOf = (name: SubjectName, of: keyof Measured) => (measured.get(name) as Measured)[of];
  /** Within a round the machine is as busy with other things for the one as for the other. */
  const ratio = (name: SubjectName, to: SubjectName, of: keyof Measured) => {
    const base = timesOf(to, of);
    return spreadOf(timesOf(name, of).map((time, round) => time / (base[round] as number))).median;
  };
  const rows = SUBJECT_NAMES.map((name) => ({
    name,
    cells: [
      spreadOf(timesOf(name, "serial")),
      ratio(name, "raw spawn", "serial"),
      ratio(name, RIVAL, "serial"),
      spreadOf(timesOf(name, "busy")),
      spreadOf(timesOf(name, "atOnce")),
      ratio(name, "raw spawn", "atOnce"),
      ratio(name, RIVAL, "atOnce"),
    ],
  }));
  const added = median(timesOf("hardcall", "serial")) - median(timesOf("raw spawn", "serial"));
  return {
    id: "call-cost",
    title: "What a call of `/bin/true` costs",
    means:
      `A call with hardcall takes ${figure(added, 1)} ms longer than a raw \`spawn\`, and ` +
      `${figure(ratio("hardcall", RIVAL, "serial"))} × as long as execa with \`timeout\` and \`killDescendants\`, which is the nearest to what hardcall does.`,
    columns: [
      { id: "name", head: "`/bin/true`" },
      { id: "serial", head: "one by one, ms per call" },
      { id: "serial-raw", head: "× raw" },
      { id: "serial-execa", head: "× execa + both" },
      { id: "busy", head: "event loop busy, ms per call" },
      { id: "at-once", head: "16 at once, ms per call" },
      { id: "at-once-raw", head: "× raw" },
      { id: "at-once-execa", head: "× execa + both" },
    ],
    rows,
    ratios: [
      { name: "one by one: hardcall × raw spawn", value: ratio("hardcall", "raw spawn", "serial") },
      { name: "16 at once: hardcall × raw spawn", value: ratio("hardcall", "raw spawn", "atOnce") },
      { name: "one by one: hardcall × execa + both", value: ratio("hardcall", RIVAL, "serial"), limit: 1 },
      { name: "16 at once: hardcall × execa + both", value: ratio("hardcall", RIVAL, "atOnce"), limit: 1 },
    ],
    chart: { kind: "bars", columns: ["serial", "at-once"], unit: "ms per call" },
    notes: [
      `Median (lowest-highest) of ${rounds} rounds of ${calls} calls, in random order.`,
      "A ratio is the median of the ratios of the rounds.",
    ],
  };
}

const median = (values: readonly number[]) => spreadOf(values).median;

async function timePerCall(calls: number, atOnce: number, run: Run): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < calls; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => run(COMMAND, [])));
  }
  return (performance.now() - start) / calls;
}
