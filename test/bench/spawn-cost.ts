import { performance } from "node:perf_hooks";
import { ratio, show, shuffled, spreadOf, table, type Spread } from "./stats.ts";
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
  const [rounds, calls] = quick ? [3, 30] : [11, 64];
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
  const spreads = (name: SubjectName, of: keyof Measured): Spread =>
    spreadOf((measured.get(name) as Measured)[of]);
  const rows = SUBJECT_NAMES.map((name) => {
    const [serial, atOnce, busy] = [spreads(name, "serial"), spreads(name, "atOnce"), spreads(name, "busy")];
    return [
      name,
      show(serial),
      ratio(serial, spreads("raw spawn", "serial")),
      ratio(serial, spreads(RIVAL, "serial")),
      show(busy),
      show(atOnce),
      ratio(atOnce, spreads("raw spawn", "atOnce")),
      ratio(atOnce, spreads(RIVAL, "atOnce")),
    ];
  });
  const head = ["`/bin/true`", "one by one, ms per call", "× raw", "× execa + both"];
  head.push("event loop busy, ms per call", "16 at once, ms per call", "× raw", "× execa + both");
  return `${table(head, rows)}\n\nMedian (min-max) of ${rounds} rounds of ${calls} calls, subjects in random order.`;
}

async function timePerCall(calls: number, atOnce: number, run: Run): Promise<number> {
  const start = performance.now();
  for (let done = 0; done < calls; done += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => run(COMMAND, [])));
  }
  return (performance.now() - start) / calls;
}
