import { performance } from "node:perf_hooks";
import { show, shuffled, spreadOf, table } from "./stats.ts";
import { SUBJECT_NAMES, SUBJECTS, type Run, type SubjectName } from "./subjects.ts";

const COMMAND = "/bin/true";
const RIVAL: SubjectName = "execa, timeout + killDescendants";

interface Measured {
  readonly serial: number[];
  readonly atOnce: number[];
  /** How long the event loop was kept from anything else. */
  readonly busy: number[];
}

/** What a call costs that does next to nothing. */
export async function spawnCost(quick: boolean): Promise<string> {
  const [rounds, calls] = quick ? [5, 16] : [40, 16];
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
    return spreadOf(timesOf(name, of).map((time, round) => time / (base[round] as number))).median.toFixed(2);
  };
  const rows = SUBJECT_NAMES.map((name) => [
    name,
    show(spreadOf(timesOf(name, "serial"))),
    ratio(name, "raw spawn", "serial"),
    ratio(name, RIVAL, "serial"),
    show(spreadOf(timesOf(name, "busy"))),
    show(spreadOf(timesOf(name, "atOnce"))),
    ratio(name, "raw spawn", "atOnce"),
    ratio(name, RIVAL, "atOnce"),
  ]);
  const head = ["`/bin/true`", "one by one, ms per call", "× raw", "× execa + both"];
  head.push("event loop busy, ms per call", "16 at once, ms per call", "× raw", "× execa + both");
  return `${table(head, rows)}\n\nMedian (min-max) of ${rounds} rounds of ${calls} calls, subjects in random order; ratios are medians of\nthe rounds' own.`;
}

async function timePerCall(calls: number, atOnce: number, run: Run): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < calls; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => run(COMMAND, [])));
  }
  return (performance.now() - start) / calls;
}
