import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openSqliteStore } from "../../src/ledger/store/sqlite.ts";
import type { OperationHistory } from "../../src/ledger/store/store.ts";
import type { Arrival } from "../call/guard/publish-server.ts";
import { LineProcess } from "../helpers/line-process.ts";
import { commandLineOf, processesWith, survivorsAfter } from "../helpers/processes.ts";
import { childEnv } from "../helpers/run.ts";
import { Agitator } from "./agitator.ts";
import type { Disk } from "./disk.ts";
import { faultsOf } from "./faults.ts";
import { Fleet } from "./fleet.ts";
import type { CallRecord, FaultRecord, KeyRecord } from "./records.ts";
import { LIMITS, type Subject } from "./subject.ts";
import { driveToEnd, type End } from "./wind-down.ts";

const SERVER = fileURLToPath(new URL("processes/server.ts", import.meta.url));
const KEYS_AT_ONCE = 16;
/** What is on its way when the run ends: the longest call, its stop, and a host that was suspended meanwhile. */
const LAST_CALL_MS = 60_000;
const END_WITHIN_MS = 5000;
/** The guardian of a killed host may take so long to end what that has started. */
const LEFT_WITHIN_MS = 3000;

export interface RunResult {
  readonly keys: readonly KeyRecord[];
  readonly faults: readonly FaultRecord[];
  readonly faultCounts: ReadonlyMap<string, number>;
  /** What is wrong with the run as a whole. */
  readonly broken: readonly string[];
  readonly lives: number;
  readonly histories: ReadonlyMap<string, OperationHistory>;
}

export interface RunOptions {
  readonly seed: string;
  readonly seconds: number;
  readonly disk: Disk;
  /** In the environment of every process of the run, which finds what is left of it. */
  readonly cookie: string;
}

/** Agitates for so many seconds, then brings every key to its end. Its processes may outlive it if it rejects. */
export async function runChaos({ seed, seconds, disk, cookie }: RunOptions): Promise<RunResult> {
  const env = childEnv({ CHAOS_RUN: cookie, HARDCALL_LOG_LEVEL: "silent" });
  const server = await Server.begin(seed, env);
  const fleet = new Fleet({ seed, ledger: disk.ledger, url: server.url, env });
  const agitator = new Agitator(disk, fleet.hosts, env);
  await fleet.begin();
  const running = fleet.run();
  agitator.begin(faultsOf(seed, seconds));
  await Promise.race([wait(seconds * 1000), running]);
  agitator.end();
  fleet.stop();
  const broken: string[] = [];
  // A call that has not ended by then is judged as one that does not.
  await Promise.race([running, wait(LAST_CALL_MS, undefined, { ref: false })]);
  const ends = await endAll(fleet, server, disk);
  broken.push(...fleet.crashes);
  const stuck = await fleet.end(END_WITHIN_MS);
  broken.push(...stuck.map(({ life }) => `host ${life.host} had nothing more to do and did not end`));
  const arrivals = await server.log();
  const histories = await historiesOf(disk.ledger, fleet.subjects);
  await server.end();
  const left = await survivorsAfter(LEFT_WITHIN_MS, processesWith(cookie));
  broken.push(...left.map((pid) => `left running: ${pid} ${commandLineOf(pid)}`));
  const keys = recordsOf(fleet, arrivals, ends);
  const { log: faults, counts: faultCounts } = agitator;
  return { keys, faults, faultCounts, broken, lives: fleet.lives, histories };
}

/** The service, in a process of its own. */
class Server {
  readonly #process: LineProcess;
  readonly url: string;

  private constructor(running: LineProcess, url: string) {
    this.#process = running;
    this.url = url;
  }

  static async begin(seed: string, env: NodeJS.ProcessEnv): Promise<Server> {
    const running = new LineProcess(process.execPath, [SERVER, seed], env);
    return new Server(running, await running.next());
  }

  async log(say: "log" | "calm" = "log"): Promise<readonly Arrival[]> {
    this.#process.say(say);
    return await this.#process.next();
  }

  async end(): Promise<void> {
    this.#process.close();
    await this.#process.exited();
  }
}

async function endAll(fleet: Fleet, server: Server, disk: Disk): Promise<ReadonlyMap<string, End>> {
  const log = await server.log("calm");
  const lastAt = Math.max(Date.now(), ...log.map(({ at, delayMs }) => at + delayMs));
  // What has left may still arrive: only then can an operator tell what there is.
  await wait(lastAt - Date.now() + LIMITS.effectWithinMs);
  const posts = Map.groupBy(await server.log(), ({ key }) => key);
  const ledger = await openSqliteStore({ path: disk.ledger });
  try {
    const ends = new Map<string, End>();
    const left = [...fleet.subjects.values()];
    const worker = async () => {
      for (let subject = left.pop(); subject !== undefined; subject = left.pop()) {
        const call = (one: Subject): Promise<CallRecord> => fleet.call(one);
        const postsOf = async (key: string) =>
          (posts.get(key) ?? []).filter(({ publishedAt }) => publishedAt !== undefined).length;
        ends.set(subject.key, await driveToEnd(subject, { call, postsOf, ledger }));
      }
    };
    await Promise.all(Array.from({ length: KEYS_AT_ONCE }, worker));
    return ends;
  } finally {
    await ledger.close();
  }
}

async function historiesOf(path: string, subjects: ReadonlyMap<string, Subject>) {
  const ledger = await openSqliteStore({ path });
  try {
    const histories = new Map<string, OperationHistory>();
    for (const key of subjects.keys()) {
      const [history] = await ledger.show({ callIdOrKey: key });
      if (history !== undefined) histories.set(key, history);
    }
    return histories;
  } finally {
    await ledger.close();
  }
}

function recordsOf(
  fleet: Fleet,
  arrivals: readonly Arrival[],
  ends: ReadonlyMap<string, End>,
): readonly KeyRecord[] {
  const arrivalsByKey = Map.groupBy(arrivals, ({ key }) => key);
  const callsByKey = Map.groupBy(fleet.calls, ({ subject }) => subject.key);
  return [...fleet.subjects.values()].map((subject) => ({
    subject,
    calls: callsByKey.get(subject.key) ?? [],
    arrivals: arrivalsByKey.get(subject.key) ?? [],
    ...ends.get(subject.key),
  }));
}
