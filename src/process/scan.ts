import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { ProcessSearch, type TreeFinding, type SearchedTree } from "./process-search.ts";
import { processTable } from "./process-table.ts";
import { Strangers } from "./strangers.ts";
import { lastPid, listPids, procReader } from "./table/proc.ts";

/** The longest time that reading processes may block the event loop. */
const SLICE_MS = 5;
/** The longest time that a scan follows processes that are younger than its list. */
const CHASE_MS = 20;
/** How often, and after what pause in milliseconds, an environment that reads as empty is read again. */
const BLANK_READS = 3;
const BLANK_PAUSE_MS = 1;

/** How often this process has read all processes. */
export const scanCounts = { scans: 0 };

interface Request {
  readonly tree: SearchedTree;
  readonly resolve: (finding: TreeFinding) => void;
  readonly reject: (error: unknown) => void;
}

const strangers = new Strangers();
let waiting: Request[] = [];
let isScanning = false;

/**
 * Searches all processes for the members of a tree. Trees that ask while a scan runs share the next one: 300 calls that time out
 * together would otherwise read every process 300 times.
 *
 * @throws when the processes cannot be read, such as for want of a descriptor
 */
export function scan(tree: SearchedTree): Promise<TreeFinding> {
  const { promise, resolve, reject } = Promise.withResolvers<TreeFinding>();
  waiting.push({ tree, resolve, reject });
  if (!isScanning) void scanForAll();
  return promise;
}

async function scanForAll(): Promise<void> {
  isScanning = true;
  while (waiting.length > 0) {
    // Trees whose limits pass in the same turn of the loop share this scan.
    await nextTurn();
    const requests = waiting;
    waiting = [];
    try {
      const search = await readAll(requests.map(({ tree }) => tree));
      const slice = new Slice();
      for (const { tree, resolve } of requests) {
        resolve(search.of(tree));
        if (slice.isOver()) await slice.pause();
      }
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
  }
  isScanning = false;
}

async function readAll(trees: readonly SearchedTree[]): Promise<ProcessSearch> {
  scanCounts.scans++;
  const snapshot = await processTable().snapshot?.({
    cookies: trees.map(({ cookie }) => cookie),
    groups: new Set(trees.map(({ group }) => group)),
  });
  strangers.forgetOld();
  const search =
    snapshot === undefined
      ? new ProcessSearch(trees, procReader, strangers)
      : new ProcessSearch(trees, snapshot);
  const slice = new Slice();
  const see = async (pids: readonly number[]) => {
    for (const pid of pids) {
      search.see(pid);
      if (slice.isOver()) await slice.pause();
    }
  };
  if (snapshot === undefined) await seeProc(search, see);
  else await see(snapshot.pids);
  return search.close();
}

async function seeProc(
  search: ProcessSearch,
  see: (pids: readonly number[]) => Promise<void>,
): Promise<void> {
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
      search.certain = false;
    }
    if (search.blank.size === 0 || blankReads++ === BLANK_READS) return;
    await wait(BLANK_PAUSE_MS);
    await see(search.takeBlank());
  }
}

/** Looking so many numbers up costs less than listing all processes. */
const FEW_PIDS = 64;

/**
 * Looks at all pids that the system gave out after one pid, without a pause: a descendant has its pid from after its parent's.
 * `undefined` if they are too many or a process is being started just then; then only a scan can tell.
 */
export function lookAtNewest(tree: SearchedTree, first: number): TreeFinding | undefined {
  const search = new ProcessSearch([tree], procReader);
  for (let newest = first; ;) {
    const last = lastPid();
    if (!(last >= newest && last - first <= FEW_PIDS)) return undefined;
    if (last === newest) return search.blank.size === 0 ? search.close().of(tree) : undefined;
    for (const pid of numbersAfter(newest, last)) search.see(pid);
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
