import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { LEDGER_KINDS, newLedger } from "../../helpers/ledger.ts";
import { Random } from "../../helpers/random.ts";
import { countingServer, type CountingServer } from "./counting-server.ts";
import type { GateEvent } from "./fixtures/gate-process.ts";
import { GateProcess } from "./gate-process.ts";

const RESOURCE = { name: "agents", limits: { concurrency: 3 } } as const;

/** What a run of many processes is to do. */
interface Plan {
  readonly processes: number;
  readonly calls: number;
  /** A call comes to one of the processes so often. */
  readonly callEveryMs: number;
  readonly workMs: number;
  readonly killEveryMs: number;
}

const idsOf = ({ calls }: Plan) => Array.from({ length: calls }, (_, nth) => String(nth));

interface Running {
  readonly child: GateProcess;
  readonly ids: string[];
}

/**
 * Calls come to many processes; one of those is killed from time to time, and a new one takes over what it had not done.
 *
 * @returns what each process printed, also those that were killed
 */
async function run(ledger: string, server: CountingServer, plan: Plan) {
  const random = new Random("agents", plan.calls);
  const all: GateProcess[] = [];
  const begin = async (): Promise<Running> => {
    const child = await GateProcess.open({ ledger, resource: RESOURCE });
    all.push(child);
    return { child, ids: [] };
  };
  const give = ({ child, ids }: Running, more: readonly string[]) => {
    ids.push(...more);
    child.tell({ do: "work", ids: more, url: server.url });
  };
  const running = await Promise.all(Array.from({ length: plan.processes }, begin));
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const pause = (ms: number) => wait(ms, undefined, { signal: over.signal }).catch(() => undefined);
  const killing = (async () => {
    for (let kills = 0; ; kills++) {
      await pause(plan.killEveryMs);
      if (over.signal.aborted) return kills;
      const next = await begin();
      const [killed] = running.splice(random.between(0, running.length - 1), 1, next);
      await killed?.child.end();
      give(next, killed?.ids.filter((id) => !server.done.has(id)) ?? []);
    }
  })();
  for (const id of idsOf(plan)) {
    give(random.pick(running), [id]);
    await pause(plan.callEveryMs);
  }
  await server.finished(idsOf(plan));
  over.abort();
  return { kills: await killing, processes: all.map(({ events }) => events) };
}

/** For each place that was given: how many calls that had come before it still waited then, and by how much the first of them was earlier. */
function displacements(processes: readonly (readonly GateEvent[])[]) {
  const calls = processes.flatMap((events) =>
    events
      .filter(({ what }) => what === "entered")
      .map(({ id, at }) => ({
        came: at,
        placed: events.find((event) => event.id === id && event.what === "place")?.at ?? Infinity,
        // What a killed process waited for is over with it.
        until: events.at(-1)?.at ?? at,
      })),
  );
  return calls
    .filter(({ placed }) => placed < Infinity)
    .map(({ came, placed }) => {
      const overtaken = calls.filter(
        (other) => other.came < came && placed < Math.min(other.placed, other.until),
      );
      return { calls: overtaken.length, ms: came - Math.min(came, ...overtaken.map((other) => other.came)) };
    });
}

describe.each(LEDGER_KINDS)("with the ledger in %s", (kind) => {
  const isFile = kind === "a file";
  const plan: Plan = isFile
    ? { processes: 8, calls: 400, callEveryMs: 10, workMs: 50, killEveryMs: 1000 }
    : { processes: 4, calls: 100, callEveryMs: 10, workMs: 50, killEveryMs: 1000 };

  it(
    `of ${plan.calls} calls of ${plan.processes} processes, some of which are killed, never more than 3 work at once, and none waits for ever`,
    { timeout: 120_000 },
    async () => {
      const server = await countingServer(plan.workMs);
      const { kills, processes } = await run(await newLedger(kind), server, plan);
      expect(server.most()).toBe(3);
      expect(kills).toBeGreaterThan(0);
      for (const events of processes) {
        const order = (what: GateEvent["what"]) =>
          events.filter((event) => event.what === what).map(({ id }) => id);
        const placed = order("place");
        expect(placed).toEqual(order("entered").slice(0, placed.length));
        expect(events.filter(({ what }) => what === "failed")).toEqual([]);
      }
      const found = displacements(processes);
      const most = Math.max(...found.map(({ calls }) => calls));
      const mean = found.reduce((sum, { calls }) => sum + calls, 0) / found.length;
      const ms = Math.max(...found.map((one) => one.ms));
      // Places handed out in any order would overtake about a quarter of all calls on average.
      expect(mean).toBeLessThan(plan.calls / 5);
      expect(most).toBeLessThan((plan.calls * 3) / 4);
      console.log(
        `${kind}: ${kills} killed; a place overtook ${mean.toFixed(1)} calls on average, ${most} at most, which had come ${ms.toFixed(0)} ms earlier at most`,
      );
    },
  );
});
