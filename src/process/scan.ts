import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { lastPid, listPids } from "./proc-table.ts";
import { Sighting, type Finding, type Sought } from "./sighting.ts";

/** For so long the event loop waits for the reading of processes, at most. */
const SLICE_MS = 5;
/** For so long a scan runs after processes that are younger than its list, at most. */
const CHASE_MS = 20;
/** How often, and after what pause in milliseconds, an environment that reads as empty is read again. */
const BLANK_READS = 3;
const BLANK_PAUSE_MS = 1;

/** What was read of `/proc` so far by this process. */
export const scanCounts = { scans: 0 };

interface Request {
  readonly tree: Sought;
  readonly resolve: (finding: Finding) => void;
  readonly reject: (error: unknown) => void;
}

let waiting: Request[] = [];
let isScanning = false;

/**
 * Looks through all processes for the members of a tree. All trees that ask while a scan runs share the next one: 300 calls
 * that time out together would otherwise each read every process.
 *
 * @throws when `/proc` cannot be read, such as for want of a descriptor
 */
export function scan(tree: Sought): Promise<Finding> {
  const { promise, resolve, reject } = Promise.withResolvers<Finding>();
  waiting.push({ tree, resolve, reject });
  if (!isScanning) void scanForAll();
  return promise;
}

async function scanForAll(): Promise<void> {
  isScanning = true;
  while (waiting.length > 0) {
    // Those whose limits run out in the same turn of the loop are to be found together.
    await nextTurn();
    const requests = waiting;
    waiting = [];
    try {
      const sighting = await readAll(requests.map(({ tree }) => tree));
      const slice = new Slice();
      for (const { tree, resolve } of requests) {
        resolve(sighting.of(tree));
        if (slice.isOver()) await slice.pause();
      }
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }
  isScanning = false;
}

async function readAll(trees: readonly Sought[]): Promise<Sighting> {
  scanCounts.scans++;
  const sighting = new Sighting(trees);
  const slice = new Slice();
  const see = async (pids: readonly number[]) => {
    for (const pid of pids) {
      sighting.see(pid);
      if (slice.isOver()) await slice.pause();
    }
  };
  let newest = lastPid();
  await see(listPids());
  // What was started since is not in the list, and is all that there is of a process that forks and exits in turn.
  const chaseUntil = performance.now() + CHASE_MS;
  for (let blankReads = 0; ;) {
    const last = lastPid();
    if (last !== newest && !Number.isNaN(last)) {
      // A smaller number: they have gone round.
      await see(last > newest ? numbersAfter(newest, last) : listPids());
      newest = last;
      if (performance.now() < chaseUntil) continue;
      sighting.certain = false;
    }
    if (sighting.blank.size === 0 || blankReads++ === BLANK_READS) return sighting.close();
    await wait(BLANK_PAUSE_MS);
    await see(sighting.takeBlank());
  }
}

/** Looking so many numbers up costs less than listing all processes. */
const FEW_PIDS = 64;

/**
 * Looks at the pids that were given out since one, without a pause; whatever descends from a process was given its pid after
 * it. `undefined` when they are too many, or something is being started just then: then only a scan can tell.
 */
export function lookAtNewest(tree: Sought, first: number): Finding | undefined {
  const sighting = new Sighting([tree]);
  for (let newest = first; ;) {
    const last = lastPid();
    if (!(last >= newest && last - first <= FEW_PIDS)) return undefined;
    if (last === newest) return sighting.blank.size === 0 ? sighting.close().of(tree) : undefined;
    for (const pid of numbersAfter(newest, last)) sighting.see(pid);
    newest = last;
  }
}

const numbersAfter = (first: number, last: number) =>
  Array.from({ length: last - first }, (_, index) => first + 1 + index);

/** Gives the event loop a turn when its time is over. */
class Slice {
  #endsAt = performance.now() + SLICE_MS;

  isOver(): boolean {
    return performance.now() > this.#endsAt;
  }

  async pause(): Promise<void> {
    await nextTurn();
    this.#endsAt = performance.now() + SLICE_MS;
  }
}
