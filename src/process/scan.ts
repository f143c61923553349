import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import { giveWayToStop } from "../core/give-way.ts";
import { NUMBERS_LAST_MS } from "./process-group.ts";
import { ProcessSearch, type SearchedTree, type TreeFinding } from "./process-search.ts";
import { processTable } from "./process-table.ts";
import { Strangers } from "./strangers.ts";
import { lastPid, listPids, procReader } from "./table/proc.ts";

/** The longest time that reading processes may block the event loop. */
const SLICE_MS = 5;
/** The longest time that a scan follows processes that are younger than its list. */
const CHASE_MS = 20;
/** The longest time that a scan waits while more trees ask for it. */
const GATHER_MS = 50;
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
    await nextTurn();
    const ready = Map.groupBy(waiting, ({ tree }) => canGoOn(tree));
    waiting = ready.get(false) ?? [];
    await serve(ready.get(true) ?? []);
    if (waiting.length === 0) continue;
    await untilNoMoreAsk();
    const requests = waiting;
    waiting = [];
    await serve(requests);
  }
  isScanning = false;
}

/**
 * Waits while more trees ask. To tell a thousand calls that their time is over takes many turns of the loop. A scan that begins in the first of them would serve few,
 * and the others would wait for it and for the next one.
 */
async function untilNoMoreAsk(): Promise<void> {
  const until = performance.now() + GATHER_MS;
  for (let asked = 0; asked < waiting.length && performance.now() < until;) {
    asked = waiting.length;
    await nextTurn();
    // Behind those that are in line to be told.
    await giveWayToStop();
  }
}

async function serve(requests: readonly Request[]): Promise<void> {
  if (requests.length === 0) return;
  try {
    const search = await readAll(requests.map(({ tree }) => tree));
    const slice = new Slice();
    // What has the most processes takes the longest to end, so it comes first.
    const inOrder = requests.toSorted((one, other) => search.countOf(other.tree) - search.countOf(one.tree));
    for (const { tree, resolve } of inOrder) {
      resolve(search.of(tree));
      if (slice.isOver()) await slice.pause();
    }
  } catch (error) {
    for (const { reject } of requests) reject(error);
  }
}

async function readAll(trees: readonly SearchedTree[]): Promise<ProcessSearch> {
  const snapshot = await processTable().snapshot?.({
    cookies: trees.map(({ cookie }) => cookie),
    groups: new Set(trees.map(({ group }) => group)),
  });
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
  if (snapshot === undefined) return (await seeProc(search, see, trees)).close();
  scanCounts.scans++;
  await see(snapshot.pids);
  return search.close();
}

/** Reads all that can have members of these trees: each process, or what is new since their last looks. */
async function seeProc(
  search: ProcessSearch,
  see: (pids: readonly number[]) => Promise<void>,
  trees: readonly SearchedTree[],
): Promise<ProcessSearch> {
  let at = performance.now();
  let newest = lastPid();
  strangers.forgetOld(newest);
  const since = earliest(trees);
  if (newest >= since && newest - since <= MANY_PIDS) {
    await see(trees.flatMap(({ known, seenUpTo }) => [...known.keys(), ...seenUpTo!.zombies]));
    await see(numbersAfter(since, newest));
  } else {
    scanCounts.scans++;
    await see(listPids());
  }
  // What was started since is not in the list, and is all that there is of a process that forks and exits in turn.
  const chaseUntil = performance.now() + CHASE_MS;
  for (let blankReads = 0; ;) {
    const now = performance.now();
    const last = lastPid();
    if (last === newest) at = now;
    if (last !== newest && !Number.isNaN(last)) {
      strangers.forgetOld(last);
      // A smaller number: they have gone round.
      await see(last > newest ? numbersAfter(newest, last) : listPids());
      newest = last;
      if (performance.now() < chaseUntil) continue;
      search.certain = false;
    }
    if (search.blank.size === 0 || blankReads++ === BLANK_READS) {
      if (last === newest) search.upTo = { pid: newest, at };
      return search;
    }
    await wait(BLANK_PAUSE_MS);
    await see(search.takeBlank());
  }
}

/**
 * Whether the next look at a tree need not read what its last one has read. A stranger never becomes a descendant, so what is new has a
 * later number.
 */
const canGoOn = ({ seenUpTo }: SearchedTree): boolean =>
  seenUpTo !== undefined && performance.now() - seenUpTo.at < GOES_ON_MS;

/** The last pid that all of their looks have come to; NaN if one of them has to begin anew. */
function earliest(trees: readonly SearchedTree[]): number {
  if (!trees.every(canGoOn)) return NaN;
  const seen = trees.map(({ seenUpTo }) => seenUpTo!);
  return seen.reduce((one, other) => (other.at < one.at ? other : one)).pid;
}

/** Looking so many numbers up costs less than listing all processes: for one tree without a pause, and for all that ask together. */
const FEW_PIDS = 64;
const MANY_PIDS = 256;
/** The reading takes its time, too. */
const GOES_ON_MS = NUMBERS_LAST_MS / 2;

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
